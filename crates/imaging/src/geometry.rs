//! Rectangles in picture coordinates.

/// An axis-parallel rectangle in pixels; it may reach outside its picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width, positive.
    pub width: f32,
    /// Height, positive.
    pub height: f32,
}

impl Rect {
    /// The right edge.
    #[must_use]
    pub fn right(&self) -> f32 {
        self.x + self.width
    }

    /// The bottom edge.
    #[must_use]
    pub fn bottom(&self) -> f32 {
        self.y + self.height
    }

    /// Area shared over area covered by either, 0 to 1.
    #[must_use]
    pub fn intersection_over_union(&self, other: &Self) -> f32 {
        let width = (self.right().min(other.right()) - self.x.max(other.x)).max(0.0);
        let height = (self.bottom().min(other.bottom()) - self.y.max(other.y)).max(0.0);
        let shared = width * height;
        let covered = self.width * self.height + other.width * other.height - shared;
        if covered > 0.0 { shared / covered } else { 0.0 }
    }
}
