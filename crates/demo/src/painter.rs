//! Ink on a canvas: outlines, two-tone shading, shadows.
//!
//! A key design decision: shading is a gradient with hard steps rather than a second clipped shape.
//! It costs one fill instead of a mask the size of the canvas, which is what lets a core draw more
//! than a hundred looks a second.

use lorgnon_imaging::Picture;
use lorgnon_look::Colour;
use tiny_skia::{
    Color, FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Paint, Path, Pixmap,
    Point as SkiaPoint, RadialGradient, Shader, SpreadMode, Stroke, Transform,
};

use crate::ink::Ink;
use crate::shape::{Point, Shape, ellipse};

/// How the light falls on a shape; it comes from the upper right.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shade {
    /// One tone.
    Flat,
    /// Lit crescent-wise, as a ball is.
    Round,
    /// Dark towards the left.
    Side,
    /// Dark towards the bottom.
    Under,
}

/// How dark a shaded area is, how bright a lit one, how dark an outline.
const SHADOW_GAIN: f32 = 0.74;
const LIGHT_GAIN: f32 = 1.13;
const OUTLINE_GAIN: f32 = 0.27;
/// Outline width outside a shape, design units.
const OUTLINE: f32 = 1.9;

/// A canvas and the six colours it is painted with.
pub(crate) struct Painter {
    pixmap: Pixmap,
    colours: [Colour; 6],
    transform: Transform,
}

impl Painter {
    /// An empty canvas whose design origin (between the feet) is at a pixel position.
    pub(crate) fn new(width: u32, height: u32, colours: [Colour; 6], transform: Transform) -> Option<Self> {
        Some(Self { pixmap: Pixmap::new(width, height)?, colours, transform })
    }

    /// Paints in coordinates moved to `origin` and scaled.
    pub(crate) fn at(&mut self, origin: Point, scale: f32, paint: impl FnOnce(&mut Self)) {
        self.placed(Transform::from_row(scale, 0.0, 0.0, scale, origin.0, origin.1), paint);
    }

    /// Paints in coordinates moved to `origin`, scaled and turned by a part of a turn.
    pub(crate) fn turned(&mut self, origin: Point, scale: f32, part: f32, paint: impl FnOnce(&mut Self)) {
        let (sine, cosine) = crate::shape::turn(part);
        let (s, c) = (sine * scale, cosine * scale);
        self.placed(Transform::from_row(c, s, -s, c, origin.0, origin.1), paint);
    }

    /// Paints in coordinates placed by a transform.
    pub(crate) fn placed(&mut self, transform: Transform, paint: impl FnOnce(&mut Self)) {
        let outer = self.transform;
        self.transform = outer.pre_concat(transform);
        paint(self);
        self.transform = outer;
    }

    /// An outlined, shaded shape.
    pub(crate) fn shape(&mut self, shape: Shape, ink: Ink, shade: Shade) {
        self.group([shape], ink, shade);
    }

    /// Shapes of one ink that share an outline, so that no line shows where they overlap.
    pub(crate) fn group<const N: usize>(&mut self, shapes: [Shape; N], ink: Ink, shade: Shade) {
        for path in shapes.iter().flatten() {
            self.stroke(path, ink.times(OUTLINE_GAIN), OUTLINE * 2.0);
        }
        for shape in shapes {
            self.fill(shape, ink, shade);
        }
    }

    /// A shaded shape without outline.
    pub(crate) fn fill(&mut self, shape: Shape, ink: Ink, shade: Shade) {
        if let Some(path) = shape {
            let shader = self.shader(&path, ink, shade);
            self.fill_with(&path, shader);
        }
    }

    /// A soft, see-through ellipse.
    pub(crate) fn shadow(&mut self, centre: Point, radius_x: f32, radius_y: f32) {
        let stop = |position, alpha| GradientStop::new(position, Color::from_rgba8(20, 18, 30, alpha));
        let shader = RadialGradient::new(
            SkiaPoint::zero(),
            0.0,
            SkiaPoint::zero(),
            1.0,
            vec![stop(0.0, 105), stop(0.55, 90), stop(1.0, 0)],
            SpreadMode::Pad,
            Transform::from_row(radius_x, 0.0, 0.0, radius_y, centre.0, centre.1),
        );
        if let (Some(shader), Some(path)) = (shader, ellipse(centre, radius_x, radius_y)) {
            self.fill_with(&path, shader);
        }
    }

