//! Maps to stand on: a procedural ground of diamond tiles with trees, rocks and flowers.
//!
//! Recognition must hold in front of a busy picture; these are the demonstration's own.

use lorgnon_imaging::Picture;
use lorgnon_look::Colour;
use tiny_skia::Transform;

use crate::ink::{Ink, WHITE};
use crate::painter::{Painter, Shade};
use crate::random::Random;
use crate::shape::{circle, ellipse, limb, mixed, open, sharp, star};

/// Width of a ground tile; its height is half of that.
const TILE: f32 = 86.0;

/// The colours of one country: two grounds, foliage, stone, water or lava.
struct Country {
    ground: [u32; 3],
    foliage: u32,
    trunk: u32,
    stone: u32,
    bloom: u32,
}

const COUNTRIES: [Country; 5] = [
    Country {
        ground: [0x8F_BF5A, 0x86_B652, 0x99_C864],
        foliage: 0x4E_8E3A,
        trunk: 0x7A_5432,
        stone: 0x9A_9C94,
        bloom: 0xF4_7BA0,
    },
    Country {
        ground: [0xE2_C88A, 0xD9_BD7E, 0xEA_D49A],
        foliage: 0x8A_A044,
        trunk: 0x9A_6E3E,
        stone: 0xC0_9A6A,
        bloom: 0xE8_6A4A,
    },
    Country {
        ground: [0xDC_E8F0, 0xCE_DEEA, 0xEA_F2F8],
        foliage: 0x5A_8A8A,
        trunk: 0x6A_5648,
        stone: 0xA8_B8C8,
        bloom: 0x9A_C8F0,
    },
    Country {
        ground: [0x6A_5A70, 0x60_5068, 0x76_667C],
        foliage: 0x7A_4A8A,
        trunk: 0x46_364A,
        stone: 0x58_5064,
        bloom: 0x8A_F0C0,
    },
    Country {
        ground: [0xC0_8A5C, 0xB4_7E52, 0xCC_9868],
        foliage: 0xD0_7A2E,
        trunk: 0x5E_3E2A,
        stone: 0x8E_7A6A,
        bloom: 0xF8_D04A,
    },
];

/// Draws a map.
pub(crate) fn map(seed: u64, width: u32, height: u32) -> Picture {
    let mut random = Random::new(seed, 0x6D61_7073);
    let country = &COUNTRIES[random.below(COUNTRIES.len())];
    let [red, green, blue] = Colour::from_rgb(country.ground[0]).channels();
    let plain = Picture::filled(width, height, [red, green, blue, 255]);
    let colours = [Colour::new(0, 0, 0); 6];
    let Some(mut painter) = Painter::new(width, height, colours, Transform::identity()) else { return plain };
    tiles(&mut painter, &mut random, country, width as f32, height as f32);
    things(&mut painter, &mut random, country, width as f32, height as f32);
    let mut canvas = plain;
    if let Some(painted) = painter.finish() {
        // The ground reaches over all borders, so what was painted is the whole map.
        place(&mut canvas, &painted, (0, 0));
    }
    canvas
}

fn tiles(painter: &mut Painter, random: &mut Random, country: &Country, width: f32, height: f32) {
    let rows = (height / (TILE * 0.25)) as i32 + 3;
    let columns = (width / TILE) as i32 + 3;
    for row in -1..rows {
        for column in -1..columns {
            let x = column as f32 * TILE + if row % 2 == 0 { 0.0 } else { TILE / 2.0 };
            let y = row as f32 * TILE * 0.25;
            let ink = Ink::fixed(country.ground[random.below(3)]);
            let (half, quarter) = (TILE / 2.0 + 0.6, TILE / 4.0 + 0.6);
            let tile = || sharp(&[(x - half, y), (x, y - quarter), (x + half, y), (x, y + quarter)]);
            painter.fill(tile(), ink, Shade::Flat);
            if random.share() < 0.16 {
                painter.line(tile(), ink.times(0.9), 1.4);
            }
            if random.share() < 0.3 {
                let (x, y) = (x + random.range(-20.0, 20.0), y + random.range(-8.0, 8.0));
                for lean in [-4.0, 0.0, 4.0] {
                    painter.line(open(&[(x + lean * 0.4, y), (x + lean, y - 7.0)]), ink.times(0.78), 1.8);
                }
            }
        }
    }
}

fn things(painter: &mut Painter, random: &mut Random, country: &Country, width: f32, height: f32) {
    let mut spots: Vec<(f32, f32)> =
        (0..9).map(|_| (random.range(0.0, width), random.range(height * 0.05, height * 1.05))).collect();
    spots.sort_by(|one, other| one.1.total_cmp(&other.1));
    for spot in spots {
        let kind = random.below(4);
        let size = random.range(0.8, 1.25) * height / 480.0;
        let tall = random.range(0.9, 1.2);
        painter.at(spot, size, |painter| match kind {
            0 => tree(painter, country, tall),
            1 => rock(painter, country),
            2 => flowers(painter, country),
            _ => lamp(painter, country, tall),
        });
    }
}

