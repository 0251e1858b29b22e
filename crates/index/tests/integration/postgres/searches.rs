//! Searches by the HNSW index: how near they come to comparing everything.

use lorgnon_index::{Entry, Filter, PostgresStore, Store};
use lorgnon_look::{ClassLabel, Slot};

use super::server::TestServer;
use crate::embedded::{entry, vector};

const DIMENSIONS: usize = 32;

/// Looks in clusters, as real ones are: a few kinds with small differences.
fn clustered(number: u64) -> Entry {
    let mut entry = entry(number, DIMENSIONS);
    let centre = vector(number % 40 + 7_000_000, DIMENSIONS);
    let near = |vector: &mut Vec<f32>| {
        for (value, centre) in vector.iter_mut().zip(&centre) {
            *value = centre + 0.4 * *value;
        }
    };
    near(&mut entry.vectors.global);
    entry.vectors.slots.iter_mut().for_each(|(_, vector)| near(vector));
    entry
}

fn cosine(one: &[f32], other: &[f32]) -> f64 {
    let dot = |one: &[f32], other: &[f32]| -> f64 {
        one.iter().zip(other).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    dot(one, other) / (dot(one, one) * dot(other, other)).sqrt()
}

#[test]
fn the_index_finds_what_comparing_all_finds() {
    let Some(server) = TestServer::named("searches") else { return };
    let store = PostgresStore::open(&server.url("a")).unwrap().with_index_from(1_000);
    let entries: Vec<Entry> = (0..3_000).map(clustered).collect();
    // The index is made at the second commit and kept up by the third.
    for part in [&entries[..900], &entries[900..2_000], &entries[2_000..]] {
        let mut writer = store.writer().unwrap();
        for entry in part {
            writer.put(entry.clone()).unwrap();
        }
        writer.commit().unwrap();
    }
    assert!(store.info().unwrap().indexed);
    let reader = store.reader().unwrap();
    let filters = [
        Filter::default(),
        Filter { class: Some(ClassLabel::new("3")), ..Filter::default() },
        Filter { class: Some(ClassLabel::new("nobody's")), ..Filter::default() },
    ];
    let (mut found_right, mut expected_in_all) = (0, 0);
    for query in 0..20 {
        let query = clustered(query + 9_000);
        for slot in [None, Some(Slot::Cape)] {
            let of = |entry: &Entry| {
                slot.map_or(entry.vectors.global.clone(), |slot| entry.vectors.slots[slot].clone())
            };
            for filter in &filters {
                let mut expected: Vec<(f64, &str)> = entries
                    .iter()
                    .filter(|entry| filter.class.is_none() || entry.record.look.class == filter.class)
                    .map(|entry| (cosine(&of(&query), &of(entry)), entry.record.look.id.as_str()))
                    .collect();
                expected.sort_by(|one, other| other.0.total_cmp(&one.0));
                expected.truncate(10);
                let found = reader.search(&of(&query), slot, 10, filter).unwrap();
                assert_eq!(found.len(), expected.len());
                assert!(found.is_sorted_by(|one, other| one.similarity >= other.similarity));
                expected_in_all += expected.len();
                found_right +=
                    found.iter().filter(|found| expected.iter().any(|(_, id)| *id == found.id)).count();
                // More than the index is asked for: all are compared, and that is exact.
                if filter.class.is_none() {
                    let many = reader.search(&of(&query), slot, 300, filter).unwrap();
                    assert_eq!(many.len(), 300);
                    assert_eq!(many[0].id, expected[0].1);
                }
            }
        }
    }
    let recall = f64::from(found_right as u32) / f64::from(expected_in_all as u32);
    assert!(recall >= 0.98, "recall {recall}");
}

#[test]
fn several_threads_ask_one_reader() {
    let Some(server) = TestServer::named("threads") else { return };
    let store = PostgresStore::open(&server.url("a")).unwrap();
    crate::embedded::fill(&store, 0..200, DIMENSIONS);
    let reader = store.reader().unwrap();
    // What was committed since is not seen by any of the connections that share the reader's view.
    crate::embedded::fill(&store, 200..260, DIMENSIONS);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let reader = &reader;
            scope.spawn(move || {
                for round in 0..20 {
                    let query = vector(thread * 100 + round, DIMENSIONS);
                    let found = reader.search(&query, None, 1_000, &Filter::default()).unwrap();
                    assert_eq!(found.len(), 200);
                    assert_eq!(reader.vectors("look-00230").unwrap(), None);
                }
            });
        }
    });
}

#[test]
fn a_reader_can_be_asked_from_a_thread_of_another_runtime() {
    let Some(server) = TestServer::named("runtime") else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = PostgresStore::open(&server.url("a")).unwrap();
        crate::embedded::fill(&store, 0..3, DIMENSIONS);
        assert_eq!(store.reader().unwrap().len(), 3);
        drop(store);
    });
}
