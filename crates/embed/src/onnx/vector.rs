//! Which of a model's tensors is the vector, and how it is made one.
//!
//! Exports name and shape their outputs in many ways: a projected embedding, a pooled state, a
//! sequence of tokens, a map of features, or only the scores of classes that mean nothing here.

use super::outline::Outline;

/// Outputs that are a vector for the whole picture already, the best first.
const EMBEDDINGS: [&str; 5] =
    ["image_embeds", "image_embeddings", "pooler_output", "embedding", "embeddings"];
/// Scores of the classes a network was trained for: what they are computed from tells more.
const SCORES: [&str; 3] = ["logits", "scores", "output_probabilities"];

/// The tensor to ask the engine for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct VectorOutput {
    pub(super) tensor: String,
    /// Whether the graph gives it already, or must first be told to.
    pub(super) declared: bool,
    /// Whether a sequence's first token stands for the picture; else the tokens' mean does.
    pub(super) class_token: bool,
}

impl VectorOutput {
    /// Chooses a model's vector; `None` where the graph has no output.
    pub(super) fn of(outline: &Outline, class_token: bool) -> Option<Self> {
        let names: Vec<&str> = outline.outputs.iter().filter_map(|output| output.name.as_deref()).collect();
        let declared = |tensor: &str| Self { tensor: tensor.to_owned(), declared: true, class_token };
        let embedding = EMBEDDINGS.iter().find(|name| names.contains(name)).copied();
        let tensor = || names.iter().find(|name| !SCORES.contains(name)).copied();
        if let Some(name) = embedding.or_else(tensor) {
            return Some(declared(name));
        }
        let scores = names.first()?;
        Some(before_scores(outline, scores).map_or_else(
            || declared(scores),
            |tensor| Self { declared: names.contains(&tensor.as_str()), tensor, class_token },
        ))
    }

    /// One vector a picture from the engine's tensor, whose shape begins with the batch: a vector as it
    /// is, a sequence (tokens x dimensions) by its token, a map (dimensions x rows x columns) by its
    /// mean. `None` for any other shape.
    pub(super) fn pool(&self, shape: &[usize], numbers: &[f32]) -> Option<Vec<Vec<f32>>> {
        let (&batch, rest) = shape.split_first()?;
        let each = rest.iter().product::<usize>();
        if batch == 0 || each == 0 || numbers.len() != batch * each {
            return None;
        }
        let pool = |own: &[f32]| match *rest {
            [_] => Some(own.to_vec()),
            [_, dimensions] if self.class_token => Some(own[..dimensions].to_vec()),
            [tokens, dimensions] => {
                let sum = |at: usize| own.iter().skip(at).step_by(dimensions).sum::<f32>();
                Some((0..dimensions).map(|at| sum(at) / tokens as f32).collect())
            }
            [_, rows, columns] => {
                let places = rows * columns;
                Some(own.chunks_exact(places).map(|map| map.iter().sum::<f32>() / places as f32).collect())
            }
            _ => None,
        };
        numbers.chunks_exact(each).map(pool).collect()
    }
}

/// What a classifier's last layer works on.
fn before_scores(outline: &Outline, scores: &str) -> Option<String> {
    let mut node = outline.producer(scores)?;
    // A matrix product with its bias added apart.
    if node.op_type.as_deref() == Some("Add") {
        node = node.input.iter().find_map(|input| outline.producer(input))?;
    }
    let is_last_layer = matches!(node.op_type.as_deref(), Some("Gemm" | "MatMul"));
    node.input.first().filter(|_| is_last_layer).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rten_onnx::onnx::{NodeProto, ValueInfoProto};

    fn value(name: &str) -> ValueInfoProto {
        ValueInfoProto { name: Some(name.to_owned()), ..ValueInfoProto::default() }
    }

    fn node(kind: &str, inputs: &[&str], output: &str) -> NodeProto {
        NodeProto {
            op_type: Some(kind.to_owned()),
            input: inputs.iter().map(|input| (*input).to_owned()).collect(),
            output: vec![output.to_owned()],
            ..NodeProto::default()
        }
    }

    #[test]
    fn an_embedding_is_preferred_to_a_sequence() {
        let outline = Outline {
            outputs: vec![value("last_hidden_state"), value("image_embeds")],
            ..Outline::default()
        };
        assert_eq!(VectorOutput::of(&outline, true).unwrap().tensor, "image_embeds");
    }

    #[test]
    fn scores_are_left_for_what_they_come_from() {
        let outline = Outline {
            nodes: vec![
                node("GlobalAveragePool", &["x"], "pooled"),
                node("Gemm", &["pooled", "w", "b"], "logits"),
            ],
            outputs: vec![value("logits")],
            ..Outline::default()
        };
        let chosen = VectorOutput::of(&outline, true).unwrap();
        assert_eq!((chosen.tensor.as_str(), chosen.declared), ("pooled", false));
    }

    #[test]
    fn shapes_are_pooled_as_they_come() {
        let numbers: Vec<f32> = (0..12).map(|at| at as f32).collect();
        let with = |class_token| VectorOutput { tensor: String::new(), declared: true, class_token };
        assert_eq!(with(true).pool(&[2, 3, 2], &numbers).unwrap(), [[0.0, 1.0], [6.0, 7.0]]);
        let mean = with(false);
        assert_eq!(mean.pool(&[2, 3, 2], &numbers).unwrap(), [[2.0, 3.0], [8.0, 9.0]]);
        assert_eq!(mean.pool(&[1, 3, 2, 2], &numbers).unwrap(), [[1.5, 5.5, 9.5]]);
        assert_eq!(mean.pool(&[3, 4], &numbers).unwrap()[2], [8.0, 9.0, 10.0, 11.0]);
        assert!(mean.pool(&[5, 4], &numbers).is_none() && mean.pool(&[], &numbers).is_none());
    }
}
