//! What the backend answers of a picture: everything, or nothing.

use lorgnon_imaging::Picture;
use lorgnon_look::{ClassLabel, Colour, Gender, Slot, SlotMap};
use lorgnon_recogniser::{
    Analysis, CharacterAnswer, CharacterBox, ClassNames, ColourSlotAnswer, ColourState, Confidence,
    ItemAnswer, ItemCandidate, ItemSource, PaletteEntry, SlotRegion, Verdict, Vote,
};

fn vote(label: &str, weight: f32, example_id: &str) -> Vote {
    Vote { label: label.to_owned(), weight, example_id: example_id.to_owned() }
}

/// A sure answer whose box fits the picture.
pub(crate) fn recognised(picture: &Picture, neighbours: usize) -> Analysis {
    let side = |length: u32, share: f32| length as f32 * share;
    let (width, height) = (picture.width(), picture.height());
    let character = CharacterAnswer {
        bounds: CharacterBox {
            x: side(width, 0.25),
            y: side(height, 0.05),
            width: side(width, 0.5),
            height: side(height, 0.9),
        },
        mirrored: false,
        rotation_degrees: 0.0,
        score: 4.5,
        class_label: Some(ClassLabel::new("Iop")),
        gender: Some(Gender::Male),
        confidence: 0.96875,
    };
    // Bands from hat to feet, tilted.
    let region = |slot: Slot| SlotRegion {
        bounds: CharacterBox {
            x: side(width, 0.25),
            y: side(height, 0.05 + 0.1 * slot.index() as f32),
            width: side(width, 0.5),
            height: side(height, 0.25),
        },
        rotation_degrees: 5.0,
    };
    let candidate = |label: u64, probability: f32, name: &str, source: ItemSource| ItemCandidate {
        label,
        weight: probability,
        example_id: if source == ItemSource::Examples { "look-00".to_owned() } else { String::new() },
        probability,
        name: Some(name.to_owned()),
        same_appearance: if label == 2411 { vec![2411, 2446] } else { vec![label] },
        source,
    };
    let mut items = SlotMap::from_fn(|slot| ItemAnswer {
        item_id: None,
        score: 0.0,
        candidates: Vec::new(),
        present: 0.0625 * (1 + slot.index()) as f32,
        region: Some(region(slot)),
    });
    items[Slot::Coiffe] = ItemAnswer {
        item_id: Some(2411),
        score: 0.875,
        candidates: vec![
            candidate(2411, 0.875, "Coiffe du Bouftou", ItemSource::Examples),
            candidate(7150, 0.09375, "Chapeau Akwadala", ItemSource::Icon),
        ],
        present: 0.96875,
        region: Some(region(Slot::Coiffe)),
    };
    items[Slot::Cape] = ItemAnswer {
        item_id: Some(2412),
        score: 0.5,
        candidates: vec![candidate(2412, 0.5, "Cape Bouffante", ItemSource::Icon)],
        present: 0.75,
        region: Some(region(Slot::Cape)),
    };
    let colours = ["#E9B08A", "#5A2B17", "#B0392B", "#E0A558", "#2F5D62"];
    let parsed: Vec<Colour> = colours.iter().filter_map(|text| Colour::parse(text).ok().flatten()).collect();
    let states = [
        ColourState::Solved,
        ColourState::Solved,
        ColourState::Solved,
        ColourState::Uncertain,
        ColourState::Solved,
    ];
    let mut color_slots: Vec<ColourSlotAnswer> = (1u8..)
        .zip(parsed.iter().zip(states))
        .map(|(slot, (colour, state))| ColourSlotAnswer {
            slot,
            hex: Some(*colour),
            state,
            confidence: 0.875,
        })
        .collect();
    color_slots.push(ColourSlotAnswer { slot: 6, hex: None, state: ColourState::Unknown, confidence: 0.0 });
    Analysis {
        class_label: Some(ClassLabel::new("Iop")),
        class_votes: vec![
            vote("Iop", 0.96875, "look-00"),
            vote("Crâ", 0.015625, "look-01"),
            vote("Sram", 0.0078125, "look-04"),
        ],
        gender: Some(Gender::Male),
        gender_votes: vec![vote("m", 0.9375, "look-00"), vote("f", 0.0625, "look-01")],
        colors: parsed.clone(),
        color_sources: vec![vote("#E9B08A", 0.875, "")],
        items,
        neighbors: (0..neighbours.min(8))
            .map(|number| {
                vote(
                    &format!("look-{number:02}"),
                    0.9375 - 0.0625 * number as f32,
                    &format!("look-{number:02}"),
                )
            })
            .collect(),
        verdict: Verdict::Recognised,
        class_id: Some(8),
        class_names: Some(ClassNames { fr: "Iop".to_owned(), en: "Iop".to_owned() }),
        confidence: Confidence { class: 0.96875, gender: 0.9375 },
        character: Some(character.clone()),
        characters: vec![character],
        color_slots,
        palette: parsed
            .iter()
            .zip([0.375, 0.25, 0.1875, 0.125, 0.0625])
            .map(|(hex, share)| PaletteEntry { hex: *hex, share })
            .collect(),
        encoder: "builtin".to_owned(),
        model: "3f9ac2".to_owned(),
        took_ms: 12.0,
    }
}

/// What an index without looks says of any picture.
pub(crate) fn nothing() -> Analysis {
    Analysis {
        class_label: None,
        class_votes: Vec::new(),
        gender: None,
        gender_votes: Vec::new(),
        colors: Vec::new(),
        color_sources: Vec::new(),
        items: SlotMap::default(),
        neighbors: Vec::new(),
        verdict: Verdict::Unknown,
        class_id: None,
        class_names: None,
        confidence: Confidence { class: 0.0, gender: 0.0 },
        character: None,
        characters: Vec::new(),
        color_slots: Vec::new(),
        palette: Vec::new(),
        encoder: "builtin".to_owned(),
        model: String::new(),
        took_ms: 3.0,
    }
}
