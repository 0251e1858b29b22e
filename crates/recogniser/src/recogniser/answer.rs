//! Assembles the parts of an analysis into the answer the API gives.

use lorgnon_imaging::{Picture, Rect};
use lorgnon_look::{COLOUR_COUNT, ClassLabel, Colour, Slot, SlotMap};

use super::{Evidence, Recogniser, marginal};
use crate::character::{Detection, Location, anchor};
use crate::colours::{ColourSolution, SolvedColour};
use crate::fusion::SeenVectors;
use crate::items::{ItemModel, SlotGuess, Standing};
use crate::palette::palette;
use crate::{
    Analysis, CharacterAnswer, CharacterBox, ClassNames, ColourSlotAnswer, ColourState, Confidence, Frame,
    ItemAnswer, ItemCandidate, PaletteEntry, SlotRegion, Verdict, Vote,
};

/// Colours in the palette of an answer.
const PALETTE_SIZE: usize = 6;
/// Classes and items voted for in an answer.
const VOTES_SHOWN: usize = 10;

/// One voice.
pub(super) fn vote(label: &str, weight: f32, example_id: &str) -> Vote {
    Vote { label: label.to_owned(), weight, example_id: example_id.to_owned() }
}

impl Recogniser {
    /// The answer when no character was found: nothing is guessed.
    pub(super) fn answer_nothing(&self, picture: &Picture) -> Analysis {
        let (palette, color_slots) = self.loose_colours(picture, None);
        Analysis {
            class_label: None,
            class_votes: Vec::new(),
            gender: None,
            gender_votes: Vec::new(),
            colors: palette.iter().map(|entry| entry.hex).collect(),
            color_sources: Vec::new(),
            items: SlotMap::default(),
            neighbors: Vec::new(),
            verdict: Verdict::Unknown,
            class_id: None,
            class_names: None,
            confidence: Confidence { class: 0.0, gender: 0.0 },
            character: None,
            characters: Vec::new(),
            color_slots,
            palette,
            encoder: self.encoder.spec().name.clone(),
            model: self.version.clone(),
            took_ms: 0.0,
        }
    }

    /// The answer about the best character found.
    pub(super) fn answer_character(
        &self,
        picture: &Picture,
        detection: &Detection,
        location: &Location,
        evidence: &Evidence,
        vectors: &SeenVectors,
    ) -> Analysis {
        let classes = marginal(detection.pairs.iter().map(|(class, _, weight)| (class.clone(), *weight)));
        let genders = marginal(detection.pairs.iter().map(|(_, gender, weight)| (*gender, *weight)));
        let known = location.verdict != Verdict::Unknown;
        let class = classes.first().filter(|_| known).map(|(class, _)| class.clone());
        let gender = genders.first().filter(|_| known).map(|(gender, _)| *gender);
        let solution = class.as_ref().zip(gender).and_then(|(class, gender)| {
            let cluster = detection.pairs.first().filter(|best| best.0 == *class && best.1 == gender);
            let cluster = cluster.map(|_| detection.cluster);
            self.models.colours.as_ref()?.solve(picture, &detection.frame, class, gender, cluster)
        });
        let items = self.models.items.as_ref().filter(|_| known).map(|model| {
            let standing = Standing::new(detection.frame, solution.as_ref());
            let heard = vectors.slots.as_ref().map(|slots| (&self.models.fusion.items, slots));
            let guesses = model.name(picture, &standing, self.models.icons.as_ref(), heard);
            let frame = solution.as_ref().and_then(|solution| solution.settled_frame);
            self.items(model, &frame.unwrap_or(detection.frame), guesses)
        });
        let (palette, color_slots) = match &solution {
            Some(solution) => (
                palette_entries(&palette(picture, Some(&detection.frame), PALETTE_SIZE)),
                colour_slots(solution),
            ),
            None => self.loose_colours(picture, Some(&detection.frame)),
        };
        let colors = fill_gaps(&color_slots, &palette);
        let nearest = evidence.example(|_| true);
        Analysis {
            class_votes: classes
                .iter()
                .take(VOTES_SHOWN)
                .map(|(class, weight)| vote(class.as_str(), *weight, &evidence.of_class(class)))
                .collect(),
            gender_votes: genders
                .iter()
                .map(|(gender, weight)| vote(gender.as_str(), *weight, &evidence.of_gender(*gender)))
                .collect(),
            color_sources: color_slots
                .iter()
                .filter_map(|slot| Some(vote(&slot.hex?.to_string(), slot.confidence, &nearest)))
                .collect(),
            items: items.unwrap_or_default(),
            neighbors: Vec::new(),
            verdict: location.verdict,
            class_id: class.as_ref().and_then(ClassLabel::class).map(|class| class.id),
            class_names: class
                .as_ref()
                .and_then(ClassLabel::class)
                .map(|class| ClassNames { fr: class.french.to_owned(), en: class.english.to_owned() }),
            confidence: Confidence {
                class: classes.first().map_or(0.0, |(_, weight)| *weight),
                gender: genders.first().map_or(0.0, |(_, weight)| *weight),
            },
            character: Some(character(detection)),
            characters: location.characters.iter().map(character).collect(),
            class_label: class,
            gender,
            colors,
            color_slots,
            palette,
            encoder: self.encoder.spec().name.clone(),
            model: self.version.clone(),
            took_ms: 0.0,
        }
    }

