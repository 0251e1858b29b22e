//! The library in ten lines: learn from an export, say who is in a picture.
//!
//! `cargo run --release --example ten_lines -- looks/ index/ picture.png`
#![expect(clippy::print_stdout, reason = "a program")]

use std::path::PathBuf;
use std::sync::Arc;

use lorgnon_dataset::{Dataset, Options};
use lorgnon_embed::BuiltinEncoder;
use lorgnon_imaging::{Limits, decode};
use lorgnon_index::{EmbeddedStore, Store};
use lorgnon_look::Catalogue;
use lorgnon_recogniser::train::{TrainSettings, Unobserved, train};
use lorgnon_recogniser::{AnalyzeOptions, Recogniser};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [looks, index, picture] = &paths[..] else {
        return Err("usage: ten_lines LOOKS INDEX PICTURE".into());
    };

    let dataset = Dataset::open(looks, &Options::default())?;
    let (store, encoder) = (EmbeddedStore::open(index)?, Arc::new(BuiltinEncoder::new()));
    train(&dataset, &store, &*encoder, &Catalogue::default(), &TrainSettings::default(), &Unobserved)?;

    let recogniser = Recogniser::open(store.reader()?, encoder, Arc::default())?;
    let picture = decode(&std::fs::read(picture)?, &Limits::default())?;
    let answer = recogniser.analyze(&picture, &AnalyzeOptions::default())?;
    println!("{:?} {:?}, {:?}", answer.class_label, answer.gender, answer.confidence);
    for slot in &answer.color_slots {
        println!("colour {}: {:?}", slot.slot, slot.hex);
    }
    Ok(())
}
