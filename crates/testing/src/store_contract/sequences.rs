//! Random changes, compared with the same changes made to a map.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use lorgnon_index::{Entry, Filter, Store};
use lorgnon_look::Slot;

use super::samples::{DIMENSIONS, Draw, brute_force, entry, id_of, look};
use super::searches::assert_same;

type Model = BTreeMap<String, Entry>;

pub(super) fn any_sequence_of_changes_ends_where_a_map_does(open: &impl Fn(&str) -> Box<dyn Store>) {
    for seed in 0..3 {
        let mut store = open(&format!("sequence-{seed}"));
        let mut draw = Draw::new(100 + seed);
        let mut committed = Model::new();
        for _ in 0..12 {
            let mut pending = committed.clone();
            let mut writer = store.writer().expect("a writer");
            for _ in 0..draw.below(60) {
                let id = id_of(draw.below(80));
                match draw.below(20) {
                    0..=11 => {
                        let entry = entry(&id, draw.below(1_000_000));
                        writer.put(entry.clone()).expect("put");
                        pending.insert(id, entry);
                    }
                    12..=14 => {
                        let look = look(&id, draw.below(1_000_000));
                        let known = writer.relabel(look.clone(), "again".to_owned()).expect("relabel");
                        assert_eq!(known, pending.contains_key(&id));
                        if let Some(entry) = pending.get_mut(&id) {
                            entry.record.look = look;
                            "again".clone_into(&mut entry.record.source);
                        }
                    }
                    15..=18 => {
                        assert_eq!(writer.remove(&id).expect("remove"), pending.remove(&id).is_some());
                    }
                    _ if draw.below(8) == 0 => {
                        writer.clear().expect("clear");
                        pending.clear();
                    }
                    _ => {}
                }
            }
            if draw.below(4) == 0 {
                drop(writer);
            } else {
                writer.commit().expect("commit");
                committed = pending;
            }
            if draw.below(3) == 0 {
                store = open(&format!("sequence-{seed}"));
            }
            assert_holds(&*store, &committed, &mut draw);
        }
    }
}

fn assert_holds(store: &dyn Store, model: &Model, draw: &mut Draw) {
    let reader = store.reader().expect("a reader");
    assert_eq!(reader.len(), model.len() as u64);
    let mut records = Vec::new();
    reader
        .visit(&mut |record| {
            records.push(record);
            ControlFlow::Continue(())
        })
        .expect("visit");
    assert!(records.iter().eq(model.values().map(|entry| &entry.record)));
    for (id, entry) in model {
        assert_eq!(reader.vectors(id).expect("vectors").as_ref(), Some(&entry.vectors));
        for (name, bytes) in &entry.blobs {
            assert_eq!(reader.blob(id, name).expect("blob").as_ref(), Some(bytes));
        }
    }
    if model.is_empty() {
        return;
    }
    for slot in [None, Some(Slot::Costume)] {
        let query = draw.vector(DIMENSIONS);
        let expected = brute_force(model.values(), &query, slot, &Filter::default());
        let found = reader.search(&query, slot, 15, &Filter::default()).expect("search");
        assert_same(&found, &expected[..expected.len().min(15)]);
    }
}
