//! The binary `lorgnon`.

fn main() {}
