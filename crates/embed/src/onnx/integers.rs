//! A graph with integer weights as one that the engine computes rightly.
//!
//! `rten` 0.27 loses the zero point of weights that it packs beforehand, takes a wrong one where
//! there is one a channel, and computes `ConvInteger` wrongly (reproduced in
//! `tests/integration/engine_faults.rs`). What is exact is done: weights with their zero point
//! subtracted fit in signed bytes when none is further than 127 from it, and an integer product is
//! the product of the same numbers as floats. Activations stay quantised, as the file wants it.

use std::collections::BTreeSet;

use rten_onnx::onnx::{AttributeProto, AttributeType, DataType, GraphProto, NodeProto, TensorProto};

/// The operators with integer weights.
pub(super) const OPERATORS: [&str; 2] = ["MatMulInteger", "ConvInteger"];

/// Which integer products stay integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Products {
    /// Those that the engine computes rightly once rewritten: what is served.
    WhereExact,
    /// None: slow and surely right, the reference of the self-check.
    Nowhere,
}

/// Why a graph could not be rewritten: which node, and what of it.
#[derive(Debug, thiserror::Error)]
#[error("node `{node}`: {what}")]
pub(super) struct RewriteError {
    node: String,
    what: &'static str,
}

/// Rewrites all integer products of `graph`.
pub(super) fn rewrite(graph: &mut GraphProto, products: Products) -> Result<(), RewriteError> {
    let mut nodes = Vec::with_capacity(graph.node.len());
    for node in std::mem::take(&mut graph.node) {
        if node.op_type.as_deref().is_some_and(|kind| OPERATORS.contains(&kind)) {
            rewrite_product(graph, node, products, &mut nodes)?;
        } else {
            nodes.push(node);
        }
    }
    graph.node = nodes;
    forget_unused(graph);
    Ok(())
}

fn rewrite_product(
    graph: &mut GraphProto,
    mut node: NodeProto,
    products: Products,
    nodes: &mut Vec<NodeProto>,
) -> Result<(), RewriteError> {
    let is_convolution = node.op_type.as_deref() == Some("ConvInteger");
    let name = node.name.clone().or_else(|| node.output.first().cloned()).unwrap_or_default();
    let wrong = |what| RewriteError { node: name.clone(), what };
    let input = |at: usize| node.input.get(at).filter(|input| !input.is_empty()).cloned();
    let (Some(left), Some(right)) = (input(0), input(1)) else { return Err(wrong("an operand is missing")) };
    let Some(weight) = tensor(graph, &right) else {
        // Two activations are multiplied: nothing is packed beforehand, and the engine is right.
        nodes.push(node);
        return Ok(());
    };
    let zero_point = match input(3) {
        None => None,
        Some(zero_point) => {
            Some(tensor(graph, &zero_point).ok_or_else(|| wrong("the weights' zero point is computed"))?)
        }
    };
    let centred =
        centred(weight, zero_point, is_convolution).ok_or_else(|| wrong("the weights make no sense"))?;
    let shape = weight.dims.clone();
    let bytes: Option<Vec<u8>> = centred
        .iter()
        .map(|value| i8::try_from(*value).ok().filter(|value| *value != i8::MIN).map(i8::cast_unsigned))
        .collect();
    match bytes {
        Some(bytes) if products == Products::WhereExact && !is_convolution => {
            let exact = format!("{right}/{name}/centred");
            graph.initializer.push(stored(&exact, shape, DataType::INT8, bytes));
            node.input[1] = exact;
            node.input.truncate(3);
            nodes.push(node);
        }
        _ => {
            let numbers = centred.iter().flat_map(|value| f32::from(*value).to_le_bytes()).collect();
            let floats = format!("{right}/{name}/floats");
            graph.initializer.push(stored(&floats, shape, DataType::FLOAT, numbers));
            as_floats(node, &name, &left, &floats, is_convolution, nodes);
        }
    }
    Ok(())
}

/// The product of `left` less its zero point with float weights, given as the integers it would be.
fn as_floats(
    node: NodeProto,
    name: &str,
    left: &str,
    weights: &str,
    is_convolution: bool,
    nodes: &mut Vec<NodeProto>,
) {
    let mut add = |kind: &str, inputs: &[&str], output: String, attribute: Vec<AttributeProto>| {
        nodes.push(NodeProto {
            op_type: Some(kind.to_owned()),
            name: Some(output.clone()),
            input: inputs.iter().map(|input| (*input).to_owned()).collect(),
            output: vec![output.clone()],
            attribute,
            domain: None,
        });
        output
    };
    let mut operand = add("Cast", &[left], format!("{name}/left"), vec![cast_to(DataType::FLOAT)]);
    if let Some(zero_point) = node.input.get(2).filter(|zero_point| !zero_point.is_empty()) {
        let zero = add("Cast", &[zero_point], format!("{name}/zero"), vec![cast_to(DataType::FLOAT)]);
        operand = add("Sub", &[&operand, &zero], format!("{name}/less zero"), Vec::new());
    }
    let (kind, attributes) = if is_convolution { ("Conv", node.attribute) } else { ("MatMul", Vec::new()) };
    let product = add(kind, &[&operand, weights], format!("{name}/product"), attributes);
    if let Some(output) = node.output.into_iter().next() {
        add("Cast", &[&product], output, vec![cast_to(DataType::INT32)]);
    }
}

