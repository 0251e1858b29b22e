//! From a look to a picture.

use lorgnon_imaging::Picture;
use lorgnon_look::{Colour, Gender, ItemId, Look, Slot, SlotMap};
use tiny_skia::Transform;

use crate::body::Character;
use crate::error::DemoError;
use crate::items::{self, costumes};
use crate::painter::Painter;
use crate::scene;
use crate::skeleton::{Pose, Skeleton};
use crate::{classes, limbs, torso, trimmings};

/// What is behind the character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Background {
    /// Nothing; the picture is cropped to the character and its shadow.
    #[default]
    Transparent,
    /// One colour, a margin around the character.
    Flat(Colour),
    /// A procedural game map with the character somewhere on it.
    Map {
        /// Which map, and where on it the character stands.
        seed: u64,
        /// Width of the picture, pixels.
        width: u32,
        /// Height of the picture, pixels.
        height: u32,
    },
}

/// How a look is drawn. None of it is part of the look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawOptions {
    /// How it stands.
    pub pose: Pose,
    /// Which of the class's [`HEADS`] heads it has, counted from 0; higher numbers start again.
    pub head: usize,
    /// Facing left instead of right.
    pub mirrored: bool,
    /// Size; 1 draws characters about 380 pixels high.
    pub scale: f32,
    /// What is behind it.
    pub background: Background,
}

impl Default for DrawOptions {
    fn default() -> Self {
        Self { pose: Pose::Rest, head: 0, mirrored: false, scale: 1.0, background: Background::Transparent }
    }
}

/// How many heads each class and sex has.
pub const HEADS: usize = 4;

/// The design space around a character: left, right, above and below the origin.
const REACH: [f32; 4] = [250.0, 210.0, 530.0, 44.0];
/// Margin around a character on a flat background, pixels at scale 1.
const MARGIN: f32 = 22.0;
/// The longest side drawn, pixels.
const MAX_SIDE: f32 = 4096.0;

/// The colours of parts whose colour a look leaves open.
const PLAIN: [Colour; 6] = [
    Colour::from_rgb(0xF3_C39C),
    Colour::from_rgb(0x8A_5A34),
    Colour::from_rgb(0x4C_7FB0),
    Colour::from_rgb(0x70_5A8A),
    Colour::from_rgb(0x6E_4E38),
    Colour::from_rgb(0xD8_B45A),
];

/// Draws a look. A missing sex is drawn male, missing colours in the class's own.
///
/// # Errors
/// When the class or an item is none of this crate's, or the scale gives no drawable size.
pub fn draw(look: &Look, options: &DrawOptions) -> Result<Picture, DemoError> {
    let character = character(look, options)?;
    let colours =
        std::array::from_fn(|part| look.colours.get(part).copied().flatten().unwrap_or(PLAIN[part]));
    let bare = paint(colours, options.scale, options.mirrored, |painter| character.paint(painter))?;
    Ok(match options.background {
        Background::Transparent => bare,
        Background::Flat(colour) => {
            let margin = (MARGIN * options.scale) as u32;
            let [red, green, blue] = colour.channels();
            let mut canvas = Picture::filled(
                bare.width() + 2 * margin,
                bare.height() + 2 * margin,
                [red, green, blue, 255],
            );
            scene::place(&mut canvas, &bare, (i64::from(margin), i64::from(margin)));
            canvas
        }
        Background::Map { seed, width, height } => {
            check(width as f32, height as f32)?;
            let mut canvas = scene::map(seed, width, height);
            let at = scene::spot(seed, &canvas, &bare);
            scene::place(&mut canvas, &bare, at);
            canvas
        }
    })
}

