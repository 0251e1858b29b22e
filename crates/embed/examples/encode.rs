//! Encodes pictures with a model: `encode MODEL any|full|integers rten|ort whole|crops PICTURE…`.
//!
//! Prints one JSON line a picture with its vector(s), `crops` being the eight of the old system (the
//! whole and one a slot), and last a line with how long loading and encoding took. The comparison
//! with other engines (`tools/reference/encoders.py`) reads it.

use std::io::Write;
use std::time::Instant;

use lorgnon_embed::{Encoder, EngineChoice, LoadOptions, ModelFiles, OnnxEncoder, Precision};
use lorgnon_imaging::{Limits, Picture, decode, slot_crops};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, precision, engine, parts, pictures @ ..] = arguments.as_slice() else {
        return Err("usage: encode MODEL any|full|integers rten|ort whole|crops PICTURE…".into());
    };
    let precision = match precision.as_str() {
        "full" => Precision::Full,
        "integers" => Precision::Integers,
        _ => Precision::Any,
    };
    let engine = if engine == "ort" { EngineChoice::OnnxRuntime } else { EngineChoice::Rten };
    let started = Instant::now();
    let files = ModelFiles::find(model, std::path::Path::new("."), precision)?;
    let check_record = std::env::var_os("CHECK_RECORD").map(Into::into);
    let encoder = OnnxEncoder::load(&files, &LoadOptions { engine, check_record })?;
    let load_ms = started.elapsed().as_secs_f64() * 1000.0;
    let started = Instant::now();
    let mut output = std::io::stdout().lock();
    // Enough for every core, and few in memory.
    for paths in pictures.chunks(4) {
        use rayon::prelude::*;
        let cut: Vec<Vec<Picture>> = paths
            .par_iter()
            .map(|path| {
                let bytes = std::fs::read(path).map_err(|error| format!("{path}: {error}"))?;
                let picture =
                    decode(&bytes, &Limits::default()).map_err(|error| format!("{path}: {error}"))?;
                let mut cut = vec![picture];
                if parts == "crops" {
                    slot_crops(&cut[0]).map(|_, crop| cut.push(crop.picture));
                }
                Ok(cut)
            })
            .collect::<Result<_, String>>()?;
        let vectors = encoder.encode(&cut.concat())?;
        let mut next = vectors.iter();
        for (path, cut) in paths.iter().zip(&cut) {
            let own: Vec<&Vec<f32>> = next.by_ref().take(cut.len()).collect();
            writeln!(output, "{}", serde_json::json!({ "picture": path, "vectors": own }))?;
        }
    }
    let encode_ms = started.elapsed().as_secs_f64() * 1000.0;
    writeln!(
        output,
        "{}",
        serde_json::json!({ "loadMs": load_ms, "encodeMs": encode_ms, "looks": pictures.len() })
    )?;
    Ok(())
}
