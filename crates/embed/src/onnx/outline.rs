//! What an ONNX file holds, read without its weights.
//!
//! Whether a file is a vision encoder, which of its tensors is the vector and whether its integers
//! need a rewrite are told by its graph, a few hundred kilobytes in front of hundreds of megabytes
//! of weights that are skipped here.

use std::fs::File;
use std::path::Path;

use rten_onnx::onnx::{NodeProto, OperatorSetIdProto, StringStringEntryProto, ValueInfoProto};
use rten_onnx::protobuf::{DecodeMessage, Fields, OwnedValues, ProtobufError, ReadValue, ValueReader};

/// A model's graph without its weights.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) nodes: Vec<NodeProto>,
    pub(super) inputs: Vec<ValueInfoProto>,
    pub(super) outputs: Vec<ValueInfoProto>,
    pub(super) weights: Vec<WeightOutline>,
    pub(super) opsets: Vec<OperatorSetIdProto>,
    pub(super) has_graph: bool,
}

/// A weight tensor's name and, where its numbers are in another file, that file's name.
#[derive(Debug, Default)]
pub(super) struct WeightOutline {
    pub(super) name: String,
    pub(super) external_file: Option<String>,
}

impl Outline {
    /// Reads a file's graph.
    ///
    /// # Errors
    /// What the reader said: the file cannot be opened, ends early or is no ONNX file.
    pub(super) fn read(path: &Path) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let outline = Self::decode(ValueReader::from_file(File::open(path)?))?;
        if outline.has_graph { Ok(outline) } else { Err("it holds no graph: it is no ONNX model".into()) }
    }

    /// Version of the standard operators that the graph was written for.
    pub(super) fn opset(&self) -> Option<i64> {
        let standard = |opset: &&OperatorSetIdProto| {
            opset.domain.as_deref().is_none_or(|domain| domain.is_empty() || domain == "ai.onnx")
        };
        self.opsets.iter().find(standard).and_then(|opset| opset.version)
    }

    /// The inputs that a caller must give: older files list their weights among the inputs.
    pub(super) fn real_inputs(&self) -> impl Iterator<Item = &ValueInfoProto> {
        self.inputs
            .iter()
            .filter(|input| !self.weights.iter().any(|weight| Some(&weight.name) == input.name.as_ref()))
    }

    /// Whether the graph has a node of one of these kinds.
    pub(super) fn has_operator(&self, kinds: &[&str]) -> bool {
        self.nodes.iter().any(|node| node.op_type.as_deref().is_some_and(|kind| kinds.contains(&kind)))
    }

    /// The node that gives a tensor.
    pub(super) fn producer(&self, tensor: &str) -> Option<&NodeProto> {
        self.nodes.iter().find(|node| node.output.iter().any(|output| output == tensor))
    }

    /// Names of the files beside the model that hold its weights, each once.
    pub(super) fn external_files(&self) -> Vec<&str> {
        let mut files: Vec<&str> =
            self.weights.iter().filter_map(|weight| weight.external_file.as_deref()).collect();
        files.sort_unstable();
        files.dedup();
        files
    }
}

/// The number of axes and the fixed lengths of a tensor; `None` for a length that a caller chooses.
pub(super) fn shape_of(value: &ValueInfoProto) -> Option<Vec<Option<usize>>> {
    let shape = value.r#type.as_ref()?.tensor_type.as_ref()?.shape.as_ref()?;
    let length = |length: Option<i64>| length.and_then(|length| usize::try_from(length).ok());
    Some(shape.dim.iter().map(|axis| length(axis.dim_value).filter(|length| *length > 0)).collect())
}

impl DecodeMessage for WeightOutline {
    type Types = OwnedValues;

    fn decode_fields<R: ReadValue<Types = Self::Types>>(
        mut fields: Fields<R>,
    ) -> Result<Self, ProtobufError> {
        const NAME: u64 = 8;
        const EXTERNAL_DATA: u64 = 13;
        let mut weight = Self::default();
        while let Some(mut field) = fields.next()? {
            match field.number() {
                NAME => weight.name = field.read_string()?,
                EXTERNAL_DATA => {
                    let entry = StringStringEntryProto::decode_field(&mut field)?;
                    if entry.key.as_deref() == Some("location") {
                        weight.external_file = entry.value;
                    }
                }
                _ => field.skip()?,
            }
        }
        Ok(weight)
    }
}

/// The fields of a graph that are read.
#[derive(Default)]
struct GraphOutline(Outline);

impl DecodeMessage for GraphOutline {
    type Types = OwnedValues;

    fn decode_fields<R: ReadValue<Types = Self::Types>>(
        mut fields: Fields<R>,
    ) -> Result<Self, ProtobufError> {
        const NODE: u64 = 1;
        const INITIALIZER: u64 = 5;
        const INPUT: u64 = 11;
        const OUTPUT: u64 = 12;
        let mut graph = Outline { has_graph: true, ..Outline::default() };
        while let Some(mut field) = fields.next()? {
            match field.number() {
                NODE => graph.nodes.push(NodeProto::decode_field(&mut field)?),
                INITIALIZER => graph.weights.push(WeightOutline::decode_field(&mut field)?),
                INPUT => graph.inputs.push(ValueInfoProto::decode_field(&mut field)?),
                OUTPUT => graph.outputs.push(ValueInfoProto::decode_field(&mut field)?),
                _ => field.skip()?,
            }
        }
        Ok(Self(graph))
    }
}

impl DecodeMessage for Outline {
    type Types = OwnedValues;

    fn decode_fields<R: ReadValue<Types = Self::Types>>(
        mut fields: Fields<R>,
    ) -> Result<Self, ProtobufError> {
        const GRAPH: u64 = 7;
        const OPSET_IMPORT: u64 = 8;
        let mut outline = Self::default();
        let mut opsets = Vec::new();
        while let Some(mut field) = fields.next()? {
            match field.number() {
                GRAPH => outline = GraphOutline::decode_field(&mut field)?.0,
                OPSET_IMPORT => opsets.push(OperatorSetIdProto::decode_field(&mut field)?),
                _ => field.skip()?,
            }
        }
        outline.opsets = opsets;
        Ok(outline)
    }
}
