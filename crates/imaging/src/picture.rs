//! The picture every later stage works on.

use std::sync::OnceLock;

/// An RGBA picture: 8 bits a channel, gamma-encoded sRGB, straight (not premultiplied) alpha, rows
/// from the top without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<[u8; 4]>,
    derived: Derived,
}

/// What follows from the pixels and is asked for again and again: made once, when first asked for.
#[derive(Default)]
struct Derived {
    has_alpha: OnceLock<bool>,
    halves: OnceLock<Box<[OnceLock<Picture>; MOST_HALVINGS]>>,
}

/// After these no side of a picture is longer than a pixel.
const MOST_HALVINGS: usize = 32;

impl Clone for Derived {
    /// A copy is made to be changed.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Derived {
    /// Equal pixels derive equal things.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Derived {}

impl std::fmt::Debug for Derived {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Derived")
    }
}

impl Picture {
    /// From its pixels, row by row.
    ///
    /// `None` when the number of pixels is not `width * height` or a side is zero.
    #[must_use]
    pub fn new(width: u32, height: u32, pixels: Vec<[u8; 4]>) -> Option<Self> {
        let expected = usize::try_from(u64::from(width) * u64::from(height)).ok()?;
        (expected > 0 && pixels.len() == expected).then(|| Self::of(width, height, pixels))
    }

    /// A picture of one colour; sides of zero become one.
    #[must_use]
    pub fn filled(width: u32, height: u32, pixel: [u8; 4]) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        Self::of(width, height, vec![pixel; width as usize * height as usize])
    }

    fn of(width: u32, height: u32, pixels: Vec<[u8; 4]>) -> Self {
        Self { width, height, pixels, derived: Derived::default() }
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
        self.derived = Derived::default();
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
        // Without a branch a pixel: this is asked of every window.
        let is_opaque = |pixels: &[[u8; 4]]| pixels.iter().fold(255, |least, pixel| least & pixel[3]) == 255;
        *self.derived.has_alpha.get_or_init(|| !self.pixels.chunks(4096).all(is_opaque))
    }

    /// The picture with its sides halved so many times, rounded down to no less than a pixel. Kept:
    /// many windows are cut from one picture.
    pub(crate) fn halved(&self, times: u32) -> &Self {
        if times == 0 {
            return self;
        }
        let times = times.min(MOST_HALVINGS as u32);
        let halves = self.derived.halves.get_or_init(Box::default);
        halves[times as usize - 1].get_or_init(|| {
            let side = |side: u32| side.checked_shr(times).unwrap_or(0).max(1);
            self.resized(side(self.width), side(self.height))
        })
    }
}
