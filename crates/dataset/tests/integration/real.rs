//! The measurement data, where it lies beside the repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::read;

/// A path of the shared data, or `None` (said so) where it is absent.
fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(path);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: `{}` is not here", path.display());
    None
}

#[test]
fn the_sites_own_label_file_gives_all_its_looks() {
    let Some(path) = shared("dofus-renders/labels.jsonl") else { return };
    let (examples, skipped) = read(&path);
    assert_eq!(skipped, []);
    assert_eq!(examples.len(), 152);
    let mut looks = BTreeMap::<_, u32>::new();
    for example in &examples {
        let look = &example.look;
        assert!(look.colours.len() == 6 && look.colours.iter().all(Option::is_some), "{}", look.id);
        assert!(look.class.as_ref().unwrap().class().is_some(), "{}", look.id);
        *looks.entry((look.class.clone(), look.gender)).or_default() += 1;
    }
    assert_eq!(looks.len(), 38);
    assert!(looks.values().all(|count| *count == 4));
    let first = &examples[0].look;
    assert_eq!(first.class.as_ref().unwrap().as_str(), "Féca");
    assert_eq!(first.colours[0].unwrap().to_string(), "#E6EE06");
}

#[test]
fn the_same_looks_in_the_export_format_agree() {
    let (Some(labels), Some(export)) =
        (shared("dofus-renders/labels.jsonl"), shared("dofus-renders/train.jsonl"))
    else {
        return;
    };
    let labels = read(&labels).0;
    for example in read(&export).0 {
        let twin = labels.iter().find(|label| label.look.id == example.look.id).unwrap();
        assert_eq!((&twin.look, &twin.image), (&example.look, &example.image));
    }
}

#[test]
fn every_other_set_loads_whole() {
    for (path, count) in
        [("dofus-items/train.jsonl", 751), ("dofus-real-worn/test.jsonl", 0), ("lpc/train.jsonl", 1100)]
    {
        let Some(path) = shared(path) else { return };
        let (examples, skipped) = read(&path);
        assert_eq!(skipped, [], "{}", path.display());
        assert!(examples.len() == count || count == 0, "{}: {}", path.display(), examples.len());
    }
}

#[test]
fn the_label_file_is_clean_and_the_catalogues_are_read() {
    use lorgnon_dataset::{CheckOptions, Dataset, Options, read_catalogue};
    use lorgnon_look::Slot;

    let Some(path) = shared("dofus-renders/labels.jsonl") else { return };
    let report = Dataset::open(&path, &Options::default()).unwrap().check(&CheckOptions::default());
    assert!(report.is_clean(), "{report}");
    for (path, count) in [
        ("dofus-items/catalog.json", 220),
        ("dofus-items/catalog-full.json", 2465),
        ("catalogue-dofuslab.json", 2985),
    ] {
        let Some(path) = shared(path) else { return };
        let catalogue = read_catalogue(&path).unwrap();
        // Some ids come twice, and DofusLab's mounts have none.
        assert!(catalogue.len() + 310 > count, "{}: {}", path.display(), catalogue.len());
        for slot in [Slot::Coiffe, Slot::Cape, Slot::Bouclier, Slot::Familier] {
            assert!(catalogue.iter().any(|item| item.slot == Some(slot)), "{}: {slot}", path.display());
        }
        assert!(catalogue.iter().all(|item| item.name.fr.is_some()), "{}", path.display());
    }
}