fn tree(painter: &mut Painter, country: &Country, tall: f32) {
    painter.shadow((0.0, 0.0), 58.0, 18.0);
    painter.shape(limb((0.0, -70.0 * tall), (0.0, -4.0), 9.0, 14.0), Ink::fixed(country.trunk), Shade::Side);
    let top = -104.0 * tall;
    painter.group(
        [
            circle((-34.0, top + 20.0), 34.0),
            circle((32.0, top + 16.0), 32.0),
            circle((0.0, top - 14.0), 42.0),
            circle((2.0, top + 26.0), 30.0),
        ],
        Ink::fixed(country.foliage),
        Shade::Round,
    );
    for (x, y) in [(-20.0, 4.0), (18.0, -18.0), (36.0, 20.0), (-4.0, 30.0)] {
        painter.fill(circle((x, top + y), 5.0), Ink::fixed(country.bloom), Shade::Flat);
    }
}

fn rock(painter: &mut Painter, country: &Country) {
    painter.shadow((0.0, 0.0), 52.0, 15.0);
    let stone = Ink::fixed(country.stone);
    painter.shape(
        mixed(&[
            (-44.0, 0.0, 0.3),
            (-36.0, -34.0, 0.2),
            (-8.0, -56.0, 0.2),
            (24.0, -44.0, 0.2),
            (44.0, -6.0, 0.3),
            (4.0, 8.0, 0.6),
        ]),
        stone,
        Shade::Side,
    );
    painter.line(open(&[(-8.0, -54.0), (0.0, -28.0), (-8.0, -4.0)]), stone.times(0.6), 2.4);
}

fn flowers(painter: &mut Painter, country: &Country) {
    for (x, y) in [(-24.0, -4.0), (0.0, 6.0), (22.0, -6.0), (6.0, -14.0)] {
        painter.line(open(&[(x, y), (x + 1.0, y - 20.0)]), Ink::fixed(country.foliage), 3.0);
        painter.shape(star((x + 1.0, y - 24.0), 5, 10.0, 5.5), Ink::fixed(country.bloom), Shade::Round);
        painter.fill(circle((x + 1.0, y - 24.0), 3.0), WHITE, Shade::Flat);
    }
}

fn lamp(painter: &mut Painter, country: &Country, tall: f32) {
    painter.shadow((0.0, 0.0), 26.0, 9.0);
    let top = -120.0 * tall;
    painter.shape(limb((0.0, top), (0.0, -2.0), 4.0, 6.0), Ink::fixed(country.trunk), Shade::Side);
    painter.shape(
        sharp(&[(-14.0, top), (-10.0, top - 34.0), (10.0, top - 34.0), (14.0, top)]),
        Ink::fixed(0xFA_E08A),
        Shade::Side,
    );
    painter.shape(
        sharp(&[(-18.0, top - 32.0), (0.0, top - 54.0), (18.0, top - 32.0)]),
        Ink::fixed(country.trunk),
        Shade::Side,
    );
    painter.shape(ellipse((0.0, top), 16.0, 5.0), Ink::fixed(country.trunk), Shade::Side);
}

/// Where on a map a picture is placed: seeded, inside where it fits.
pub(crate) fn spot(seed: u64, map: &Picture, character: &Picture) -> (i64, i64) {
    let mut random = Random::new(seed, 0x7370_6F74);
    let mut place = |room: u32, size: u32| {
        let space = i64::from(room) - i64::from(size);
        if space <= 0 { space / 2 } else { random.below(usize::try_from(space).unwrap_or(0) + 1) as i64 }
    };
    (place(map.width(), character.width()), place(map.height(), character.height()))
}

/// Lays a picture over another, its upper left corner at a position; what reaches outside is cut.
pub(crate) fn place(canvas: &mut Picture, over: &Picture, at: (i64, i64)) {
    let (width, height) = (i64::from(canvas.width()), i64::from(canvas.height()));
    for y in 0..over.height() {
        let row = at.1 + i64::from(y);
        if !(0..height).contains(&row) {
            continue;
        }
        for (x, &[red, green, blue, alpha]) in over.row(y).iter().enumerate() {
            let column = at.0 + x as i64;
            if alpha == 0 || !(0..width).contains(&column) {
                continue;
            }
            let below = &mut canvas.pixels_mut()[(row * width + column) as usize];
            let (alpha, opaque) = (u32::from(alpha), 255);
            for (channel, value) in [red, green, blue].into_iter().enumerate() {
                let mixed = u32::from(value) * alpha + u32::from(below[channel]) * (opaque - alpha);
                below[channel] = ((mixed + 127) / 255) as u8;
            }
            below[3] = below[3].max(alpha as u8);
        }
    }
}
