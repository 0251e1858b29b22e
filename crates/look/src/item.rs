//! Item identifiers.

/// An item's number in the game's data. Real ones exceed 32 bits of comfort (1019524003 was seen),
/// so 64 bits are kept everywhere.
pub type ItemId = u64;
