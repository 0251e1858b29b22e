"""Writes the vision tower of CLIP ViT-B/32 with random weights, as its exports have it.

The real weights cannot be had on a machine without the model hub, and speed, memory and agreement
between engines do not depend on them. The folder is laid out as the JavaScript library caches it:
config.json, preprocessor_config.json, onnx/vision_model.onnx, onnx/vision_model_quantized.onnx.

    pip install onnx onnxruntime
    python clip_vision.py FOLDER [--layers 12] [--width 768]
"""

import argparse
import json
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

PATCH, SIDE, PROJECTION = 32, 224, 512


class Graph:
    """Collects nodes and weights."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.nodes, self.weights = [], []

    def weight(self, name, *shape, deviation=0.02, mean=0.0):
        values = self.random.normal(mean, deviation, shape).astype(np.float32)
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def constant(self, name, values):
        self.weights.append(numpy_helper.from_array(np.array(values), name))
        return name

    def node(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def linear(self, x, name, width_in, width_out):
        x = self.node("MatMul", [x, self.weight(f"{name}.weight", width_in, width_out)], f"{name}.product")
        return self.node("Add", [x, self.weight(f"{name}.bias", width_out)], f"{name}.out")

    def norm(self, x, name, width):
        scale = self.weight(f"{name}.scale", width, mean=1.0)
        return self.node(
            "LayerNormalization", [x, scale, self.weight(f"{name}.shift", width)], f"{name}.out", axis=-1, epsilon=1e-5
        )


def attention(graph, x, name, width, heads):
    def split(which, order):
        projected = graph.linear(x, f"{name}.{which}", width, width)
        split_up = graph.node("Reshape", [projected, "heads.shape"], f"{name}.{which}.heads")
        return graph.node("Transpose", [split_up], f"{name}.{which}.turned", perm=order)

    query, key, value = split("q", [0, 2, 1, 3]), split("k", [0, 2, 3, 1]), split("v", [0, 2, 1, 3])
    scaled = graph.node("Mul", [query, "attention.scale"], f"{name}.scaled")
    scores = graph.node("MatMul", [scaled, key], f"{name}.scores")
    weights = graph.node("Softmax", [scores], f"{name}.weights", axis=-1)
    mixed = graph.node("MatMul", [weights, value], f"{name}.mixed")
    turned = graph.node("Transpose", [mixed], f"{name}.back", perm=[0, 2, 1, 3])
    joined = graph.node("Reshape", [turned, "joined.shape"], f"{name}.joined")
    return graph.linear(joined, f"{name}.out", width, width)


def vision_tower(layers, width, seed):
    graph, heads = Graph(seed), width // 64
    tokens = (SIDE // PATCH) ** 2 + 1
    graph.constant("heads.shape", np.array([0, tokens, heads, 64], np.int64))
    graph.constant("joined.shape", np.array([0, tokens, width], np.int64))
    graph.constant("flat.shape", np.array([0, width, tokens - 1], np.int64))
    graph.constant("attention.scale", np.float32(1 / 8))
    graph.constant("gelu.scale", np.float32(1.702))
    patches = graph.node(
        "Conv",
        ["pixel_values", graph.weight("patch.weight", width, 3, PATCH, PATCH)],
        "patches",
        kernel_shape=[PATCH, PATCH],
        strides=[PATCH, PATCH],
    )
    patches = graph.node("Reshape", [patches, "flat.shape"], "patches.flat")
    patches = graph.node("Transpose", [patches], "patches.tokens", perm=[0, 2, 1])
    # The class token for each picture of the batch.
    batch = graph.node("Shape", ["pixel_values"], "batch", start=0, end=1)
    graph.constant("token.rest", np.array([1, width], np.int64))
    shape = graph.node("Concat", [batch, "token.rest"], "token.shape", axis=0)
    token = graph.node("Expand", [graph.weight("token", 1, 1, width), shape], "token.expanded")
    x = graph.node("Concat", [token, patches], "tokens", axis=1)
    x = graph.node("Add", [x, graph.weight("position", 1, tokens, width)], "placed")
    x = graph.norm(x, "pre", width)
    for layer in range(layers):
        name = f"layer{layer}"
        mixed = attention(graph, graph.norm(x, f"{name}.norm1", width), f"{name}.attention", width, heads)
        x = graph.node("Add", [x, mixed], f"{name}.attended")
        inner = graph.linear(graph.norm(x, f"{name}.norm2", width), f"{name}.fc1", width, 4 * width)
        gate = graph.node("Mul", [inner, "gelu.scale"], f"{name}.gelu.scaled")
        gate = graph.node("Sigmoid", [gate], f"{name}.gelu.gate")
        inner = graph.node("Mul", [inner, gate], f"{name}.gelu")
        x = graph.node("Add", [x, graph.linear(inner, f"{name}.fc2", 4 * width, width)], f"{name}.done")
    graph.constant("first", np.int64(0))
    pooled = graph.node("Gather", [x, "first"], "pooled", axis=1)
    pooled = graph.norm(pooled, "post", width)
    graph.node("MatMul", [pooled, graph.weight("projection", width, PROJECTION)], "image_embeds")
    pixels = helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, ["batch_size", 3, SIDE, SIDE])
    embeds = helper.make_tensor_value_info("image_embeds", TensorProto.FLOAT, ["batch_size", PROJECTION])
    model = helper.make_model(
        helper.make_graph(graph.nodes, "clip_vision", [pixels], [embeds], graph.weights),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    onnx.checker.check_model(model)
    return model


PREPROCESSOR = {
    "crop_size": 224,
    "do_center_crop": True,
    "do_normalize": True,
    "do_resize": True,
    "feature_extractor_type": "CLIPFeatureExtractor",
    "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_std": [0.26862954, 0.26130258, 0.27577711],
    "resample": 3,
    "size": 224,
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--layers", type=int, default=12)
    arguments.add_argument("--width", type=int, default=768)
    arguments.add_argument("--seed", type=int, default=7)
    given = arguments.parse_args()
    (given.folder / "onnx").mkdir(parents=True, exist_ok=True)
    full, quantised = (given.folder / "onnx" / f"vision_model{end}.onnx" for end in ("", "_quantized"))
    onnx.save(vision_tower(given.layers, given.width, given.seed), full)
    from onnxruntime.quantization import QuantType, quantize_dynamic

    # As the JavaScript library's conversion script does it for graphs with a convolution.
    quantize_dynamic(full, quantised, weight_type=QuantType.QUInt8, per_channel=True, reduce_range=True)
    config = {"model_type": "clip_vision_model", "projection_dim": PROJECTION, "architectures": ["CLIPVisionModelWithProjection"]}
    (given.folder / "config.json").write_text(json.dumps(config, indent=2))
    (given.folder / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR, indent=2))
    for path in (full, quantised):
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