    /// The colours of a character of no known class, at its outline or else where it was found, and what
    /// they tell of the slots. Where nothing says where it stands, or no class was taught, the main colours.
    fn loose_colours(
        &self,
        picture: &Picture,
        found: Option<&Frame>,
    ) -> (Vec<PaletteEntry>, Vec<ColourSlotAnswer>) {
        let frame = anchor(picture).or_else(|| found.copied());
        let loose = frame.and_then(|frame| self.models.colours.as_ref()?.loose(picture, &frame));
        let mut slots = unknown_slots();
        let Some(loose) = loose.filter(|loose| !loose.palette.is_empty()) else {
            return (palette_entries(&palette(picture, found, PALETTE_SIZE)), slots);
        };
        slots[0] = colour_slot(1, &loose.first);
        (palette_entries(&loose.palette), slots)
    }

    fn items(&self, model: &ItemModel, frame: &Frame, guesses: SlotMap<SlotGuess>) -> SlotMap<ItemAnswer> {
        guesses.map(|slot, guess| {
            let region = guess.region.map(|_| slot_region(model, slot, frame));
            ItemAnswer { region, ..self.item(guess) }
        })
    }

    fn item(&self, guess: SlotGuess) -> ItemAnswer {
        let candidates: Vec<ItemCandidate> = guess
            .candidates
            .into_iter()
            .take(VOTES_SHOWN)
            .map(|candidate| {
                let listed = self.catalogue.get(candidate.item);
                let mut same_appearance = self.catalogue.same_appearance(candidate.item);
                for id in &candidate.same_appearance {
                    if !same_appearance.contains(id) {
                        same_appearance.push(*id);
                    }
                }
                ItemCandidate {
                    label: candidate.item,
                    weight: candidate.probability,
                    example_id: candidate.example_id.unwrap_or_default(),
                    probability: candidate.probability,
                    name: listed.and_then(|item| item.name.fr.clone().or_else(|| item.name.en.clone())),
                    same_appearance,
                    source: candidate.source,
                }
            })
            .collect();
        let best = candidates.first().filter(|_| guess.present >= 0.5);
        ItemAnswer {
            item_id: best.map(|candidate| candidate.label),
            score: best.map_or(0.0, |candidate| candidate.probability),
            present: guess.present,
            candidates,
            region: None,
        }
    }
}

