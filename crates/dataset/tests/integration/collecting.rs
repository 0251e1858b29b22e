//! What people changed by hand, as the next training reads it.

use lorgnon_dataset::{Collection, Dataset, Labels, Options};
use lorgnon_look::{ClassLabel, Gender};
use serde_json::Map;

use crate::folder;

const EXPORT: &[u8] = br#"{"id":"a","image":"a.png","class":"Iop","gender":"m"}
{"id":"b","image":"a.png","class":"Sram","gender":"f"}
{"image":"a.png","class":"Sram","gender":"f"}
"#;

fn iop() -> Labels {
    Labels { class: Some(ClassLabel::new("Iop")), gender: Some(Gender::Male), ..Labels::default() }
}

fn described(dataset: &Dataset) -> Vec<String> {
    let looks: Vec<String> = dataset
        .examples()
        .map(|example| {
            let look = example.unwrap().look;
            format!("{} {}", look.id, look.class.map_or(String::new(), |class| class.as_str().to_owned()))
        })
        .collect();
    assert_eq!(dataset.count(), looks.len() as u64);
    looks
}

#[test]
fn collected_looks_are_an_ordinary_export() {
    let folder = tempfile::tempdir().unwrap();
    let collection = Collection::new(folder.path());
    let id = collection.add(b"picture", "png", &iop(), Map::new()).unwrap().look.id;
    let dataset = Dataset::open(folder.path(), &Options::default()).unwrap();
    assert_eq!(described(&dataset), [format!("{id} Iop")]);
    // Once, however it is asked for.
    assert_eq!(described(&dataset.with_collection(&collection).unwrap()), [format!("{id} Iop")]);
}

#[test]
fn an_export_elsewhere_is_read_with_what_was_collected_and_corrected() {
    let site = folder(&[("looks.jsonl", EXPORT), ("a.png", b"x")]);
    let cache = tempfile::tempdir().unwrap();
    let collection = Collection::new(cache.path());
    let known = |id: &str| iop().look(id);
    collection.correct("a", Some(&known("a")), |labels| labels.class = Some(ClassLabel::new("Crâ"))).unwrap();
    collection.remove("b", Some(&known("b"))).unwrap();
    collection.remove("looks.jsonl#2", Some(&known("looks.jsonl#2"))).unwrap();
    let id = collection.add(b"picture", "png", &iop(), Map::new()).unwrap().look.id;

    let open = || Dataset::open(site.path(), &Options::default()).unwrap();
    let read = || described(&open().with_collection(&collection).unwrap());
    assert_eq!(read(), ["a Crâ".to_owned(), format!("{id} Iop")]);
    assert_eq!(described(&open()).len(), 3, "the site's own files are as they were");
    collection.restore("b").unwrap().unwrap();
    collection.remove(&id, None).unwrap();
    assert_eq!(read(), ["a Crâ", "b Iop"]);
}
