//! Looks and items keep their names and numbers.

use std::collections::{BTreeMap, BTreeSet};

use lorgnon_demo::{DEMO_CLASSES, Demo, HEADS, Pose, items};
use lorgnon_look::{CLASSES, ClassLabel, Slot, fold};

#[test]
fn classes_and_sexes_are_covered_evenly() {
    let demo = Demo::new(9);
    let mut seen = BTreeMap::new();
    for index in 0..96 {
        let look = demo.look(index).look;
        assert_eq!(look.colours.iter().flatten().count(), 6);
        *seen.entry((look.class.unwrap(), look.gender.unwrap())).or_insert(0) += 1;
    }
    assert_eq!(seen.len(), DEMO_CLASSES.len() * 2);
    assert!(seen.values().all(|count| *count == 3));
}

#[test]
fn every_item_of_every_slot_is_worn_by_somebody() {
    let demo = Demo::new(2);
    let worn: BTreeSet<_> = (0..2_000).flat_map(|index| demo.look(index).look.items).collect();
    let all: BTreeSet<_> = items().iter().map(|item| (item.slot.unwrap(), item.id)).collect();
    assert_eq!(worn, all);
}

#[test]
fn poses_and_heads_vary_only_when_asked_for() {
    let of = |demo: &Demo| {
        let options: Vec<_> = (0..200).map(|index| demo.look(index).options).collect();
        let poses = Pose::ALL.iter().filter(|pose| options.iter().any(|one| one.pose == **pose)).count();
        let heads = options.iter().map(|one| one.head).collect::<BTreeSet<_>>().len();
        (poses, heads)
    };
    assert_eq!(of(&Demo::new(1)), (1, 1));
    assert_eq!(of(&Demo::new(1).with_poses(3).with_heads(4)), (3, HEADS));
}

#[test]
fn looks_depend_on_seed_and_position_alone() {
    let demo = Demo::new(1);
    let backwards: Vec<_> = (0..40).rev().map(|index| demo.look(index)).collect();
    let forwards: Vec<_> = (0..40).map(|index| Demo::new(1).look(index)).collect();
    assert!(backwards.iter().rev().eq(&forwards));
    assert_ne!(demo.look(3).look.colours, Demo::new(2).look(3).look.colours);
    assert_eq!(demo.look(0).look.id, "demo-00000001-000000");
    assert_eq!(demo.look(33).look.class, Some(ClassLabel::new("Lanternier")));
}

#[test]
fn item_numbers_and_names_are_stable() {
    let catalogue = items();
    assert_eq!(catalogue.len(), 70);
    for (id, slot, french) in [
        (10_001, Slot::Coiffe, "Chapeau biscornu"),
        (20_007, Slot::Cape, "Sac du colporteur"),
        (30_009, Slot::Bouclier, "Cristal de garde"),
        (40_001, Slot::Familier, "Gélitou"),
        (50_010, Slot::Epauliere, "Épaulières de toile (réplique)"),
        (60_003, Slot::Costume, "Tenue de bal bleue"),
        (70_008, Slot::Ailes, "Ailes ardentes"),
    ] {
        let item = catalogue.get(id).unwrap();
        assert_eq!((item.slot, item.name.fr.as_deref()), (Some(slot), Some(french)));
        assert!(item.name.en.is_some() && item.level.is_some());
    }
    for slot in Slot::ALL {
        let replicas = catalogue.iter().filter(|item| catalogue.same_appearance(item.id).len() == 2);
        assert_eq!(replicas.filter(|item| item.slot == Some(slot)).count(), 2, "{slot}");
    }
}

#[test]
fn classes_are_invented_and_their_names_unique() {
    let names: BTreeSet<_> = DEMO_CLASSES.iter().map(|class| fold(class.label)).collect();
    assert_eq!(names.len(), DEMO_CLASSES.len());
    assert!(CLASSES.iter().all(|class| !names.contains(&fold(class.french))));
    for class in &DEMO_CLASSES {
        assert_eq!(ClassLabel::new(class.label).as_str(), class.label, "read as a Dofus class");
    }
}
