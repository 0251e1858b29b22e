//! Costumes: whole outfits that replace the class's clothes.

use crate::ink::{Ink, MAIN, SECOND, TRIM};
use crate::outfit::{Belt, Feet, Hands, Legs, Motif, Neck, Outfit, Sleeves, Torso};

/// The outfit of a costume.
pub(crate) fn outfit(design: usize) -> Outfit {
    let fixed = |main, second, leather, trim| {
        [Ink::fixed(main), Ink::fixed(second), Ink::fixed(leather), Ink::fixed(trim)]
    };
    let (cut, inks) = match design {
        0 => (
            (
                Torso::Jacket,
                Legs::Shorts,
                Feet::Boots,
                Sleeves::Long,
                Hands::Bare,
                Belt::Sash,
                Neck::Scarf,
                Motif::None,
            ),
            fixed(0x27_3A66, 0x5A_3A2A, 0x3A_2A22, 0xE9_C46A),
        ),
        1 => (
            (
                Torso::Armour,
                Legs::Tight,
                Feet::Greaves,
                Sleeves::Short,
                Hands::Gauntlets,
                Belt::Buckle,
                Neck::Collar,
                Motif::None,
            ),
            fixed(0xB8_2A34, 0x5A_5E6A, 0x8A_929E, 0xF0_C850),
        ),
        2 => (
            (
                Torso::Dress,
                Legs::Tight,
                Feet::Shoes,
                Sleeves::Puff,
                Hands::Gloves,
                Belt::Sash,
                Neck::Bow,
                Motif::None,
            ),
            fixed(0x5A_8FE0, 0xE8_EEF8, 0xF4_F4FA, 0xBF_D8FA),
        ),
        3 => (
            (
                Torso::Kimono,
                Legs::Puffy,
                Feet::Sandals,
                Sleeves::Wide,
                Hands::Bare,
                Belt::Sash,
                Neck::None,
                Motif::None,
            ),
            [Ink::fixed(0xF4_F0E6), MAIN, Ink::fixed(0x7A_5634), TRIM],
        ),
        4 => (
            (
                Torso::Robe,
                Legs::Bare,
                Feet::Sandals,
                Sleeves::Wide,
                Hands::Bare,
                Belt::Rope,
                Neck::Scarf,
                Motif::None,
            ),
            fixed(0x7A_5638, 0x5A_3E28, 0x4E_3626, 0xC8_AA78),
        ),
        5 => (
            (
                Torso::Tunic,
                Legs::Tight,
                Feet::Shoes,
                Sleeves::Puff,
                Hands::Gloves,
                Belt::None,
                Neck::Collar,
                Motif::Chevrons,
            ),
            fixed(0xE0_3E6A, 0x32_B4A0, 0x2E_2A4A, 0xF8_D84A),
        ),
        6 => (
            (
                Torso::Shirt,
                Legs::Tight,
                Feet::Boots,
                Sleeves::Long,
                Hands::Gloves,
                Belt::Buckle,
                Neck::Collar,
                Motif::Buttons,
            ),
            [MAIN, Ink::fixed(0xF0_F0F4), SECOND, GOLDEN],
        ),
        7 => (
            (
                Torso::Tunic,
                Legs::Puffy,
                Feet::Fur,
                Sleeves::Long,
                Hands::Gloves,
                Belt::Rope,
                Neck::Fur,
                Motif::Laces,
            ),
            fixed(0x7C_9CB8, 0x4A_5A70, 0x6A_4A36, 0xF2_EEE4),
        ),
        _ => (
            (
                Torso::Apron,
                Legs::Puffy,
                Feet::Shoes,
                Sleeves::Short,
                Hands::Bare,
                Belt::None,
                Neck::Scarf,
                Motif::Star,
            ),
            fixed(0xFA_F2F0, 0xF0_A8C0, 0x8A_5A4A, 0xE8_6A8A),
        ),
    };
    Outfit {
        torso: cut.0,
        legs: cut.1,
        feet: cut.2,
        sleeves: cut.3,
        hands: cut.4,
        belt: cut.5,
        neck: cut.6,
        motif: cut.7,
        inks,
    }
}

const GOLDEN: Ink = Ink::fixed(0xF0_C850);
