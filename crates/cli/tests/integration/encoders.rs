//! A learned encoder from its folder to the answer, and back to the built-in one.

use std::cell::RefCell;

use rten_onnx::onnx::{
    DataType, Dimension, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    TensorShapeProto, TypeProto, TypeProtoTensor, ValueInfoProto,
};

use crate::program::Program;

const SIDE: usize = 16;
const DIMENSIONS: usize = 24;

fn value(name: &str, dims: &[i64]) -> ValueInfoProto {
    let length = |length: &i64| Dimension {
        dim_value: (*length > 0).then_some(*length),
        dim_param: (*length <= 0).then(|| "batch".to_owned()),
    };
    let shape = TensorShapeProto { dim: dims.iter().map(length).collect() };
    let tensor = TypeProtoTensor { elem_type: Some(DataType::FLOAT), shape: Some(shape) };
    ValueInfoProto {
        name: Some(name.to_owned()),
        r#type: Some(TypeProto { tensor_type: Some(tensor), ..TypeProto::default() }),
    }
}

/// A model's folder: its embedding is a fixed random projection of a small picture.
fn write_model(program: &Program) {
    let pixels = 3 * SIDE * SIDE;
    let mut state = 7u32;
    let weights = (0..pixels * DIMENSIONS).flat_map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 8) as f32 / (1 << 24) as f32 - 0.5).to_le_bytes()
    });
    let node = |kind: &str, inputs: &[&str], output: &str| NodeProto {
        op_type: Some(kind.to_owned()),
        name: Some(output.to_owned()),
        input: inputs.iter().map(|input| (*input).to_owned()).collect(),
        output: vec![output.to_owned()],
        ..NodeProto::default()
    };
    let weights = TensorProto {
        name: Some("weights".to_owned()),
        dims: vec![pixels as i64, DIMENSIONS as i64],
        data_type: Some(DataType::FLOAT),
        raw_data: Some(RefCell::new(weights.collect())),
        ..TensorProto::default()
    };
    let graph = GraphProto {
        node: vec![
            node("Flatten", &["pixel_values"], "flat"),
            node("MatMul", &["flat", "weights"], "image_embeds"),
        ],
        initializer: vec![weights],
        input: vec![value("pixel_values", &[0, 3, SIDE as i64, SIDE as i64])],
        output: vec![value("image_embeds", &[0, DIMENSIONS as i64])],
        value_info: Vec::new(),
    };
    let opset = OperatorSetIdProto { version: Some(17), ..OperatorSetIdProto::default() };
    let model = ModelProto {
        ir_version: Some(8),
        graph: Some(graph),
        opset_import: vec![opset],
        ..ModelProto::default()
    };
    std::fs::create_dir_all(program.folder().join("models/tests/projection")).unwrap();
    program.write("models/tests/projection/model.onnx", model.write_buf().unwrap());
    program.write(
        "models/tests/projection/preprocessor_config.json",
        r#"{"size":{"height":16,"width":16},"image_mean":[0.5,0.5,0.5],"image_std":[0.5,0.5,0.5]}"#,
    );
}

#[test]
fn a_model_is_listed_trained_with_answered_with_and_left_again() {
    let program = Program::new().variable("TRANSFORMERS_CACHE", "models");
    write_model(&program);
    lorgnon_demo::write_dataset(&program.folder().join("looks"), 24, 3, &mut |_| {}).unwrap();
    let encoder = ["--encoder", "tests/projection"];
    let with = |arguments: &[&str]| program.run(&[arguments, &encoder].concat());

    let listed = program.run(&["model", "list", "--format", "jsonl"]);
    assert!(listed.stdout.contains("\"tests/projection\""), "{}", listed.stdout);
    let checked = with(&["model", "check", "--format", "json"]);
    assert!(checked.stdout.contains("\"dimensions\": 24"), "{}{}", checked.stdout, checked.stderr);

    let trained = with(&["train", "--dataset", "looks/looks.jsonl"]);
    assert_eq!(trained.code, 0, "{}", trained.stderr);
    let manifest = std::fs::read_to_string(program.folder().join(".cache/vision-index.json")).unwrap();
    assert!(manifest.contains("\"clipModel\":\"tests/projection\""), "{manifest}");
    let picture =
        std::fs::read_dir(program.folder().join("looks/images")).unwrap().next().unwrap().unwrap().path();
    let analyze = ["analyze", picture.to_str().unwrap(), "--format", "json"];
    let answer: serde_json::Value = serde_json::from_str(&with(&analyze).stdout).unwrap();
    let answer = if answer.is_array() { answer[0].clone() } else { answer };
    assert_eq!(answer["encoder"], "tests/projection");
    let id = picture.file_stem().unwrap().to_str().unwrap();
    assert_eq!(answer["neighbors"][0]["label"], id, "the picture itself is nearest");

    let other = program.run(&analyze);
    assert_eq!(other.code, 2, "{}", other.stdout);
    assert!(other.stderr.contains("hint: `lorgnon train` reads every look again"), "{}", other.stderr);
    let back = program.run(&["train", "--dataset", "looks/looks.jsonl", "--format", "json"]);
    assert_eq!(back.code, 0, "{}", back.stderr);
    assert!(back.stdout.contains("\"reused\": 24"), "{}", back.stdout);
    assert!(program.run(&analyze).stdout.contains("\"builtin\""));
}

#[test]
fn a_broken_model_touches_no_index() {
    let program = Program::new().variable("TRANSFORMERS_CACHE", "models");
    write_model(&program);
    lorgnon_demo::write_dataset(&program.folder().join("looks"), 4, 3, &mut |_| {}).unwrap();
    let path = "models/tests/projection/model.onnx";
    let whole = std::fs::read(program.folder().join(path)).unwrap();
    program.write(path, &whole[..whole.len() / 2]);
    let run = program.run(&["train", "--dataset", "looks/looks.jsonl", "--encoder", "tests/projection"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("model.onnx") && run.stderr.contains("hint:"), "{}", run.stderr);
    assert!(!program.folder().join(".cache").exists(), "nothing was made");
}