/// The slot's region as the character stands: that of the upright body, turned with it about the body's middle.
fn slot_region(model: &ItemModel, slot: Slot, frame: &Frame) -> SlotRegion {
    let upright = Frame { rotation_degrees: 0.0, ..*frame };
    let Rect { x, y, width, height } = model.region(slot, &upright);
    let (u, v) = upright.to_character(x + 0.5 * width, y + 0.5 * height);
    let (middle_x, middle_y) = frame.to_picture(u, v);
    SlotRegion {
        bounds: CharacterBox { x: middle_x - 0.5 * width, y: middle_y - 0.5 * height, width, height },
        rotation_degrees: frame.rotation_degrees,
    }
}

fn character(detection: &Detection) -> CharacterAnswer {
    let Rect { x, y, width, height } = detection.bounds;
    let best = detection.pairs.first();
    CharacterAnswer {
        bounds: CharacterBox { x, y, width, height },
        mirrored: detection.frame.mirrored,
        rotation_degrees: detection.frame.rotation_degrees,
        score: detection.score,
        class_label: best.map(|(class, _, _)| class.clone()),
        gender: best.map(|(_, gender, _)| *gender),
        confidence: best.map_or(0.0, |(_, _, weight)| *weight),
    }
}

fn unknown_slots() -> Vec<ColourSlotAnswer> {
    (1..=COLOUR_COUNT as u8)
        .map(|slot| ColourSlotAnswer { slot, hex: None, state: ColourState::Unknown, confidence: 0.0 })
        .collect()
}

fn colour_slots(solution: &ColourSolution) -> Vec<ColourSlotAnswer> {
    (1u8..).zip(&solution.slots).map(|(slot, solved)| colour_slot(slot, solved)).collect()
}

fn colour_slot(slot: u8, solved: &SolvedColour) -> ColourSlotAnswer {
    ColourSlotAnswer { slot, hex: solved.colour, state: solved.state, confidence: solved.confidence }
}

/// The solved colours in slot order, each gap filled with the next palette colour.
fn fill_gaps(slots: &[ColourSlotAnswer], palette: &[PaletteEntry]) -> Vec<Colour> {
    let mut spare = palette.iter().map(|entry| entry.hex);
    slots.iter().filter_map(|slot| slot.hex.or_else(|| spare.next())).collect()
}

fn palette_entries(palette: &[(Colour, f32)]) -> Vec<PaletteEntry> {
    palette.iter().map(|(hex, share)| PaletteEntry { hex: *hex, share: *share }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_turns_and_mirrors_with_the_body() {
        let model = ItemModel::default();
        let upright =
            Frame { centre_x: 100.0, top: 20.0, height: 120.0, mirrored: false, rotation_degrees: 0.0 };
        let middle = |frame: &Frame| {
            let CharacterBox { x, y, width, height } = slot_region(&model, Slot::Bouclier, frame).bounds;
            (x + 0.5 * width, y + 0.5 * height)
        };
        let body = upright.to_picture(0.0, 0.5);
        let (x, y) = middle(&upright);
        assert!(x < 100.0, "shields hang on the left: {x}");
        let mirrored = middle(&Frame { mirrored: true, ..upright });
        assert!((mirrored.0 - (200.0 - x)).abs() < 1e-3 && (mirrored.1 - y).abs() < 1e-3, "{mirrored:?}");
        let turned = Frame { rotation_degrees: 90.0, ..upright };
        let (across, down) = middle(&turned);
        assert!((across - (body.0 - (y - body.1))).abs() < 1e-3, "{across}");
        assert!((down - (body.1 + (x - body.0))).abs() < 1e-3, "{down}");
        assert_eq!(slot_region(&model, Slot::Bouclier, &turned).rotation_degrees.to_bits(), 90f32.to_bits());
    }

    #[test]
    fn gaps_are_filled_from_the_palette_in_order() {
        let mut slots = unknown_slots();
        slots[1].hex = Some(Colour::new(1, 2, 3));
        let palette = palette_entries(&[(Colour::new(9, 9, 9), 0.7), (Colour::new(8, 8, 8), 0.3)]);
        let filled: Vec<String> = fill_gaps(&slots, &palette).iter().map(Colour::to_string).collect();
        assert_eq!(filled, ["#090909", "#010203", "#080808"]);
    }
}
