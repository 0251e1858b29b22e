//! The written export.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use lorgnon_demo::{DemoError, write_dataset};
use lorgnon_imaging::{Limits, decode};
use serde_json::Value;

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_written_dataset_is_complete_and_repeats_byte_for_byte() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let mut told = Vec::new();
    let written = folders
        .each_ref()
        .map(|folder| write_dataset(folder.path(), 34, 3, &mut |drawn| told.push(drawn)).unwrap());
    let [first, second] = &written;
    assert_eq!((first.train_looks, first.test_looks), (34, 32));
    assert_eq!(told, (1..=66).chain(1..=66).collect::<Vec<_>>());
    assert_eq!(fs::read(&first.train).unwrap(), fs::read(&second.train).unwrap());

    let (train, test) = (lines(&first.train), lines(&first.test));
    let colours = |rows: &[Value]| rows.iter().map(|row| row["colors"].to_string()).collect::<BTreeSet<_>>();
    assert!(colours(&train).is_disjoint(&colours(&test)), "test palettes must be new");
    for row in train.iter().chain(&test) {
        assert!(row["class"].is_string() && row["items"].is_object());
        assert_eq!(row["colors"].as_array().unwrap().len(), 6);
        let image = row["image"].as_str().unwrap();
        let bytes = fs::read(folders[0].path().join(image)).unwrap();
        assert_eq!(bytes, fs::read(folders[1].path().join(image)).unwrap());
        assert!(decode(&bytes, &Limits::default()).unwrap().height() > 150);
    }
    let catalogue: Vec<Value> = serde_json::from_slice(&fs::read(&first.catalogue).unwrap()).unwrap();
    assert_eq!(catalogue.len(), 70);
    for item in &catalogue {
        assert!(folders[0].path().join(item["img"].as_str().unwrap()).is_file());
        assert!(first.icons.join(format!("{}.png", item["iconId"])).is_file());
        assert!(item["name"]["fr"].is_string() && item["typeId"].is_u64());
    }
    assert!(!first.scenes.is_empty() && first.scenes.iter().all(|scene| scene.is_file()));
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let refused = write_dataset(&file, 1, 1, &mut |_| {});
    assert!(matches!(refused, Err(DemoError::Write { path, .. }) if path.starts_with(&file)));
}
