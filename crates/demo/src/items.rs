//! What can be worn: the designs, their numbers and names, and the catalogue of them.

use lorgnon_look::{Catalogue, CatalogueItem, CatalogueName, ItemId, Slot};

pub(crate) mod capes;
pub(crate) mod costumes;
pub(crate) mod hats;
pub(crate) mod pets;
pub(crate) mod shields;
pub(crate) mod shoulders;
pub(crate) mod wings;

/// How many designs every slot has.
pub(crate) const DESIGNS: usize = 9;

/// One thing drawn, under one or two item numbers.
struct Design {
    french: &'static str,
    english: &'static str,
    level: u32,
}

const fn design(french: &'static str, english: &'static str, level: u32) -> Design {
    Design { french, english, level }
}

/// Names by design, in the order the slot's module draws them. `(dyeable)` ones follow the look's
/// colours: hats 0, 4 and 5, capes 0, 3 and 5, shields 2 and 7, shoulders 0 and 4, costumes 3 and 6.
fn designs(slot: Slot) -> &'static [Design; DESIGNS] {
    const HATS: [Design; DESIGNS] = [
        design("Chapeau biscornu", "Crooked Pointed Hat", 12),
        design("Heaume du taureau blanc", "White Bull Helm", 65),
        design("Couronne de givre", "Frost Crown", 140),
        design("Feutre à plume", "Feathered Felt Hat", 28),
        design("Bonnet pomponné", "Bobble Beanie", 4),
        design("Turban des sables", "Sand Turban", 47),
        design("Haut-de-forme huilé", "Oily Top Hat", 88),
        design("Casque zéphyr", "Zephyr Helmet", 115),
        design("Bocal du plongeur", "Diver's Bowl", 162),
    ];
    const CAPES: [Design; DESIGNS] = [
        design("Cape du voyageur", "Traveller's Cape", 8),
        design("Lambeaux du spectre", "Spectral Rags", 56),
        design("Manteau d'hermine", "Ermine Mantle", 150),
        design("Cape étoilée", "Starry Cape", 97),
        design("Pèlerine de feuilles", "Leafy Pelerine", 33),
        design("Cape rayée du forain", "Striped Fairground Cape", 21),
        design("Sac du colporteur", "Pedlar's Pack", 18),
        design("Carapace dorsale", "Back Shell", 78),
        design("Cape de braise", "Ember Cape", 128),
    ];
    const SHIELDS: [Design; DESIGNS] = [
        design("Rondache de chêne", "Oak Roundel", 10),
        design("Écu de la garde", "Guard's Escutcheon", 45),
        design("Pavois au soleil", "Sun Pavise", 92),
        design("Targe hérissée", "Spiked Targe", 60),
        design("Bouclier-feuille", "Leaf Shield", 25),
        design("Écaille de tortue", "Tortoise Scale", 74),
        design("Lune d'argent", "Silver Moon", 133),
        design("Engrenage de bronze", "Bronze Cogwheel", 110),
        design("Cristal de garde", "Ward Crystal", 170),
    ];
    const PETS: [Design; DESIGNS] = [
        design("Gélitou", "Jellington", 1),
        design("Piouteau", "Cheepling", 1),
        design("Chatombre", "Shadowcat", 30),
        design("Renardouce", "Foxling", 30),
        design("Champidon", "Mushlet", 15),
        design("Follet bleu", "Blue Wisp", 60),
        design("Tortuguine", "Turtelet", 20),
        design("Dragonnet", "Dragonet", 100),
        design("Cochonbille", "Pigball", 10),
    ];
    const SHOULDERS: [Design; DESIGNS] = [
        design("Épaulières de toile", "Canvas Pauldrons", 14),
        design("Épaulières à pointes", "Spiked Pauldrons", 68),
        design("Épaulières de fourrure", "Fur Pauldrons", 40),
        design("Épaulières feuillues", "Leafy Pauldrons", 26),
        design("Épaulières de gala", "Gala Epaulettes", 82),
        design("Épaulières cristallines", "Crystal Pauldrons", 145),
        design("Épaulières dorées", "Golden Pauldrons", 120),
        design("Épaulières crânes", "Skull Pauldrons", 105),
        design("Épaulières ailées", "Winged Pauldrons", 160),
    ];
    const COSTUMES: [Design; DESIGNS] = [
        design("Costume de pirate", "Pirate Costume", 1),
        design("Armure du chevalier rouge", "Red Knight Armour", 1),
        design("Tenue de bal bleue", "Blue Ball Attire", 1),
        design("Kimono du dojo", "Dojo Kimono", 1),
        design("Bure du moine", "Monk's Frock", 1),
        design("Habit d'arlequin", "Harlequin Suit", 1),
        design("Uniforme de la fanfare", "Marching Band Uniform", 1),
        design("Pelisse polaire", "Polar Pelisse", 1),
        design("Tablier du pâtissier", "Pastry Cook's Apron", 1),
    ];
    const WINGS: [Design; DESIGNS] = [
        design("Ailes de colombe", "Dove Wings", 50),
        design("Ailes de chauve-souris", "Bat Wings", 70),
        design("Ailes de monarque", "Monarch Wings", 35),
        design("Ailes de libellule", "Dragonfly Wings", 44),
        design("Ailes de laurier", "Laurel Wings", 22),
        design("Ailes mécaniques", "Mechanical Wings", 125),
        design("Ailes de cristal", "Crystal Wings", 155),
        design("Ailes ardentes", "Blazing Wings", 180),
        design("Ailes de corbeau", "Raven Wings", 90),
    ];
    match slot {
        Slot::Coiffe => &HATS,
        Slot::Cape => &CAPES,
        Slot::Bouclier => &SHIELDS,
        Slot::Familier => &PETS,
        Slot::Epauliere => &SHOULDERS,
        Slot::Costume => &COSTUMES,
        Slot::Ailes => &WINGS,
    }
}