/// Weights less their zero point: one for all, or one a column of a matrix, a filter of a convolution.
fn centred(weight: &TensorProto, zero_point: Option<&TensorProto>, is_convolution: bool) -> Option<Vec<i16>> {
    let mut values = integers(weight)?;
    let zeros = match zero_point {
        Some(zero_point) => integers(zero_point)?,
        None => return Some(values),
    };
    if let [zero] = *zeros {
        values.iter_mut().for_each(|value| *value -= zero);
        return Some(values);
    }
    let length = |at: usize| weight.dims.get(at).and_then(|length| usize::try_from(*length).ok());
    // Of a matrix the last axis has the channels, of a filter the first.
    let channels = if is_convolution { length(0)? } else { length(weight.dims.len().checked_sub(1)?)? };
    if zeros.len() != channels {
        return None;
    }
    if is_convolution {
        let filter = values.len() / channels;
        for (filter, zero) in values.chunks_exact_mut(filter.max(1)).zip(zeros) {
            filter.iter_mut().for_each(|value| *value -= zero);
        }
    } else {
        for row in values.chunks_exact_mut(channels) {
            row.iter_mut().zip(&zeros).for_each(|(value, zero)| *value -= zero);
        }
    }
    Some(values)
}

/// The numbers of a tensor of bytes.
fn integers(tensor: &TensorProto) -> Option<Vec<i16>> {
    let is_signed = match tensor.data_type {
        Some(DataType::INT8) => true,
        Some(DataType::UINT8) => false,
        _ => return None,
    };
    let values: Vec<i16> = match &tensor.raw_data {
        Some(raw) if is_signed => raw.borrow().iter().map(|byte| i16::from(byte.cast_signed())).collect(),
        Some(raw) => raw.borrow().iter().map(|byte| i16::from(*byte)).collect(),
        None => tensor.int32_data.iter().map(|value| i16::try_from(*value).ok()).collect::<Option<_>>()?,
    };
    let count = tensor
        .dims
        .iter()
        .try_fold(1usize, |count, length| count.checked_mul(usize::try_from(*length).ok()?))?;
    (values.len() == count).then_some(values)
}

fn tensor<'a>(graph: &'a GraphProto, name: &str) -> Option<&'a TensorProto> {
    graph.initializer.iter().find(|tensor| tensor.name.as_deref() == Some(name))
}

fn stored(name: &str, dims: Vec<i64>, data_type: DataType, bytes: Vec<u8>) -> TensorProto {
    TensorProto {
        name: Some(name.to_owned()),
        dims,
        data_type: Some(data_type),
        raw_data: Some(std::cell::RefCell::new(bytes)),
        ..TensorProto::default()
    }
}

fn cast_to(data_type: DataType) -> AttributeProto {
    AttributeProto {
        name: Some("to".to_owned()),
        i: Some(i64::from(data_type.0)),
        r#type: Some(AttributeType::INT),
        ..AttributeProto::default()
    }
}

/// Drops weights that no node asks for any more.
fn forget_unused(graph: &mut GraphProto) {
    let mut used: BTreeSet<&str> =
        graph.node.iter().flat_map(|node| &node.input).map(String::as_str).collect();
    used.extend(graph.output.iter().filter_map(|output| output.name.as_deref()));
    // A branch or a loop may use weights of the graph around it.
    let has_subgraphs =
        graph.node.iter().flat_map(|node| &node.attribute).any(|attribute| attribute.g.is_some());
    if !has_subgraphs {
        graph.initializer.retain(|tensor| tensor.name.as_deref().is_some_and(|name| used.contains(name)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(name: &str, dims: &[i64], data_type: DataType, values: &[u8]) -> TensorProto {
        stored(name, dims.to_vec(), data_type, values.to_vec())
    }

    fn product(weight: TensorProto, zero_point: TensorProto) -> GraphProto {
        let node = NodeProto {
            op_type: Some("MatMulInteger".to_owned()),
            name: Some("product".to_owned()),
            input: ["x", "w", "xz", "wz"].map(str::to_owned).to_vec(),
            output: vec!["y".to_owned()],
            ..NodeProto::default()
        };
        GraphProto { node: vec![node], initializer: vec![weight, zero_point], ..GraphProto::default() }
    }

    fn kinds(graph: &GraphProto) -> Vec<&str> {
        graph.node.iter().filter_map(|node| node.op_type.as_deref()).collect()
    }

    #[test]
    fn a_zero_point_a_column_is_taken_from_its_column() {
        let weight = bytes("w", &[2, 3], DataType::UINT8, &[10, 20, 30, 11, 22, 33]);
        let zero = bytes("wz", &[3], DataType::UINT8, &[10, 21, 32]);
        let mut graph = product(weight, zero);
        rewrite(&mut graph, Products::WhereExact).unwrap();
        assert_eq!((kinds(&graph), graph.node[0].input.len()), (vec!["MatMulInteger"], 3));
        let written = tensor(&graph, &graph.node[0].input[1]).unwrap();
        assert_eq!(integers(written).unwrap(), [0, -1, -2, 1, 1, 1]);
        assert_eq!(graph.initializer.len(), 1, "the old weights are gone");
    }

    #[test]
    fn weights_too_far_from_their_zero_point_become_floats() {
        let mut graph = product(
            bytes("w", &[1, 2], DataType::UINT8, &[0, 255]),
            bytes("wz", &[], DataType::UINT8, &[128]),
        );
        rewrite(&mut graph, Products::WhereExact).unwrap();
        assert_eq!(kinds(&graph), ["Cast", "Cast", "Sub", "MatMul", "Cast"]);
        assert_eq!(graph.node[4].output, ["y"]);
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let mut graph = product(
            bytes("w", &[1, 2], DataType::UINT8, &[0, 255]),
            bytes("wz", &[3], DataType::UINT8, &[1, 2, 3]),
        );
        let told = rewrite(&mut graph, Products::WhereExact).unwrap_err().to_string();
        assert!(told.contains("`product`"), "{told}");
    }
}
