//! Small networks as the tests need them, and pictures for them.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use lorgnon_imaging::Picture;
use rten_onnx::onnx::{
    AttributeProto, AttributeType, DataType, Dimension, GraphProto, ModelProto, NodeProto,
    OperatorSetIdProto, TensorProto, TensorShapeProto, TypeProto, TypeProtoTensor, ValueInfoProto,
};

/// A graph under construction.
#[derive(Default)]
pub(crate) struct Graph(pub(crate) GraphProto);

impl Graph {
    pub(crate) fn node(mut self, kind: &str, inputs: &[&str], outputs: &[&str]) -> Self {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        self.0.node.push(NodeProto {
            op_type: Some(kind.to_owned()),
            name: Some(format!("node {}", outputs[0])),
            input: own(inputs),
            output: own(outputs),
            ..NodeProto::default()
        });
        self
    }

    /// Gives the last node a whole-number attribute.
    pub(crate) fn with(mut self, name: &str, value: i64) -> Self {
        self.0.node.last_mut().unwrap().attribute.push(AttributeProto {
            name: Some(name.to_owned()),
            i: Some(value),
            r#type: Some(AttributeType::INT),
            ..AttributeProto::default()
        });
        self
    }

    /// Gives the last node an attribute of several whole numbers.
    pub(crate) fn with_all(mut self, name: &str, values: &[i64]) -> Self {
        self.0.node.last_mut().unwrap().attribute.push(AttributeProto {
            name: Some(name.to_owned()),
            ints: values.to_vec(),
            r#type: Some(AttributeType::INTS),
            ..AttributeProto::default()
        });
        self
    }

    pub(crate) fn floats(self, name: &str, dims: &[i64], values: &[f32]) -> Self {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.tensor(name, dims, DataType::FLOAT, bytes)
    }

    pub(crate) fn bytes(self, name: &str, dims: &[i64], values: &[u8]) -> Self {
        self.tensor(name, dims, DataType::UINT8, values.to_vec())
    }

    /// Bytes with a sign; these are not negative.
    pub(crate) fn signed_bytes(self, name: &str, dims: &[i64], values: &[u8]) -> Self {
        self.tensor(name, dims, DataType::INT8, values.to_vec())
    }

    fn tensor(mut self, name: &str, dims: &[i64], data_type: DataType, bytes: Vec<u8>) -> Self {
        self.0.initializer.push(TensorProto {
            name: Some(name.to_owned()),
            dims: dims.to_vec(),
            data_type: Some(data_type),
            raw_data: Some(RefCell::new(bytes)),
            ..TensorProto::default()
        });
        self
    }

    /// Lengths below one are the caller's to choose.
    pub(crate) fn input(mut self, name: &str, data_type: DataType, dims: &[i64]) -> Self {
        self.0.input.push(value(name, data_type, dims));
        self
    }

    pub(crate) fn output(mut self, name: &str, data_type: DataType, dims: &[i64]) -> Self {
        self.0.output.push(value(name, data_type, dims));
        self
    }

    pub(crate) fn model(self, opset: i64) -> ModelProto {
        ModelProto {
            ir_version: Some(8),
            graph: Some(self.0),
            opset_import: vec![OperatorSetIdProto { version: Some(opset), ..OperatorSetIdProto::default() }],
            ..ModelProto::default()
        }
    }
}

fn value(name: &str, data_type: DataType, dims: &[i64]) -> ValueInfoProto {
    let dim = dims
        .iter()
        .map(|length| Dimension {
            dim_value: (*length > 0).then_some(*length),
            dim_param: (*length <= 0).then(|| "any".to_owned()),
        })
        .collect();
    let tensor = TypeProtoTensor { elem_type: Some(data_type), shape: Some(TensorShapeProto { dim }) };
    ValueInfoProto {
        name: Some(name.to_owned()),
        r#type: Some(TypeProto { tensor_type: Some(tensor), ..TypeProto::default() }),
    }
}

/// Side of the pictures that these networks see.
pub(crate) const SIDE: i64 = 8;
/// Length of their vectors.
pub(crate) const DIMENSIONS: usize = 5;
const PIXELS: usize = 3 * (SIDE * SIDE) as usize;