fn character(look: &Look, options: &DrawOptions) -> Result<Character, DemoError> {
    let label = look.class.as_ref().map_or("", |label| label.as_str());
    let class =
        classes::position(label).ok_or_else(|| DemoError::UnknownClass { label: label.to_owned() })?;
    let female = look.gender == Some(Gender::Female);
    let mut worn = SlotMap::from_fn(|_| None);
    for (&slot, &item) in &look.items {
        let design = items::design_of(slot, item).ok_or(DemoError::UnknownItem { item, slot })?;
        worn[slot] = Some(design);
    }
    Ok(Character { art: classes::art(class, female), female, pose: options.pose, head: options.head, worn })
}

fn check(width: f32, height: f32) -> Result<(), DemoError> {
    let drawable = |side: f32| (1.0..=MAX_SIDE).contains(&side);
    if drawable(width) && drawable(height) {
        Ok(())
    } else {
        Err(DemoError::Size { width: width as u32, height: height as u32 })
    }
}

/// Paints around the design origin and crops to what was painted.
fn paint(
    colours: [Colour; 6],
    scale: f32,
    mirrored: bool,
    art: impl FnOnce(&mut Painter),
) -> Result<Picture, DemoError> {
    let [left, right, above, below] = REACH;
    let (width, height) = ((left + right) * scale, (above + below) * scale);
    check(width, height)?;
    let (flip, origin) = if mirrored { (-1.0, right) } else { (1.0, left) };
    let transform = Transform::from_row(scale * flip, 0.0, 0.0, scale, origin * scale, above * scale);
    let refused = || DemoError::Size { width: width as u32, height: height as u32 };
    let mut painter = Painter::new(width as u32, height as u32, colours, transform).ok_or_else(refused)?;
    art(&mut painter);
    painter.finish().ok_or_else(refused)
}

/// One item alone, as a shop shows it: at most 96 pixels a side, on nothing.
///
/// # Errors
/// When the item is none of this crate's.
pub fn icon(item: ItemId) -> Result<Picture, DemoError> {
    /// The longest side of an icon, pixels.
    const ICON_PX: u32 = 96;
    let unknown = |slot| DemoError::UnknownItem { item, slot };
    let slot = items::slot_of(item).ok_or_else(|| unknown(Slot::Coiffe))?;
    let design = items::design_of(slot, item).ok_or_else(|| unknown(slot))?;
    let mannequin = Skeleton::new(classes::art(0, false).build, Pose::Rest);
    // Halfway up the design space, so that nothing is cut off.
    let middle = (0.0, -220.0);
    let whole = paint(PLAIN, 1.0, false, |painter| match slot {
        Slot::Coiffe => painter.at(middle, 1.0, |painter| items::hats::draw(painter, design)),
        Slot::Cape => {
            items::capes::behind(painter, &mannequin, design);
            if !items::capes::STRAPPED.contains(&design) {
                items::capes::front(painter, &mannequin, design);
            }
        }
        Slot::Bouclier => painter.at(middle, 1.2, |painter| items::shields::draw(painter, design)),
        Slot::Familier => painter.at(middle, 1.2, |painter| items::pets::draw(painter, design)),
        Slot::Epauliere => painter.at(middle, 1.4, |painter| items::shoulders::draw(painter, design)),
        Slot::Costume => {
            let outfit = costumes::outfit(design);
            limbs::arm(painter, &mannequin, &mannequin.far_arm, &outfit, 0.84);
            limbs::leg(painter, &mannequin, &mannequin.far_leg, &outfit, 0.84);
            limbs::leg(painter, &mannequin, &mannequin.near_leg, &outfit, 1.0);
            torso::torso(painter, &mannequin, &outfit, false);
            trimmings::neckwear(painter, &mannequin, &outfit);
            limbs::arm(painter, &mannequin, &mannequin.near_arm, &outfit, 1.0);
        }
        Slot::Ailes => {
            let right = Transform::from_row(-0.72, 0.0, 0.0, 0.86, 30.0, middle.1);
            painter.placed(right, |painter| items::wings::draw(painter, design));
            painter.at(middle, 1.0, |painter| items::wings::draw(painter, design));
        }
    })?;
    Ok(whole.fitted_within(ICON_PX, ICON_PX))
}