/// The type number DofusDB gives a slot's items.
pub(crate) fn type_id(slot: Slot) -> u32 {
    match slot {
        Slot::Coiffe => 16,
        Slot::Cape => 17,
        Slot::Bouclier => 82,
        Slot::Familier => 18,
        Slot::Epauliere => 299,
        Slot::Costume => 199,
        Slot::Ailes => 300,
    }
}

/// The first item number of a slot; its appearances and icons are numbered from the same.
fn first(slot: Slot) -> u64 {
    (slot.index() as u64 + 1) * 10_000
}

/// The design that is seen when an item is worn in a slot.
pub(crate) fn design_of(slot: Slot, item: ItemId) -> Option<usize> {
    let number = usize::try_from(item.checked_sub(first(slot) + 1)?).ok()?;
    // The last number is a replica of the first design under a name of its own.
    (number <= DESIGNS).then_some(number % DESIGNS)
}

/// Every number of a slot, replica last.
pub(crate) fn numbers(slot: Slot) -> impl Iterator<Item = ItemId> {
    let first = first(slot);
    (1..=DESIGNS as u64 + 1).map(move |number| first + number)
}

/// The slot of an item, if it is one of these.
pub(crate) fn slot_of(item: ItemId) -> Option<Slot> {
    Slot::ALL.into_iter().find(|slot| design_of(*slot, item).is_some())
}

/// Every item there is. In each slot the last one is a replica: another number and name, the same
/// appearance when worn.
pub fn items() -> Catalogue {
    let mut catalogue = Catalogue::default();
    for slot in Slot::ALL {
        for (position, id) in numbers(slot).enumerate() {
            let design = &designs(slot)[position % DESIGNS];
            let replica = position >= DESIGNS;
            let name = |text: &str, word: &str| {
                Some(if replica { format!("{text} ({word})") } else { text.to_owned() })
            };
            catalogue.insert(CatalogueItem {
                id,
                slot: Some(slot),
                name: CatalogueName {
                    fr: name(design.french, "réplique"),
                    en: name(design.english, "replica"),
                },
                level: Some(if replica { 1 } else { design.level }),
                icon_id: Some(first(slot) + position as u64 % DESIGNS as u64 + 1),
                appearance_id: Some(first(slot) / 10 + position as u64 % DESIGNS as u64 + 1),
            });
        }
    }
    catalogue
}
