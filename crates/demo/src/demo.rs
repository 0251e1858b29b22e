//! Looks without end: an endless, seeded list of characters.

use std::collections::BTreeMap;

use lorgnon_look::{ClassLabel, Gender, Look, Slot};

use crate::classes::DEMO_CLASSES;
use crate::draw::{DrawOptions, HEADS};
use crate::items;
use crate::palette::palette;
use crate::random::Random;
use crate::skeleton::Pose;

/// A source of looks.
///
/// The same seed and settings give the same looks on every machine, in any order and number.
///
/// ```
/// use lorgnon_demo::{Demo, draw};
/// let one = Demo::new(7).look(12);
/// assert_eq!(one, Demo::new(7).look(12));
/// let picture = draw(&one.look, &one.options).unwrap();
/// assert!(picture.height() > 200);
/// ```
#[derive(Debug, Clone)]
pub struct Demo {
    seed: u64,
    poses: usize,
    heads: usize,
    worn: f32,
}

/// A look and how it is to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoLook {
    /// The labels.
    pub look: Look,
    /// Pose and head; scale, direction and background are the defaults.
    pub options: DrawOptions,
}

impl Demo {
    /// Looks in one pose and with one head a class and sex, as a game's exports usually are.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, poses: 1, heads: 1, worn: 0.5 }
    }

    /// Looks in the first `count` poses (1 to 3).
    #[must_use]
    pub fn with_poses(mut self, count: usize) -> Self {
        self.poses = count.clamp(1, Pose::ALL.len());
        self
    }

    /// Looks with the first `count` heads of each class and sex (1 to 4).
    #[must_use]
    pub fn with_heads(mut self, count: usize) -> Self {
        self.heads = count.clamp(1, HEADS);
        self
    }

    /// How probable it is that a hat, cape, shield or pet is worn (0 to 1); shoulder pads, wings and
    /// costumes are rarer in the proportion players wear them.
    #[must_use]
    pub fn with_items(mut self, probability: f32) -> Self {
        self.worn = probability.clamp(0.0, 1.0);
        self
    }

    /// The look at a position. Classes and sexes take turns, so any `2 * classes` neighbouring
    /// positions hold each of them once.
    #[must_use]
    pub fn look(&self, index: u64) -> DemoLook {
        let mut random = Random::new(self.seed, index);
        let pairs = DEMO_CLASSES.len() as u64 * 2;
        let pair = index % pairs;
        let class = &DEMO_CLASSES[(pair / 2) as usize];
        let gender = if pair.is_multiple_of(2) { Gender::Male } else { Gender::Female };
        let colours = palette(&mut random).map(Some).to_vec();
        let mut worn = BTreeMap::new();
        for slot in Slot::ALL {
            let (share, pick) = (random.share(), random.below(items::DESIGNS + 1));
            if share < self.worn * frequency(slot) {
                worn.extend(items::numbers(slot).nth(pick).map(|item| (slot, item)));
            }
        }
        let pose = Pose::ALL[random.below(self.poses)];
        let head = random.below(self.heads);
        DemoLook {
            look: Look {
                id: format!("demo-{:08x}-{index:06}", self.seed),
                class: Some(ClassLabel::new(class.label)),
                gender: Some(gender),
                colours,
                items: worn,
            },
            options: DrawOptions { pose, head, ..DrawOptions::default() },
        }
    }
}

/// How often a slot is worn, relative to a hat.
fn frequency(slot: Slot) -> f32 {
    match slot {
        Slot::Coiffe | Slot::Cape | Slot::Bouclier | Slot::Familier => 1.0,
        Slot::Epauliere => 0.6,
        Slot::Ailes => 0.4,
        Slot::Costume => 0.3,
    }
}
