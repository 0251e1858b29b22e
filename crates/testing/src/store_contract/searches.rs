//! Searches against the plain answer.

use lorgnon_index::{Entry, Filter, Match, Store};
use lorgnon_look::{ClassLabel, Gender, Slot};

use super::samples::{DIMENSIONS, Draw, brute_force, entry, id_of, of_place, put_all};

/// What two ways of adding up the same products may differ by.
const TOLERANCE: f32 = 1e-5;

fn places() -> impl Iterator<Item = Option<Slot>> {
    std::iter::once(None).chain(Slot::ALL.into_iter().map(Some))
}

/// Same length, same similarities, and the same looks wherever similarities differ by enough to
/// tell.
pub(super) fn assert_same(found: &[Match], expected: &[Match]) {
    assert_eq!(found.len(), expected.len());
    for (position, (one, other)) in found.iter().zip(expected).enumerate() {
        assert!((one.similarity - other.similarity).abs() < TOLERANCE, "{position}: {one:?} {other:?}");
        if one.id != other.id {
            let twin = expected.iter().find(|twin| twin.id == one.id).map(|twin| twin.similarity);
            assert!(
                twin.is_none_or(|similarity| (similarity - other.similarity).abs() < TOLERANCE),
                "{position}: {one:?} {other:?}"
            );
        }
    }
}

pub(super) fn every_place_is_searched_as_by_brute_force(store: &dyn Store) {
    let entries: Vec<Entry> = (0..600).map(|number| entry(&id_of(number), number)).collect();
    put_all(store, &entries[..250]);
    put_all(store, &entries[250..]);
    let mut writer = store.writer().expect("a writer");
    for number in 100..140 {
        writer.remove(&id_of(number)).expect("remove");
    }
    writer.commit().expect("commit");
    let left = [&entries[..100], &entries[140..]].concat();
    let reader = store.reader().expect("a reader");
    let mut draw = Draw::new(4);
    for slot in places() {
        for round in 0..6 {
            let query = if round == 0 {
                of_place(&entries[300].vectors, slot).to_vec()
            } else {
                draw.vector(DIMENSIONS)
            };
            let expected = brute_force(&left, &query, slot, &Filter::default());
            for count in [0, 1, 10, 560, usize::MAX] {
                let found = reader.search(&query, slot, count, &Filter::default()).expect("search");
                assert_same(&found, &expected[..count.min(expected.len())]);
            }
        }
    }
}

pub(super) fn filters_leave_what_passes_them(store: &dyn Store) {
    let entries: Vec<Entry> = (0..400).map(|number| entry(&id_of(number), number)).collect();
    put_all(store, &entries);
    let reader = store.reader().expect("a reader");
    let mut draw = Draw::new(5);
    let classes = [None, Some("Féca"), Some("Lizard"), Some("Nobody's")];
    let genders = [None, Some(Gender::Male), Some(Gender::Female)];
    let items = [
        None,
        Some((Slot::Coiffe, 1_019_524_001)),
        Some((Slot::Ailes, 1_019_524_000)),
        Some((Slot::Cape, 1)),
    ];
    for class in classes {
        for gender in genders {
            for item in items {
                let filter = Filter { class: class.map(ClassLabel::new), gender, item };
                let query = draw.vector(DIMENSIONS);
                for slot in [None, Some(Slot::Familier)] {
                    let expected = brute_force(&entries, &query, slot, &filter);
                    let found = reader.search(&query, slot, 12, &filter).expect("search");
                    assert_same(&found, &expected[..expected.len().min(12)]);
                }
            }
        }
    }
}

pub(super) fn ties_are_ordered_by_id(store: &dyn Store) {
    let mut entries: Vec<Entry> = (0..300).map(|number| entry(&id_of(number), number)).collect();
    // Written in an order that is not that of ids, with many equal vectors, in two commits.
    for number in [250, 7, 131, 90, 8, 299, 0] {
        let twin = entry("twin", 5000).vectors;
        entries[number as usize].vectors = twin;
    }
    entries.reverse();
    put_all(store, &entries[..150]);
    put_all(store, &entries[150..]);
    let reader = store.reader().expect("a reader");
    let query = entry("twin", 5000).vectors.global;
    for count in [1, 3, 7] {
        let found = reader.search(&query, None, count, &Filter::default()).expect("search");
        let ids: Vec<&str> = found.iter().map(|found| found.id.as_str()).collect();
        let expected =
            ["look-0000", "look-0007", "look-0008", "look-0090", "look-0131", "look-0250", "look-0299"];
        assert_eq!(ids, expected[..count]);
        // Equal vectors have equal similarities, to the bit.
        let bits: Vec<u32> = found.iter().map(|found| found.similarity.to_bits()).collect();
        assert_eq!(bits, vec![bits[0]; count]);
    }
    // The same question gives the same bits.
    let once = reader.search(&query, Some(Slot::Cape), 20, &Filter::default()).expect("search");
    let again = reader.search(&query, Some(Slot::Cape), 20, &Filter::default()).expect("search");
    assert_eq!(once, again);
}

pub(super) fn a_vector_of_zeros_is_no_nearer_to_anything(store: &dyn Store) {
    let mut entries: Vec<Entry> = (0..30).map(|number| entry(&id_of(number), number)).collect();
    for entry in &mut entries[10..20] {
        entry.vectors.slots[Slot::Bouclier] = vec![0.0; DIMENSIONS];
    }
    put_all(store, &entries);
    let reader = store.reader().expect("a reader");
    let found = reader.search(&[0.0; DIMENSIONS], None, 3, &Filter::default()).expect("search");
    let ids: Vec<&str> = found.iter().map(|found| found.id.as_str()).collect();
    assert_eq!(ids, ["look-0000", "look-0001", "look-0002"]);
    assert!(found.iter().all(|found| found.similarity.abs() <= 0.0));
    let query = Draw::new(8).vector(DIMENSIONS);
    let slot = Some(Slot::Bouclier);
    let expected = brute_force(&entries, &query, slot, &Filter::default());
    let found = reader.search(&query, slot, 30, &Filter::default()).expect("search");
    assert_same(&found, &expected);
}
