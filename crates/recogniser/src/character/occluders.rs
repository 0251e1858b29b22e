//! Procedural things worn: hats, cloaks, shields and pets, so that templates learn to see past
//! them. Coordinates are the character's own (see [`Frame`]).

use fastrand::Rng;
use lorgnon_imaging::Picture;

use crate::Frame;
use crate::scenery::any_colour;
use crate::scenery::painter::{Figure, Shape, paint};

/// What a synthesised character wears.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Worn {
    pub(super) hat: bool,
    pub(super) cloak: bool,
    pub(super) shield: bool,
    pub(super) pet: bool,
}

impl Worn {
    /// A hat three times in four, each other thing two times in five (Recognition, section 1).
    pub(super) fn any(random: &mut Rng) -> Self {
        Self {
            hat: random.f32() < 0.75,
            cloak: random.f32() < 0.4,
            shield: random.f32() < 0.4,
            pet: random.f32() < 0.4,
        }
    }
}

struct Wardrobe<'a> {
    picture: &'a mut Picture,
    frame: &'a Frame,
    random: &'a mut Rng,
}

impl Wardrobe<'_> {
    fn around(&mut self, middle: f32, spread: f32) -> f32 {
        middle + (2.0 * self.random.f32() - 1.0) * spread
    }

    fn draw(&mut self, shape: Shape, (u, v): (f32, f32), (wide, high): (f32, f32), colour: [f32; 3]) {
        let turn = self.around(0.0, 0.25) + self.frame.rotation_degrees.to_radians();
        let outline = if self.random.f32() < 0.8 { 0.1 } else { 0.0 };
        paint(
            self.picture,
            &Figure {
                shape,
                centre: self.frame.to_picture(u, v),
                radii: (wide * self.frame.height, high * self.frame.height),
                turn,
                colour,
                outline,
            },
        );
    }

    fn shape(&mut self) -> Shape {
        match self.random.u8(0..6) {
            0 => Shape::Triangle,
            1 => Shape::Dome,
            2 => Shape::Diamond,
            3 => Shape::Slab,
            _ => Shape::Ellipse,
        }
    }

    /// A few marks inside an area, so that things worn are not blank.
    fn ornaments(&mut self, (u, v): (f32, f32), spread: f32) {
        for _ in 0..self.random.usize(0..6) {
            let place = (self.around(u, spread), self.around(v, spread));
            let size = (spread * (0.1 + 0.4 * self.random.f32()), spread * (0.1 + 0.4 * self.random.f32()));
            let (shape, colour) = (self.shape(), any_colour(self.random));
            self.draw(shape, place, size, colour);
        }
    }

    /// From a headband to a hat over the whole head.
    fn hat(&mut self) {
        let colour = any_colour(self.random);
        let (u, wide) = (self.around(0.03, 0.04), 0.10 + 0.14 * self.random.f32());
        let brim = self.around(0.07, 0.06);
        let high = wide * (0.4 + 0.9 * self.random.f32());
        let crown = self.shape();
        let narrow = wide * (0.6 + 0.5 * self.random.f32());
        self.draw(crown, (u, brim - 0.7 * high), (narrow, high), colour);
        if self.random.f32() < 0.6 {
            self.draw(Shape::Ellipse, (u, brim), (wide * 1.2, wide * 0.3), colour.map(|value| value * 0.8));
        }
        self.ornaments((u, brim - 0.5 * high), wide);
    }

    fn cloak(&mut self) {
        let colour = any_colour(self.random);
        let high = 0.18 + 0.12 * self.random.f32();
        let place = (self.around(-0.10, 0.14), 0.2 + high);
        let shape = self.shape();
        let wide = 0.08 + 0.14 * self.random.f32();
        self.draw(shape, place, (wide, high), colour);
        self.ornaments(place, wide);
    }

    fn shield(&mut self) {
        let colour = any_colour(self.random);
        let place = (self.around(-0.13, 0.07), self.around(0.52, 0.07));
        let size = 0.10 + 0.08 * self.random.f32();
        let shape = self.shape();
        let narrow = size * (0.6 + 0.4 * self.random.f32());
        self.draw(shape, place, (narrow, size), colour);
        self.ornaments(place, size * 0.7);
    }

    fn pet(&mut self) {
        let colour = any_colour(self.random);
        let size = 0.07 + 0.07 * self.random.f32();
        let place = (self.around(-0.27, 0.10), self.around(0.92, 0.06));
        let shape = self.shape();
        self.draw(shape, place, (size, size), colour);
        self.draw(Shape::Ellipse, (place.0 + size * 0.4, place.1 - size), (size * 0.7, size * 0.7), colour);
        self.ornaments(place, size);
    }
}

/// Draws what hangs behind the character.
pub(super) fn draw_behind(picture: &mut Picture, frame: &Frame, worn: Worn, random: &mut Rng) {
    if worn.cloak && random.bool() {
        Wardrobe { picture, frame, random }.cloak();
    }
}

/// Draws what covers the character.
pub(super) fn draw_before(picture: &mut Picture, frame: &Frame, worn: Worn, random: &mut Rng) {
    let mut wardrobe = Wardrobe { picture, frame, random };
    if worn.cloak && wardrobe.random.bool() {
        wardrobe.cloak();
    }
    if worn.hat {
        wardrobe.hat();
    }
    if worn.shield {
        wardrobe.shield();
    }
    if worn.pet {
        wardrobe.pet();
    }
}
