"""Small ONNX files that do what their kind does, made in code: they look at colours, and have the signatures of the real
exports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="ONNX fixtures are made with the package onnx (test group)")
pytest.importorskip("onnxruntime", reason="ONNX files are run with the extra onnx")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

F, WHOLE = TensorProto.FLOAT, TensorProto.INT64
OPSET = 17


class Graph:
    """Collects nodes; every method gives the name of its result."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def const(self, value: Any, dtype: Any = np.float32) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(value, dtype), name))
        return name

    def op(self, kind: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        out = name or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], **attributes))
        return out

    def save(self, path: Path, inputs: dict[str, Any], outputs: dict[str, Any], notes: dict[str, str] | None = None) -> Path:
        def value(name: str, about: Any) -> Any:
            kind, shape = about
            return helper.make_tensor_value_info(name, kind, shape)

        graph = helper.make_graph(
            self.nodes, path.stem, [value(*i) for i in inputs.items()], [value(*o) for o in outputs.items()], self.constants
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
        for key, text in (notes or {}).items():
            entry = model.metadata_props.add()
            entry.key, entry.value = key, text
        onnx.checker.check_model(model)
        path.write_bytes(model.SerializeToString())
        return path


def classifier(path: Path, notes: dict[str, str] | None = None, side: int = 32) -> Path:
    """Three classes: red, green, blue, by the mean colour; logits."""
    g = Graph()
    mean = g.op("GlobalAveragePool", "images")
    g.op("Flatten", g.op("Mul", mean, g.const(10.0)), name="output0", axis=1)
    return g.save(path, {"images": (F, [1, 3, side, side])}, {"output0": (F, [1, 3])}, notes)


def detector(path: Path, notes: dict[str, str] | None = None, side: int = 640, kind: str = "yolov8") -> Path:
    """Boxes of 96 x 96 pixels about the middles of cells of 32, rated by how red or blue they are inside."""
    g = Graph()
    pooled = g.op("AveragePool", "images", kernel_shape=[96, 96], strides=[32, 32], pads=[32, 32, 32, 32])
    cells = side // 32
    flat = g.op("Reshape", pooled, g.const([3, cells * cells], np.int64))
    rows = g.op("Split", flat, g.const([1, 1, 1], np.int64), axis=0)
    g.nodes[-1].output[:] = ["red", "green", "blue"]
    del rows
    scores = [
        g.op("Relu", g.op("Sub", own, g.op("Max", *other)))
        for own, *other in (("red", "green", "blue"), ("blue", "red", "green"))
    ]
    middles = (np.arange(cells) + 0.5) * 32
    across, down = np.meshgrid(middles, middles)
    place = np.stack([across.ravel(), down.ravel(), np.full(cells**2, 96.0), np.full(cells**2, 96.0)])
    parts = [g.const(place)]
    if kind == "yolov5":
        parts.append(g.const(np.ones((1, cells**2))))
    table = g.op("Concat", *parts, *scores, axis=0)
    columns = 4 + 2 + (kind == "yolov5")
    if kind == "yolov5":
        g.op("Unsqueeze", g.op("Transpose", table, perm=[1, 0]), g.const([0], np.int64), name="output0")
        shape = [1, cells**2, columns]
    else:
        g.op("Unsqueeze", table, g.const([0], np.int64), name="output0")
        shape = [1, columns, cells**2]
    return g.save(path, {"images": (F, [1, 3, side, side])}, {"output0": (F, shape)}, notes)


def _colours(g: Graph, features: str) -> str:
    """The first three channels of (1, C, 64, 64), as (3, 4096)."""
    first = g.op("Slice", features, g.const([0], np.int64), g.const([3], np.int64), g.const([1], np.int64))
    return g.op("Reshape", first, g.const([3, 4096], np.int64))


def _logits(g: Graph, features: str, places: str, labels: str, limit: float = 0.5) -> str:
    """(1, 1, 64, 64): how much nearer in colour to the points on the thing than to those beside it. `places` (N, 2) in cells,
    `labels` (N,); the middle of a box counts as a point on the thing."""
    corner = g.op("Cast", g.op("Greater", labels, g.const(1.5)), to=F)
    count = g.op("ReduceSum", corner, keepdims=1)
    middle = g.op(
        "Div", g.op("ReduceSum", g.op("Mul", places, g.op("Unsqueeze", corner, g.const([1], np.int64))), g.const([0], np.int64), keepdims=1),
        g.op("Max", count, g.const([1.0])),
    )  # fmt: skip
    label = g.op("Sub", g.op("Min", count, g.const([1.0])), g.op("Sub", g.const([1.0]), g.op("Min", count, g.const([1.0]))))
    points = g.op("Clip", g.op("Floor", g.op("Concat", places, middle, axis=0)), g.const(0.0), g.const(63.0))
    all_labels = g.op("Concat", labels, label, axis=0)
    index = g.op("Cast", g.op("Squeeze", g.op("MatMul", points, g.const([[1.0], [64.0]])), g.const([1], np.int64)), to=WHOLE)
    colours = _colours(g, features)
    chosen = g.op("Gather", colours, index, axis=1)
    far = g.op("Sub", g.op("Unsqueeze", colours, g.const([2], np.int64)), g.op("Unsqueeze", chosen, g.const([1], np.int64)))
    away = g.op("ReduceSum", g.op("Mul", far, far), g.const([0], np.int64), keepdims=0)

    def nearest(wanted: float) -> str:
        not_it = g.op("Cast", g.op("Greater", g.op("Abs", g.op("Sub", all_labels, g.const(wanted))), g.const(0.5)), to=F)
        return g.op("ReduceMin", g.op("Add", away, g.op("Mul", not_it, g.const(1e6))), axes=[1], keepdims=0)

    against = g.op("Min", nearest(0.0), g.const(limit))
    return g.op("Reshape", g.op("Sub", against, nearest(1.0)), g.const([1, 1, 64, 64], np.int64))


def _enlarge(g: Graph, small: str, side: int, name: str) -> str:
    empty = g.const([], np.float32)
    return g.op("Resize", small, empty, empty, g.const([1, 1, side, side], np.int64), name=name, mode="linear")


def sam1(folder: Path, rank: int = 4) -> Path:
    """An encoder and a decoder with the signature of segment-anything's export."""
    folder.mkdir(parents=True, exist_ok=True)
    g = Graph()
    if rank == 4:
        pooled = g.op("AveragePool", "images", kernel_shape=[16, 16], strides=[16, 16])
        g.op("Concat", pooled, g.const(np.zeros((1, 253, 64, 64))), name="image_embeddings", axis=1)
        g.save(folder / "encoder.onnx", {"images": (F, [1, 3, 1024, 1024])}, {"image_embeddings": (F, [1, 256, 64, 64])})
    g = Graph()
    places = g.op("Div", g.op("Squeeze", "point_coords", g.const([0], np.int64)), g.const(16.0))
    found = _logits(g, "image_embeddings", places, g.op("Squeeze", "point_labels", g.const([0], np.int64)))
    _enlarge(g, found, 256, "low_res_masks")
    _enlarge(g, found, 128, "masks")
    g.op("Identity", g.const([[0.9]]), name="iou_predictions")
    for extra in ("mask_input", "has_mask_input", "orig_im_size"):
        g.op("Identity", extra, name=f"{extra}_seen")
    inputs = {
        "image_embeddings": (F, [1, 256, 64, 64]), "point_coords": (F, [1, "n", 2]), "point_labels": (F, [1, "n"]),
        "mask_input": (F, [1, 1, 256, 256]), "has_mask_input": (F, [1]), "orig_im_size": (F, [2]),
    }  # fmt: skip
    outputs = {"masks": (F, [1, 1, 128, 128]), "iou_predictions": (F, [1, 1]), "low_res_masks": (F, [1, 1, 256, 256])}
    g.save(folder / "decoder.onnx", inputs, outputs)
    return folder


def sam2(folder: Path) -> Path:
    """The pair of segment-anything-2: three outputs of the encoder, the picture stretched; three masks, of which one is rated
    best."""
    folder.mkdir(parents=True, exist_ok=True)
    g = Graph()
    pooled = g.op("AveragePool", "image", kernel_shape=[16, 16], strides=[16, 16])
    g.op("Concat", pooled, g.const(np.zeros((1, 253, 64, 64))), name="image_embed", axis=1)
    g.op("Identity", g.const(np.zeros((1, 32, 256, 256))), name="high_res_feats_0")
    g.op("Identity", g.const(np.zeros((1, 64, 128, 128))), name="high_res_feats_1")
    shapes = {
        "high_res_feats_0": (F, [1, 32, 256, 256]),
        "high_res_feats_1": (F, [1, 64, 128, 128]),
        "image_embed": (F, [1, 256, 64, 64]),
    }
    g.save(folder / "sam2_encoder.onnx", {"image": (F, [1, 3, 1024, 1024])}, shapes)
    g = Graph()
    places = g.op("Div", g.op("Squeeze", "point_coords", g.const([0], np.int64)), g.const(16.0))
    found = _logits(g, "image_embed", places, g.op("Squeeze", "point_labels", g.const([0], np.int64)))
    large = _enlarge(g, found, 256, "large")
    g.op("Concat", g.op("Neg", large), large, g.op("Neg", large), name="masks", axis=1)
    g.op("Identity", g.const([[0.2, 0.9, 0.1]]), name="iou_predictions")
    for extra in ("mask_input", "has_mask_input", "high_res_feats_0", "high_res_feats_1"):
        g.op("Identity", extra, name=f"{extra}_seen")
    inputs = {
        **shapes, "point_coords": (F, [1, "n", 2]), "point_labels": (F, [1, "n"]), "mask_input": (F, [1, 1, 256, 256]),
        "has_mask_input": (F, [1]),
    }  # fmt: skip
    g.save(folder / "sam2_decoder.onnx", inputs, {"masks": (F, [1, 3, 256, 256]), "iou_predictions": (F, [1, 3])})
    return folder


def efficientsam(folder: Path) -> Path:
    """The pair of EfficientSAM: pictures of any size, points in the fed picture's pixels, masks of its size."""
    folder.mkdir(parents=True, exist_ok=True)
    g = Graph()
    empty = g.const([], np.float32)
    small = g.op("Resize", "batched_images", empty, empty, g.const([1, 3, 64, 64], np.int64), mode="linear")
    g.op("Concat", small, g.const(np.zeros((1, 253, 64, 64))), name="image_embeddings", axis=1)
    g.save(folder / "e_encoder.onnx", {"batched_images": (F, [1, 3, "h", "w"])}, {"image_embeddings": (F, [1, 256, 64, 64])})
    g = Graph()
    size = g.op("Cast", "orig_im_size", to=F)
    turned = g.op("Gather", size, g.const([1, 0], np.int64), axis=0)
    flat = g.op("Reshape", "batched_point_coords", g.const([-1, 2], np.int64))
    places = g.op("Div", g.op("Mul", flat, g.const(64.0)), turned)
    found = _logits(g, "image_embeddings", places, g.op("Reshape", "batched_point_labels", g.const([-1], np.int64)), 0.1)
    sizes = g.op("Concat", g.const([1, 1], np.int64), "orig_im_size", axis=0)
    empty = g.const([], np.float32)
    large = g.op("Resize", found, empty, empty, sizes, mode="linear")
    g.op("Unsqueeze", large, g.const([1], np.int64), name="output_masks")
    g.op("Identity", g.const([[[0.9]]]), name="iou_predictions")
    inputs = {
        "image_embeddings": (F, [1, 256, 64, 64]), "batched_point_coords": (F, [1, 1, "n", 2]),
        "batched_point_labels": (F, [1, 1, "n"]), "orig_im_size": (WHOLE, [2]),
    }  # fmt: skip
    g.save(folder / "e_decoder.onnx", inputs, {"output_masks": (F, [1, 1, 1, "h", "w"]), "iou_predictions": (F, [1, 1, 1])})
    return folder
