//! Drawn looks to learn from.

use lorgnon_demo::{Demo, draw};
use lorgnon_imaging::encode_png;
use lorgnon_look::Look;

/// So many positions of the demo's list hold every class and sex once.
const PAIRS: u64 = 2 * lorgnon_demo::DEMO_CLASSES.len() as u64;

/// The `number`th look of a class and sex, and its picture.
pub(crate) fn look(pair: u64, number: u64) -> (Look, Vec<u8>) {
    let drawn = Demo::new(7).with_items(0.0).look(number * PAIRS + pair);
    let picture = encode_png(&draw(&drawn.look, &drawn.options).unwrap()).unwrap();
    (drawn.look, picture)
}
