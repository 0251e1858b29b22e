//! One way from a look's name to a seed, so that what is drawn for a look is always the same.

/// FNV-1a of the name, 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>).
pub(crate) fn seed_of(name: &str) -> u64 {
    name.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}
