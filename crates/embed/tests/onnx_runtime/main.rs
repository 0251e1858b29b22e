//! ONNX Runtime beside the engine of every build: the same vectors. `ORT_DYLIB_PATH` names its library (PyPI's `onnxruntime`
//! has one); without it, and with none on the system's path, these tests skip themselves.
//!
//! A binary of its own, so that the rest of the workspace is not built again for it:
//! `cargo test --workspace --features lorgnon-embed/onnxruntime --test onnx_runtime`.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "test code")]

#[expect(dead_code, reason = "the other tests use the rest")]
#[path = "../integration/graphs.rs"]
mod graphs;

use std::path::Path;

use lorgnon_embed::{Encoder, EngineChoice, LoadOptions, ModelError, ModelFiles, OnnxEncoder, Precision};
use lorgnon_imaging::Picture;
use rten_onnx::onnx::{DataType, ModelProto};

use graphs::{Graph, LARGEST, PREPROCESSOR, SIDE, cosine, drawn, folder, integers, picture, plain};

const LIBRARY_VARIABLE: &str = "ORT_DYLIB_PATH";

fn centred(count: usize, seed: u64) -> Vec<f32> {
    drawn(count, seed).iter().map(|value| value - 0.5).collect()
}

/// A convolutional classifier: what its last layer works on is the vector, which its graph does not give by itself.
fn classifier() -> Graph {
    const FILTERS: i64 = 6;
    const CLASSES: i64 = 4;
    Graph::default()
        .input("pixel_values", DataType::FLOAT, &[0, 3, SIDE, SIDE])
        .floats("filters", &[FILTERS, 3, 3, 3], &centred(FILTERS as usize * 27, 5))
        .node("Conv", &["pixel_values", "filters"], &["map"])
        .with_all("kernel_shape", &[3, 3])
        .with_all("pads", &[1, 1, 1, 1])
        .node("Relu", &["map"], &["seen"])
        .node("GlobalAveragePool", &["seen"], &["pooled"])
        .node("Flatten", &["pooled"], &["flat"])
        .floats("last", &[FILTERS, CLASSES], &centred((FILTERS * CLASSES) as usize, 6))
        .node("MatMul", &["flat", "last"], &["logits"])
        .output("logits", DataType::FLOAT, &[0, CLASSES])
}

fn loaded(home: &Path, model: &ModelProto, engine: EngineChoice) -> Result<OnnxEncoder, ModelError> {
    let network = folder(home, model, PREPROCESSOR);
    let files = ModelFiles::find(network.to_str().unwrap(), home, Precision::Any).unwrap();
    OnnxEncoder::load(&files, &LoadOptions { engine, check_record: None })
}

/// The model in both engines; `None` where there is no library and none was promised.
fn both(model: &ModelProto) -> Option<[OnnxEncoder; 2]> {
    let home = tempfile::tempdir().unwrap();
    match loaded(home.path(), model, EngineChoice::OnnxRuntime) {
        Ok(theirs) => {
            assert_eq!(theirs.engine(), "ort");
            Some([loaded(home.path(), model, EngineChoice::Rten).unwrap(), theirs])
        }
        Err(error) if std::env::var_os(LIBRARY_VARIABLE).is_none() => {
            let reason = std::error::Error::source(&error).unwrap().to_string();
            assert!(reason.contains(LIBRARY_VARIABLE), "it says what to do: {reason}");
            eprintln!("skipped: {reason}");
            None
        }
        Err(error) => panic!("{error}: {:?}", std::error::Error::source(&error)),
    }
}

/// The least cosine between the engines' vectors of the same pictures, more than a batch of them.
fn least_cosine(model: &ModelProto) -> Option<f32> {
    let [ours, theirs] = both(model)?;
    assert_eq!(ours.spec(), theirs.spec(), "an index does not depend on the engine");
    let pictures: Vec<Picture> = (0..11).map(picture).collect();
    let (own, other) = (ours.encode(&pictures).unwrap(), theirs.encode(&pictures).unwrap());
    assert_eq!(own.len(), other.len());
    own.iter().zip(&other).map(|(own, other)| cosine(own, other)).reduce(f32::min)
}

#[test]
fn networks_of_floats_give_the_same_vectors() {
    for model in [plain(0).model(17), plain(4).model(17), classifier().model(17)] {
        let Some(least) = least_cosine(&model) else { return };
        assert!(least > 0.999_999, "{least}");
    }
}

#[test]
fn networks_of_integers_give_the_same_vectors() {
    // Two bytes times such weights do not overflow 16 bits on any processor.
    let Some(least) = least_cosine(&integers(60).model(17)) else { return };
    assert!(least > 0.9999, "{least}");
}

#[test]
fn a_network_that_the_library_computes_wrongly_on_this_processor_is_refused() {
    if both(&plain(0).model(17)).is_none() {
        return;
    }
    let model = integers(LARGEST).model(17);
    let home = tempfile::tempdir().unwrap();
    match loaded(home.path(), &model, EngineChoice::OnnxRuntime) {
        Ok(_) => assert!(least_cosine(&model).unwrap() > 0.9999),
        Err(error) => assert!(matches!(error, ModelError::SelfCheck { .. }), "{error}"),
    }
}

#[test]
fn a_network_that_was_dropped_can_be_loaded_again() {
    let model = plain(0).model(17);
    for _ in 0..2 {
        let Some(encoders) = both(&model) else { return };
        drop(encoders);
    }
}
