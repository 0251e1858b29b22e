//! Models that cannot be used: each is refused with what is wrong and where.

use std::path::Path;

use lorgnon_embed::{EngineChoice, LoadOptions, ModelError, ModelFiles, OnnxEncoder, Precision};
use rten_onnx::onnx::{DataLocation, DataType, StringStringEntryProto};

use crate::graphs::{Graph, PREPROCESSOR, folder, plain};

fn refused(network: &Path) -> ModelError {
    let files =
        ModelFiles::find(network.to_str().unwrap(), network.parent().unwrap(), Precision::Any).unwrap();
    OnnxEncoder::load(&files, &LoadOptions::default()).unwrap_err()
}

/// An error and its causes.
fn told(error: &ModelError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

#[test]
fn a_file_cut_short_is_unreadable_wherever_it_is_cut() {
    let home = tempfile::tempdir().unwrap();
    let network = folder(home.path(), &plain(0).model(17), PREPROCESSOR);
    let whole = std::fs::read(&network).unwrap();
    for length in (0..whole.len() - 1).step_by(97) {
        std::fs::write(&network, &whole[..length]).unwrap();
        let error = refused(&network);
        assert!(told(&error).contains("model.onnx"), "{length}: {}", told(&error));
    }
    std::fs::write(&network, b"<!DOCTYPE html><title>404</title>").unwrap();
    assert!(matches!(refused(&network), ModelError::Unreadable { .. }));
}

#[test]
fn a_text_model_is_called_one() {
    let home = tempfile::tempdir().unwrap();
    let graph = Graph::default()
        .input("input_ids", DataType::INT64, &[0, 77])
        .node("Cast", &["input_ids"], &["text_embeds"])
        .with("to", 1)
        .output("text_embeds", DataType::FLOAT, &[0, 77]);
    let error = refused(&folder(home.path(), &graph.model(17), PREPROCESSOR));
    assert!(told(&error).contains("text model"), "{}", told(&error));
}

#[test]
fn an_unknown_operator_set_is_named() {
    let home = tempfile::tempdir().unwrap();
    for opset in [3, 99] {
        let error = refused(&folder(home.path(), &plain(0).model(opset), PREPROCESSOR));
        assert!(told(&error).contains(&format!("operator set {opset}")), "{}", told(&error));
    }
}

#[test]
fn sizes_that_disagree_are_both_named() {
    let home = tempfile::tempdir().unwrap();
    let larger = PREPROCESSOR.replace("\"height\":8", "\"height\":9");
    let error = refused(&folder(home.path(), &plain(0).model(17), &larger));
    assert!(told(&error).contains("8 pixels in height, pictures are prepared with 9"), "{}", told(&error));
}

#[test]
fn weights_that_are_elsewhere_are_asked_for() {
    let home = tempfile::tempdir().unwrap();
    for (location, expected) in [("model.onnx.data", "model.onnx.data"), ("../weights", "not beside it")] {
        let mut graph = plain(0);
        let weights = &mut graph.0.initializer[0];
        weights.raw_data = None;
        weights.data_location = Some(DataLocation::EXTERNAL);
        weights.external_data = [("location", location), ("offset", "0"), ("length", "3840")]
            .map(|(key, value)| StringStringEntryProto {
                key: Some(key.to_owned()),
                value: Some(value.to_owned()),
            })
            .to_vec();
        let error = refused(&folder(home.path(), &graph.model(17), PREPROCESSOR));
        assert!(told(&error).contains(expected), "{}", told(&error));
    }
}

#[test]
fn an_operator_that_does_not_exist_is_named() {
    let home = tempfile::tempdir().unwrap();
    let graph = Graph::default()
        .input("pixel_values", DataType::FLOAT, &[0, 3, 8, 8])
        .node("Divinate", &["pixel_values"], &["image_embeds"])
        .output("image_embeds", DataType::FLOAT, &[0, 5]);
    let error = refused(&folder(home.path(), &graph.model(17), PREPROCESSOR));
    assert!(told(&error).contains("Divinate"), "{}", told(&error));
}

#[test]
fn vectors_that_say_nothing_fail_the_self_check() {
    let home = tempfile::tempdir().unwrap();
    let graph = plain(0);
    let count = graph.0.initializer[0].raw_data.as_ref().unwrap().borrow().len();
    for (value, expected) in [(0.0f32, "all zero"), (f32::NAN, "not finite")] {
        let bytes: Vec<u8> = value.to_le_bytes().into_iter().cycle().take(count).collect();
        *graph.0.initializer[0].raw_data.as_ref().unwrap().borrow_mut() = bytes;
        let copy = Graph(graph.0.clone());
        let error = refused(&folder(home.path(), &copy.model(17), PREPROCESSOR));
        assert!(
            matches!(error, ModelError::SelfCheck { .. }) && told(&error).contains(expected),
            "{}",
            told(&error)
        );
    }
}

#[cfg(not(feature = "onnxruntime"))]
#[test]
fn an_engine_that_is_not_built_in_says_how_to_get_it() {
    let home = tempfile::tempdir().unwrap();
    let network = folder(home.path(), &plain(0).model(17), PREPROCESSOR);
    let files = ModelFiles::find(network.to_str().unwrap(), home.path(), Precision::Any).unwrap();
    let options = LoadOptions { engine: EngineChoice::OnnxRuntime, ..LoadOptions::default() };
    let error = OnnxEncoder::load(&files, &options).unwrap_err();
    assert!(told(&error).contains("--features onnxruntime"), "{}", told(&error));
}
