//! What a shape is coloured with.
//!
//! The law of the game's own renders: a tinted pixel is `min(255, gain * colour)` a channel, the
//! gain a property of the art and the colour a choice of the player. Shading, highlights and
//! outlines are therefore nothing but gains.

use lorgnon_look::Colour;
use tiny_skia::Color;

/// A base colour and how bright it is drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ink {
    source: Source,
    gain: f32,
}

#[derive(Debug, Clone, Copy)]
enum Source {
    /// One of the look's six colours, by position.
    Part(usize),
    /// Never tinted.
    Fixed(Colour),
}

/// Skin: the first colour.
pub(crate) const SKIN: Ink = Ink::part(0);
/// Hair, fur and feathers: the second colour.
pub(crate) const HAIR: Ink = Ink::part(1);
/// The main cloth: the third colour.
pub(crate) const MAIN: Ink = Ink::part(2);
/// Legs and skirts: the fourth colour.
pub(crate) const SECOND: Ink = Ink::part(3);
/// Boots and gloves: the fifth colour.
pub(crate) const LEATHER: Ink = Ink::part(4);
/// Belts and trims: the sixth colour.
pub(crate) const TRIM: Ink = Ink::part(5);
/// The darkest line.
pub(crate) const DARK: Ink = Ink::fixed(0x2A_2230);
/// The white of an eye.
pub(crate) const WHITE: Ink = Ink::fixed(0xFA_F6EE);
/// Buckles and jewels.
pub(crate) const GOLD: Ink = Ink::fixed(0xE9_B949);

impl Ink {
    /// One of the look's six colours.
    pub(crate) const fn part(position: usize) -> Self {
        Self { source: Source::Part(position), gain: 1.0 }
    }

    /// A colour no look changes.
    pub(crate) const fn fixed(rgb: u32) -> Self {
        Self { source: Source::Fixed(Colour::from_rgb(rgb)), gain: 1.0 }
    }

    /// The same base colour, brighter or darker.
    pub(crate) const fn times(self, gain: f32) -> Self {
        Self { source: self.source, gain: self.gain * gain }
    }

    /// The channels drawn for a look's six colours.
    pub(crate) fn resolve(self, colours: &[Colour; 6]) -> Color {
        let base = match self.source {
            Source::Part(position) => colours[position],
            Source::Fixed(colour) => colour,
        };
        let channel = |value: u8| (f32::from(value) * self.gain).min(255.0) as u8;
        let [red, green, blue] = base.channels().map(channel);
        Color::from_rgba8(red, green, blue, 255)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_multiply_and_saturate() {
        let colours = [Colour::new(100, 200, 10); 6];
        assert_eq!(HAIR.times(2.0).resolve(&colours), Color::from_rgba8(200, 255, 20, 255));
        assert_eq!(HAIR.times(0.5).times(0.5).resolve(&colours), Color::from_rgba8(25, 50, 2, 255));
        assert_eq!(Ink::fixed(0x01_0203).resolve(&colours), Color::from_rgba8(1, 2, 3, 255));
    }
}
