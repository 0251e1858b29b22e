//! Looks and vectors for the suite, drawn from their number alone.

use lorgnon_embed::EncoderSpec;
use lorgnon_index::{Entry, Filter, Fingerprint, LookRecord, Manifest, Match, Store, VectorSet};
use lorgnon_look::{ClassLabel, Colour, Gender, Look, Slot, SlotMap};

/// Length of the suite's vectors: not a multiple of any register.
pub(super) const DIMENSIONS: usize = 21;

/// A xorshift generator: the suite needs variety, not statistics.
#[derive(Debug, Clone)]
pub(super) struct Draw(u64);

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(super) fn vector(&mut self, dimensions: usize) -> Vec<f32> {
        (0..dimensions).map(|_| (self.below(2_000_001) as f32 - 1_000_000.0) / 1_000_000.0).collect()
    }
}

pub(super) fn id_of(number: u64) -> String {
    format!("look-{number:04}")
}

pub(super) fn look(id: &str, seed: u64) -> Look {
    let mut draw = Draw::new(seed);
    let class = ["Féca", "Sram", "Iop", "Lizard"][draw.below(4) as usize];
    let gender = [None, Some(Gender::Male), Some(Gender::Female)][draw.below(3) as usize];
    let mut items = std::collections::BTreeMap::new();
    for slot in Slot::ALL {
        if draw.below(3) == 0 {
            items.insert(slot, 1_019_524_000 + draw.below(3));
        }
    }
    Look {
        id: id.to_owned(),
        class: (draw.below(5) > 0).then(|| ClassLabel::new(class)),
        gender,
        colours: vec![Some(Colour::from_rgb(draw.below(1 << 24) as u32)), None],
        items,
    }
}

pub(super) fn entry(id: &str, seed: u64) -> Entry {
    let mut draw = Draw::new(seed + 1000);
    Entry {
        record: LookRecord {
            look: look(id, seed),
            source: format!("labels-{}.jsonl", seed % 3),
            fingerprint: Fingerprint([seed as u8; 32]),
        },
        vectors: VectorSet {
            global: draw.vector(DIMENSIONS),
            slots: SlotMap::from_fn(|_| draw.vector(DIMENSIONS)),
        },
        blobs: vec![
            ("thumbnail".to_owned(), seed.to_le_bytes().to_vec()),
            ("measurement".to_owned(), vec![seed as u8; draw.below(50) as usize]),
        ],
    }
}

pub(super) fn encoder(name: &str) -> EncoderSpec {
    EncoderSpec { name: name.to_owned(), dimensions: DIMENSIONS, weights: String::new(), recipe: 1 }
}

pub(super) fn manifest(name: &str) -> Manifest {
    Manifest {
        updated_at_ms: 1_795_402_972_486,
        dataset_path: "data/labels.jsonl".to_owned(),
        dataset_size: 190,
        encoder: Some(encoder(name)),
        model: "3".to_owned(),
    }
}

/// Commits entries and gives the new version.
pub(super) fn put_all(store: &dyn Store, entries: &[Entry]) -> u64 {
    let mut writer = store.writer().expect("a writer");
    for entry in entries {
        writer.put(entry.clone()).expect("put");
    }
    writer.commit().expect("commit")
}

pub(super) fn of_place(vectors: &VectorSet, slot: Option<Slot>) -> &[f32] {
    slot.map_or(&vectors.global, |slot| &vectors.slots[slot])
}

pub(super) fn passes(look: &Look, filter: &Filter) -> bool {
    filter.class.as_ref().is_none_or(|class| look.class.as_ref() == Some(class))
        && filter.gender.is_none_or(|gender| look.gender == Some(gender))
        && filter.item.is_none_or(|(slot, item)| look.items.get(&slot) == Some(&item))
}

/// The plain answer: every look compared, in double precision.
pub(super) fn brute_force<'a>(
    entries: impl IntoIterator<Item = &'a Entry>,
    query: &[f32],
    slot: Option<Slot>,
    filter: &Filter,
) -> Vec<Match> {
    let norm = |vector: &[f32]| vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
    let mut matches = Vec::new();
    for entry in entries {
        if !passes(&entry.record.look, filter) {
            continue;
        }
        let stored = of_place(&entry.vectors, slot);
        let dot: f64 = stored.iter().zip(query).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
        let lengths = norm(stored) * norm(query);
        let similarity = if lengths > 0.0 { (dot / lengths) as f32 } else { 0.0 };
        matches.push(Match { id: entry.record.look.id.clone(), similarity });
    }
    matches.sort_by(|left, right| {
        right.similarity.total_cmp(&left.similarity).then_with(|| left.id.cmp(&right.id))
    });
    matches
}