    /// A see-through fill, for wings and ghosts.
    pub(crate) fn veil(&mut self, shape: Shape, ink: Ink, opacity: f32) {
        if let Some(path) = shape {
            let mut colour = ink.resolve(&self.colours);
            colour.set_alpha(opacity);
            self.fill_with(&path, Shader::SolidColor(colour));
        }
    }

    /// A line along an open curve or around a closed one.
    pub(crate) fn line(&mut self, shape: Shape, ink: Ink, width: f32) {
        if let Some(path) = shape {
            self.stroke(&path, ink, width);
        }
    }

    fn fill_with(&mut self, path: &Path, shader: Shader<'static>) {
        let paint = Paint { shader, ..Paint::default() };
        self.pixmap.fill_path(path, &paint, FillRule::Winding, self.transform, None);
    }

    fn stroke(&mut self, path: &Path, ink: Ink, width: f32) {
        let paint = Paint { shader: Shader::SolidColor(ink.resolve(&self.colours)), ..Paint::default() };
        let stroke =
            Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
        self.pixmap.stroke_path(path, &paint, &stroke, self.transform, None);
    }

    fn shader(&self, path: &Path, ink: Ink, shade: Shade) -> Shader<'static> {
        let tone = |gain: f32| ink.times(gain).resolve(&self.colours);
        let flat = Shader::SolidColor(tone(1.0));
        let bounds = path.bounds();
        let (left, top) = (bounds.left(), bounds.top());
        let (width, height) = (bounds.width(), bounds.height());
        // The steps are a pixel or so wide, which antialiases them; every tone between is a gain too.
        let step = 1.2 / width.max(height).max(8.0);
        let stops = |gains: [f32; 3], edges: [f32; 2]| {
            vec![
                GradientStop::new(0.0, tone(gains[0])),
                GradientStop::new(edges[0], tone(gains[0])),
                GradientStop::new(edges[0] + step, tone(gains[1])),
                GradientStop::new(edges[1], tone(gains[1])),
                GradientStop::new(edges[1] + step, tone(gains[2])),
                GradientStop::new(1.0, tone(gains[2])),
            ]
        };
        let gains = [SHADOW_GAIN, 1.0, LIGHT_GAIN];
        let shader = match shade {
            Shade::Flat => None,
            Shade::Round => RadialGradient::new(
                SkiaPoint::zero(),
                0.0,
                SkiaPoint::zero(),
                1.0,
                stops([LIGHT_GAIN, 1.0, SHADOW_GAIN], [0.3, 0.64]),
                SpreadMode::Pad,
                Transform::from_row(width, 0.0, 0.0, height, left + width * 0.64, top + height * 0.3),
            ),
            Shade::Side => LinearGradient::new(
                SkiaPoint::from_xy(left, top + height * 0.6),
                SkiaPoint::from_xy(left + width, top + height * 0.4),
                stops(gains, [0.3, 0.8]),
                SpreadMode::Pad,
                Transform::identity(),
            ),
            Shade::Under => LinearGradient::new(
                SkiaPoint::from_xy(left + width * 0.4, top + height),
                SkiaPoint::from_xy(left + width * 0.6, top),
                stops(gains, [0.32, 0.78]),
                SpreadMode::Pad,
                Transform::identity(),
            ),
        };
        shader.unwrap_or(flat)
    }

    /// What was painted, with straight alpha, cropped to what is not see-through and a pixel more.
    /// `None` when nothing was painted.
    pub(crate) fn finish(self) -> Option<Picture> {
        let (width, height) = (self.pixmap.width() as usize, self.pixmap.height() as usize);
        let rows: Vec<_> = self.pixmap.pixels().chunks_exact(width).collect();
        let shown = |pixel: &tiny_skia::PremultipliedColorU8| pixel.alpha() > 0;
        let top = rows.iter().position(|row| row.iter().any(shown))?.saturating_sub(1);
        let bottom = (rows.iter().rposition(|row| row.iter().any(shown))? + 2).min(height);
        let (mut left, mut right) = (width, 0);
        for row in &rows[top..bottom] {
            if let Some(first) = row[..left.min(width)].iter().position(shown) {
                left = first;
            }
            if let Some(last) = row[right..].iter().rposition(shown) {
                right += last + 1;
            }
        }
        let (left, right) = (left.saturating_sub(1), (right + 1).min(width));
        let pixels = rows[top..bottom]
            .iter()
            .flat_map(|row| &row[left..right])
            .map(|pixel| {
                let straight = pixel.demultiply();
                [straight.red(), straight.green(), straight.blue(), straight.alpha()]
            })
            .collect();
        Picture::new((right - left) as u32, (bottom - top) as u32, pixels)
    }
}
