//! Items by slot, and items whose slot only a catalogue knows.

use std::collections::BTreeMap;

use lorgnon_look::{Catalogue, ItemId, Slot};
use serde_json::Value;

use super::{Fields, named, present, whole};
use crate::Warning;
use crate::skipped::shortened;

const ITEM_FIELDS: [&str; 5] = ["items", "slots", "equipment", "gear", "lookItems"];
/// Lists without slots.
const LIST_FIELDS: [&str; 4] = ["item_id", "item_ids", "itemIds", "itemId"];
/// Where a Barbofus row has no `dofus_item_*_id`: its other table's.
const ROW_FIELDS: [&str; 8] =
    ["hat_id", "cape_id", "cloak_id", "shield_id", "pet_id", "costume_id", "wings_id", "shoulderpads_id"];
const SLOT_FIELDS: [&str; 3] = ["slot", "slotName", "type"];
const ID_FIELDS: [&str; 4] = ["id", "itemId", "item_id", "dofusId"];

/// The items by slot. An item without a slot is placed by the catalogue; where that fails, or the
/// slot is taken, a warning names it.
pub(crate) fn items(
    fields: &Fields,
    catalogue: Option<&Catalogue>,
    warnings: &mut Vec<Warning>,
) -> BTreeMap<Slot, ItemId> {
    let mut found = Found::default();
    for (field, value) in named(fields, &ITEM_FIELDS) {
        match value {
            Value::Object(by_name) => {
                for (name, value) in by_name {
                    found.add_named(&format!("{field}.{name}"), name, value, warnings);
                }
            }
            Value::Array(values) => {
                for value in values {
                    found.add_listed(field, value, warnings);
                }
            }
            Value::Null => {}
            Value::Bool(_) | Value::Number(_) | Value::String(_) => found.add_listed(field, value, warnings),
        }
        if !found.is_empty() {
            break;
        }
    }
    for (field, value) in named(fields, &LIST_FIELDS) {
        match value {
            Value::Array(values) => {
                values.iter().for_each(|value| found.add_listed(field, value, warnings));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                found.add_listed(field, value, warnings);
            }
        }
    }
    for (field, value) in fields {
        if let Some(name) = field.strip_prefix("dofus_item_").and_then(|name| name.strip_suffix("_id")) {
            found.add_named(field, name, value, warnings);
        }
    }
    if found.is_empty() {
        for (field, value) in named(fields, &ROW_FIELDS) {
            found.add_named(field, field.trim_end_matches("_id"), value, warnings);
        }
    }
    found.placed(catalogue, warnings)
}

#[derive(Default)]
struct Found {
    by_slot: BTreeMap<Slot, ItemId>,
    /// With the fields they stand in.
    unplaced: Vec<(String, ItemId)>,
}

impl Found {
    fn is_empty(&self) -> bool {
        self.by_slot.is_empty() && self.unplaced.is_empty()
    }

    fn add_named(&mut self, field: &str, name: &str, value: &Value, warnings: &mut Vec<Warning>) {
        let at = || field.to_owned();
        match (Slot::parse(name), item_of(value)) {
            (_, Ok(None)) => {}
            (None, _) => warnings.push(Warning::UnknownSlot { field: at(), name: name.to_owned() }),
            (Some(slot), Ok(Some(item))) => self.wear(field, slot, item, warnings),
            (Some(_), Err(())) => {
                warnings.push(Warning::UnusableItem { field: at(), value: shortened(value) });
            }
        }
    }

    fn add_listed(&mut self, field: &str, value: &Value, warnings: &mut Vec<Warning>) {
        if let Value::Object(fields) = value
            && let Some(name) = present(fields, &SLOT_FIELDS).find_map(Value::as_str)
        {
            return self.add_named(&format!("{field}.{name}"), name, value, warnings);
        }
        match item_of(value) {
            Ok(Some(item)) => self.unplaced.push((field.to_owned(), item)),
            Ok(None) => {}
            Err(()) => {
                warnings.push(Warning::UnusableItem { field: field.to_owned(), value: shortened(value) });
            }
        }
    }

    fn wear(&mut self, field: &str, slot: Slot, item: ItemId, warnings: &mut Vec<Warning>) {
        let worn = *self.by_slot.entry(slot).or_insert(item);
        if worn != item {
            warnings.push(Warning::SlotTaken { field: field.to_owned(), slot, item });
        }
    }

    fn placed(
        mut self,
        catalogue: Option<&Catalogue>,
        warnings: &mut Vec<Warning>,
    ) -> BTreeMap<Slot, ItemId> {
        for (field, item) in std::mem::take(&mut self.unplaced) {
            match catalogue.and_then(|catalogue| catalogue.get(item)) {
                None => warnings.push(Warning::UnplacedItem { field, item }),
                Some(known) => {
                    // A known item without a slot is a ring or the like: nothing to see.
                    if let Some(slot) = known.slot {
                        self.wear(&field, slot, item, warnings);
                    }
                }
            }
        }
        self.by_slot
    }
}

