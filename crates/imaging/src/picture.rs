//! The picture every later stage works on.

/// An RGBA picture: 8 bits a channel, gamma-encoded sRGB, straight (not premultiplied) alpha, rows
/// from the top without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<[u8; 4]>,
}

impl Picture {
    /// From its pixels, row by row.
    ///
    /// `None` when the number of pixels is not `width * height` or a side is zero.
    #[must_use]
    pub fn new(width: u32, height: u32, pixels: Vec<[u8; 4]>) -> Option<Self> {
        let expected = usize::try_from(u64::from(width) * u64::from(height)).ok()?;
        (expected > 0 && pixels.len() == expected).then_some(Self { width, height, pixels })
    }

    /// A picture of one colour; sides of zero become one.
    #[must_use]
    pub fn filled(width: u32, height: u32, pixel: [u8; 4]) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        Self { width, height, pixels: vec![pixel; width as usize * height as usize] }
    }

    /// Width in pixels, at least 1.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, at least 1.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// All pixels, row by row.
    #[must_use]
    pub fn pixels(&self) -> &[[u8; 4]] {
        &self.pixels
    }

    /// All pixels, to change.
    pub fn pixels_mut(&mut self) -> &mut [[u8; 4]] {
        &mut self.pixels
    }

    /// The pixel at a position inside the picture.
    ///
    /// # Panics
    /// Outside the picture: callers clip first.
    #[must_use]
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 4] {
        self.pixels[y as usize * self.width as usize + x as usize]
    }

    /// One row of pixels.
    #[must_use]
    pub fn row(&self, y: u32) -> &[[u8; 4]] {
        let start = y as usize * self.width as usize;
        &self.pixels[start..start + self.width as usize]
    }

    /// Whether any pixel is see-through.
    #[must_use]
    pub fn has_alpha(&self) -> bool {
        self.pixels.iter().any(|pixel| pixel[3] < 255)
    }
}
