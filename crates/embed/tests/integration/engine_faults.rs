//! What the engine computes wrongly, each as small as it shows. `onnx/integers.rs` works round these:
//! when one of these tests fails, a newer engine has mended a fault and the way round can go.

use rten::ModelOptions;
use rten_onnx::onnx::DataType;
use rten_tensor::{NdTensor, Tensor};

use crate::graphs::{Graph, drawn};

const ROWS: usize = 4;
const DEPTH: usize = 16;
/// More than the engine computes at a time.
const COLUMNS: usize = 40;

fn bytes(count: usize, seed: u64) -> Vec<u8> {
    drawn(count, seed).iter().map(|value| (value * 100.0) as u8).collect()
}

/// What the engine gives for a graph from bytes `x` to integers `y`.
fn run<const AXES: usize>(graph: Graph, prepack: bool, shape: [usize; AXES], x: &[u8]) -> Vec<i32> {
    let mut options = ModelOptions::with_all_ops();
    options.prepack_weights(prepack);
    let model = options.load(graph.model(17).write_buf().unwrap()).unwrap();
    let input = NdTensor::<u8, AXES>::from_data(shape, x.to_vec());
    let ids = (model.node_id("x").unwrap(), model.node_id("y").unwrap());
    let [output] = model.run_n(vec![(ids.0, input.into())], [ids.1], None).unwrap();
    let output: Tensor<i32> = output.try_into().unwrap();
    output.into_data()
}

/// The engine's product of bytes with weights of these zero points, and the right one.
fn product(zero_points: &[u8], prepack: bool) -> (Vec<i32>, Vec<i32>) {
    let (x, w) = (bytes(ROWS * DEPTH, 1), bytes(DEPTH * COLUMNS, 2));
    let dims: &[i64] = if zero_points.len() == 1 { &[] } else { &[COLUMNS as i64] };
    let graph = Graph::default()
        .input("x", DataType::UINT8, &[ROWS as i64, DEPTH as i64])
        .signed_bytes("w", &[DEPTH as i64, COLUMNS as i64], &w)
        .bytes("xz", &[], &[0])
        .signed_bytes("wz", dims, zero_points)
        .node("MatMulInteger", &["x", "w", "xz", "wz"], &["y"])
        .output("y", DataType::INT32, &[ROWS as i64, COLUMNS as i64]);
    let right = (0..ROWS * COLUMNS).map(|at| {
        let (row, column) = (at / COLUMNS, at % COLUMNS);
        let zero = i32::from(zero_points[column % zero_points.len()]);
        let term = |k: usize| i32::from(x[row * DEPTH + k]) * (i32::from(w[k * COLUMNS + column]) - zero);
        (0..DEPTH).map(term).sum()
    });
    (run(graph, prepack, [ROWS, DEPTH], &x), right.collect())
}

#[test]
fn the_zero_point_of_packed_weights_is_lost() {
    let (given, right) = product(&[50], false);
    assert_eq!(given, right, "unpacked weights are right");
    let (given, right) = product(&[50], true);
    assert_ne!(given, right, "mended: one zero point of packed weights");
    let (given, lost) = (given, product(&[0], false).1);
    assert_eq!(given, lost, "it is as if there were none");
}

#[test]
fn zero_points_a_column_are_mistaken() {
    let zero_points = bytes(COLUMNS, 3);
    // With AVX2 alone those of weights that are not packed beforehand are mistaken, too.
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx512vnni") {
        let (given, right) = product(&zero_points, false);
        assert_eq!(given, right, "unpacked weights are right");
    }
    let (given, right) = product(&zero_points, true);
    assert_ne!(given, right, "mended: a zero point a column");
}

#[test]
fn an_integer_convolution_is_wrong() {
    const SIDE: usize = 6;
    const FILTERS: usize = 20;
    let (x, w, zeros) = (bytes(3 * SIDE * SIDE, 1), bytes(FILTERS * 12, 2), bytes(FILTERS, 3));
    let graph = Graph::default()
        .input("x", DataType::UINT8, &[1, 3, SIDE as i64, SIDE as i64])
        .bytes("w", &[FILTERS as i64, 3, 2, 2], &w)
        .bytes("xz", &[], &[7])
        .bytes("wz", &[FILTERS as i64], &zeros)
        .node("ConvInteger", &["x", "w", "xz", "wz"], &["y"])
        .with_all("strides", &[2, 2])
        .with_all("kernel_shape", &[2, 2])
        .output("y", DataType::INT32, &[1, FILTERS as i64, 3, 3]);
    let given = run(graph, true, [1, 3, SIDE, SIDE], &x);
    let value = |at: usize| {
        let (filter, row, column) = (at / 9, at / 3 % 3, at % 3);
        let term = |tap: usize| {
            let (channel, down, right) = (tap / 4, tap / 2 % 2, tap % 2);
            let pixel = x[(channel * SIDE + 2 * row + down) * SIDE + 2 * column + right];
            (i32::from(pixel) - 7) * (i32::from(w[filter * 12 + tap]) - i32::from(zeros[filter]))
        };
        (0..12).map(term).sum::<i32>()
    };
    let right: Vec<i32> = (0..FILTERS * 9).map(value).collect();
    assert_ne!(given, right, "mended: ConvInteger");
}
