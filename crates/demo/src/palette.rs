//! Six colours that go together.
//!
//! Players choose bright, clashing and fantastic colours, and a demonstration should both please
//! the eye and cover that whole range: most palettes here follow a hue scheme, some are wild.

use lorgnon_look::Colour;

use crate::random::Random;

/// Skins met among people, darkest last; the rest of the palette invents others.
const SKINS: [u32; 8] =
    [0xFB_DCC0, 0xF3_C39C, 0xE2_A377, 0xC6_8455, 0x9A_6240, 0x70_4630, 0xF0_B9A8, 0xD8_B48C];

/// Draws a look's six colours: skin, hair, three cloths and trim.
pub(crate) fn palette(random: &mut Random) -> [Colour; 6] {
    if random.share() < 0.12 {
        return std::array::from_fn(|_| {
            hsl(random.share(), random.range(0.3, 0.95), random.range(0.25, 0.75))
        });
    }
    let skin = if random.share() < 0.62 {
        Colour::from_rgb(SKINS[random.below(SKINS.len())])
    } else {
        hsl(random.share(), random.range(0.3, 0.65), random.range(0.5, 0.75))
    };
    let hue = random.share();
    // Complementary, analogous, triad, split.
    let (second, third) = [(0.5, 0.08), (0.09, 0.5), (0.33, 0.66), (0.42, 0.58)][random.below(4)];
    let hair = hsl(random.share(), random.range(0.35, 0.9), random.range(0.3, 0.72));
    let cloth = |random: &mut Random, offset: f32, dark: f32, light: f32| {
        hsl(hue + offset + random.range(-0.03, 0.03), random.range(0.35, 0.8), random.range(dark, light))
    };
    [
        skin,
        hair,
        cloth(random, 0.0, 0.4, 0.62),
        cloth(random, second, 0.32, 0.58),
        cloth(random, third, 0.26, 0.48),
        cloth(random, second + 0.04, 0.55, 0.76),
    ]
}

/// From hue (parts of a turn), saturation and lightness.
fn hsl(hue: f32, saturation: f32, lightness: f32) -> Colour {
    let reach = saturation * lightness.min(1.0 - lightness);
    let channel = |offset: f32| {
        let place = (offset + hue * 12.0).rem_euclid(12.0);
        let value = lightness - reach * (place - 3.0).min(9.0 - place).clamp(-1.0, 1.0);
        (value * 255.0 + 0.5) as u8
    };
    Colour::new(channel(0.0), channel(8.0), channel(4.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pure_hues_are_where_they_belong() {
        assert_eq!(hsl(0.0, 1.0, 0.5).to_string(), "#FF0000");
        assert_eq!(hsl(1.0 / 3.0, 1.0, 0.5).to_string(), "#00FF00");
        assert_eq!(hsl(-1.0 / 3.0, 1.0, 0.5).to_string(), "#0000FF");
        assert_eq!(hsl(0.7, 0.0, 0.5).to_string(), "#808080");
    }

    #[test]
    fn palettes_differ_and_repeat_by_seed() {
        assert_eq!(palette(&mut Random::new(1, 2)), palette(&mut Random::new(1, 2)));
        assert_ne!(palette(&mut Random::new(1, 2)), palette(&mut Random::new(1, 3)));
    }
}