/// Numbers without a pattern, the same each time, from 0 to 1.
pub(crate) fn drawn(count: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1u64 << 24) as f32
    };
    (0..count).map(|_| next()).collect()
}

/// A network of one layer in floats: its embedding is a product of the pixels.
pub(crate) fn plain(batch: i64) -> Graph {
    let weights: Vec<f32> = drawn(PIXELS * DIMENSIONS, 1).iter().map(|value| value - 0.5).collect();
    Graph::default()
        .input("pixel_values", DataType::FLOAT, &[batch, 3, SIDE, SIDE])
        .node("Flatten", &["pixel_values"], &["flat"])
        .floats("weights", &[PIXELS as i64, DIMENSIONS as i64], &weights)
        .node("MatMul", &["flat", "weights"], &["image_embeds"])
        .output("image_embeds", DataType::FLOAT, &[batch, DIMENSIONS as i64])
}

/// The same layer with weights of bytes, the largest so large, and a zero point a column, as quantisers write it.
pub(crate) fn integers(largest: u8) -> Graph {
    let weight = |value: &f32| (value * 0.75 * f32::from(largest)) as u8 + largest / 4;
    let weights: Vec<u8> = drawn(PIXELS * DIMENSIONS, 1).iter().map(weight).collect();
    let zero_points = [7, 9, 11, 6, 10].map(|twelfths| largest / 12 * twelfths);
    Graph::default()
        .input("pixel_values", DataType::FLOAT, &[0, 3, SIDE, SIDE])
        .node("Flatten", &["pixel_values"], &["flat"])
        .node("DynamicQuantizeLinear", &["flat"], &["flat_bytes", "flat_scale", "flat_zero"])
        .signed_bytes("weights", &[PIXELS as i64, DIMENSIONS as i64], &weights)
        .signed_bytes("weights_zero", &[DIMENSIONS as i64], &zero_points)
        .node("MatMulInteger", &["flat_bytes", "weights", "flat_zero", "weights_zero"], &["product"])
        .node("Cast", &["product"], &["floats"])
        .with("to", 1)
        .node("Mul", &["floats", "flat_scale"], &["image_embeds"])
        .output("image_embeds", DataType::FLOAT, &[0, DIMENSIONS as i64])
}

/// A usual largest weight.
pub(crate) const LARGEST: u8 = 120;

/// The weights of [`integers`] as it means them.
pub(crate) fn integer_weights() -> Vec<[f32; DIMENSIONS]> {
    let graph = integers(LARGEST).0;
    let values = |at: usize| graph.initializer[at].raw_data.as_ref().unwrap().borrow().clone();
    let (weights, zeros) = (values(0), values(1));
    let row = |row: &[u8]| std::array::from_fn(|at| f32::from(row[at]) - f32::from(zeros[at]));
    weights.chunks_exact(DIMENSIONS).map(row).collect()
}

pub(crate) const PREPROCESSOR: &str = r#"{"image_processor_type":"ViTImageProcessor","size":{"height":8,"width":8},
    "resample":2,"image_mean":[0.5,0.5,0.5],"image_std":[0.5,0.5,0.5]}"#;

/// A model's folder with this network; gives the path of the network.
pub(crate) fn folder(at: &Path, model: &ModelProto, preprocessor: &str) -> PathBuf {
    std::fs::write(at.join("preprocessor_config.json"), preprocessor).unwrap();
    let network = at.join("model.onnx");
    std::fs::write(&network, model.write_buf().unwrap()).unwrap();
    network
}

/// A picture of the network's own size: nothing is resized.
pub(crate) fn picture(seed: u64) -> Picture {
    let mut picture = Picture::filled(SIDE as u32, SIDE as u32, [0, 0, 0, 255]);
    for (pixel, drawn) in picture.pixels_mut().iter_mut().zip(drawn(192, seed).chunks_exact(3)) {
        for (channel, value) in pixel.iter_mut().zip(drawn) {
            *channel = (value * 255.0) as u8;
        }
    }
    picture
}

pub(crate) fn cosine(left: &[f32], right: &[f32]) -> f32 {
    let dot = |left: &[f32], right: &[f32]| -> f32 { left.iter().zip(right).map(|(l, r)| l * r).sum() };
    dot(left, right) / (dot(left, left) * dot(right, right)).sqrt()
}
