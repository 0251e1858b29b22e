//! What can be wrong with a picture, and whose fault it is.

/// Why bytes are no usable picture. All but [`ImagingError::Encode`] are the sender's fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImagingError {
    /// The bytes are not of any picture format, whatever the file is called.
    #[error("not a picture: the bytes are of no known format")]
    NotAPicture,
    /// A picture format this program does not read.
    #[error("pictures in format `{format}` are not read (PNG, JPEG, WebP, GIF and BMP are)")]
    UnsupportedFormat {
        /// The format's name.
        format: String,
    },
    /// More bytes than allowed.
    #[error("the file has {bytes} bytes, at most {limit} are read")]
    TooManyBytes {
        /// Offered.
        bytes: u64,
        /// Allowed.
        limit: u64,
    },
    /// More pixels than allowed; nothing was allocated for them.
    #[error("the picture is {width}x{height}, at most {limit} pixels are read")]
    TooManyPixels {
        /// Claimed.
        width: u32,
        /// Claimed.
        height: u32,
        /// Allowed.
        limit: u64,
    },
    /// A known format, but the data does not decode.
    #[error("the picture is damaged")]
    Damaged(#[source] image::ImageError),
    /// A picture could not be written: a fault of this program.
    #[error("cannot encode a picture")]
    Encode(#[source] image::ImageError),
}