/// The item a value names: a positive number, numeric text, the first such of an array, or an object
/// with an id. `Ok(None)` is nothing worn.
fn item_of(value: &Value) -> Result<Option<ItemId>, ()> {
    let positive =
        |number: i128| if number > 0 { ItemId::try_from(number).map(Some).map_err(|_| ()) } else { Ok(None) };
    match value {
        Value::Null => Ok(None),
        Value::Bool(worn) => {
            if *worn {
                Err(())
            } else {
                Ok(None)
            }
        }
        Value::Number(number) => positive(whole(number).ok_or(())?),
        Value::String(text) if text.trim().is_empty() => Ok(None),
        Value::String(text) => positive(text.trim().parse::<i128>().map_err(|_| ())?),
        Value::Array(values) => {
            let mut failed = false;
            for value in values {
                match item_of(value) {
                    Ok(Some(item)) => return Ok(Some(item)),
                    Ok(None) => {}
                    Err(()) => failed = true,
                }
            }
            if failed { Err(()) } else { Ok(None) }
        }
        Value::Object(fields) => match present(fields, &ID_FIELDS).next() {
            Some(id @ (Value::Number(_) | Value::String(_))) => item_of(id),
            Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) => Err(()),
            None => {
                if fields.is_empty() {
                    Ok(None)
                } else {
                    Err(())
                }
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::fields;
    use super::*;
    use lorgnon_look::{CatalogueItem, CatalogueName};
    use serde_json::json;

    fn worn(value: Value) -> (Vec<(Slot, ItemId)>, Vec<Warning>) {
        let mut catalogue = Catalogue::default();
        for (id, slot) in [(2411, Some(Slot::Coiffe)), (7, None), (699, Some(Slot::Coiffe))] {
            let name = CatalogueName::default();
            catalogue.insert(CatalogueItem {
                id,
                slot,
                name,
                level: None,
                icon_id: None,
                appearance_id: None,
            });
        }
        let mut warnings = Vec::new();
        let items = items(&fields(value), Some(&catalogue), &mut warnings);
        (items.into_iter().collect(), warnings)
    }

    #[test]
    fn true_is_not_an_item() {
        let (items, warnings) = worn(json!({ "items": { "coiffe": true, "cape": false } }));
        assert_eq!(items, []);
        assert_eq!(
            warnings,
            [Warning::UnusableItem { field: "items.coiffe".to_owned(), value: "true".to_owned() }]
        );
    }

    #[test]
    fn every_alias_and_way_to_write_an_id_is_read() {
        let value = json!({ "gear": {
            "HAT": "12", "cloak": [0, -1, "x", 13, 14], "shield": 0, "pet": null, "Épaulière": { "id": 1_019_524_003_u64 },
            "outfit": 15.0, "wings": "",
        }});
        let expected =
            [(Slot::Coiffe, 12), (Slot::Cape, 13), (Slot::Epauliere, 1_019_524_003), (Slot::Costume, 15)];
        assert_eq!(worn(value), (expected.to_vec(), vec![]));
        for name in ITEM_FIELDS {
            assert_eq!(worn(json!({ name: { "head": 5 } })).0, [(Slot::Coiffe, 5)], "{name}");
        }
        assert_eq!(worn(json!({ "items": [], "slots": { "cape": 6 } })).0, [(Slot::Cape, 6)]);
        assert_eq!(
            worn(json!({ "dofus_item_hat_id": 3, "dofus_item_wings_id": 4 })).0,
            [(Slot::Coiffe, 3), (Slot::Ailes, 4)]
        );
        assert_eq!(worn(json!({ "dofus_item_shoulder_id": 3, "hat_id": 4 })).0, [(Slot::Epauliere, 3)]);
        assert_eq!(
            worn(json!({ "dofus_item_hat_id": null, "hat_id": 4, "shoulderpads_id": 5 })).0,
            [(Slot::Coiffe, 4), (Slot::Epauliere, 5)]
        );
        assert_eq!(worn(json!({ "items": [{ "slot": "cape", "id": 9 }] })).0, [(Slot::Cape, 9)]);
    }

    #[test]
    fn items_without_slots_are_placed_by_the_catalogue() {
        let (items, warnings) = worn(json!({ "item_id": [2411, 7, 4242, 699] }));
        assert_eq!(items, [(Slot::Coiffe, 2411)]);
        assert_eq!(
            warnings,
            [
                Warning::UnplacedItem { field: "item_id".to_owned(), item: 4242 },
                Warning::SlotTaken { field: "item_id".to_owned(), slot: Slot::Coiffe, item: 699 }
            ]
        );
        assert_eq!(worn(json!({ "items": [2411] })).0, [(Slot::Coiffe, 2411)]);
    }

    #[test]
    fn unknown_slots_and_ids_are_reported() {
        let (items, warnings) = worn(json!({ "items": { "ring": 5, "coiffe": "blue", "belt": 0 } }));
        assert_eq!(items, []);
        assert_eq!(
            warnings,
            [
                Warning::UnknownSlot { field: "items.ring".to_owned(), name: "ring".to_owned() },
                Warning::UnusableItem { field: "items.coiffe".to_owned(), value: "blue".to_owned() }
            ]
        );
    }
}
