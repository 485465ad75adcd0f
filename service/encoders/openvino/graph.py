"""Makes a model's graph: traced from torch, its projections fused, its weights quantized to int8.

Only an export imports torch here; OpenVINO's `convert_model` is not used, because it sends usage data.
"""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_INT8_MAX = 127
_MIN_TABLE_ROWS = 1_000
"""Rows from which an embedding table is quantized: vocabularies, not positions."""

Weights = npt.NDArray[np.float32]


def trace(model: "SentenceTransformer") -> Any:
    """Return the OpenVINO model: int64 input_ids and attention_mask (n, tokens) to float32 (n, dimension).

    Both axes are dynamic. Pooling and normalization are part of it, so rows are of length 1. Raises whatever
    torch or OpenVINO raise for a model that cannot be traced.
    """
    import torch
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    class Unit(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            found = self.model({"input_ids": input_ids, "attention_mask": attention_mask})
            return torch.nn.functional.normalize(found["sentence_embedding"], p=2.0, dim=1)

    ids = torch.randint(5, 100, (3, 17))
    mask = torch.ones_like(ids)
    mask[1, 9:] = 0
    front = FrontEndManager().load_by_framework("pytorch")
    decoder = TorchScriptPythonDecoder(Unit().eval(), example_input=(ids, mask))
    graph = front.convert(front.load(decoder))
    for parameter in graph.get_parameters():
        parameter.set_element_type(_i64())
    graph.reshape({parameter: [-1, -1] for parameter in graph.inputs})
    return graph


def fuse_projections(graph: Any) -> None:
    """Fuse the projections of one input (query, key and value) into one MatMul and a split."""
    import openvino.opset13 as ops

    groups: dict[tuple[str, int], list[tuple[Any, Any, Any]]] = defaultdict(list)
    for node in graph.get_ordered_ops():
        weights = _weights(node)
        added = _bias(node) if weights is not None else None
        if added is not None:
            source = node.input_value(0)
            key = (source.get_node().get_friendly_name(), source.get_index())
            groups[key].append((source, weights, added))
    for projections in groups.values():
        if len(projections) < 2:
            continue
        joined = ops.constant(np.concatenate([weights for _, weights, _ in projections]))
        biases = ops.constant(np.concatenate([bias for _, _, (_, bias) in projections]))
        product = ops.add(ops.matmul(projections[0][0], joined, False, True), biases)
        sizes = np.array([len(weights) for _, weights, _ in projections], dtype=np.int64)
        parts = ops.variadic_split(product, ops.constant(np.int64(-1)), ops.constant(sizes))
        for number, (_, _, (sum_node, _)) in enumerate(projections):
            _replace(sum_node, parts.output(number))
    graph.validate_nodes_and_infer_types()


def quantize_weights(graph: Any) -> None:
    """Quantize the weights of every MatMul to int8: symmetric, one scale for each output channel.

    The runtime quantizes the activations dynamically, in groups of one text's own values: no calibration is
    needed, and a vector does not depend on the other texts of its batch.
    """
    import openvino.opset13 as ops

    for node in graph.get_ordered_ops():
        if (weights := _weights(node)) is not None:
            small, scale = (ops.constant(part) for part in _to_int8(weights))
            restored = ops.multiply(ops.convert(small, "f32"), scale)
            _replace(node, ops.matmul(node.input_value(0), restored, False, True).output(0))
    graph.validate_nodes_and_infer_types()


def quantize_tables(graph: Any) -> None:
    """Quantize the token embeddings to int8, one scale for each token: a fourth of the memory."""
    import openvino.opset13 as ops

    for node in graph.get_ordered_ops():
        if (table := _table(node)) is not None:
            small, scale = (
                ops.gather(ops.constant(part), node.input_value(1), node.input_value(2))
                for part in _to_int8(table)
            )
            _replace(node, ops.multiply(ops.convert(small, "f32"), scale).output(0))
    graph.validate_nodes_and_infer_types()


def _to_int8(weights: Weights) -> tuple[npt.NDArray[np.int8], Weights]:
    """Return weights (n, m) as int8, and the scale (n, 1) of each row."""
    scale = np.abs(weights).max(axis=1, keepdims=True) / _INT8_MAX
    scale[scale == 0] = 1
    return np.rint(weights / scale).astype(np.int8), scale.astype(np.float32)


def _weights(node: Any) -> Weights | None:
    """The constant weights (outputs, inputs) of a MatMul; None for any other node."""
    if node.get_type_name() != "MatMul":
        return None
    right, attributes = node.input_value(1).get_node(), node.get_attributes()
    if right.get_type_name() != "Constant" or attributes["transpose_a"]:
        return None
    values: Weights = right.get_data()
    if values.ndim != 2:
        return None
    return values if attributes["transpose_b"] else values.T


def _table(node: Any) -> Weights | None:
    """The constant table (rows, width) of a Gather of rows, if it is a large one; None for any other node."""
    if node.get_type_name() != "Gather":
        return None
    source, axis = (node.input_value(port).get_node() for port in (0, 2))
    if source.get_type_name() != "Constant" or axis.get_type_name() != "Constant":
        return None
    values: Weights = source.get_data()
    large = values.ndim == 2 and len(values) >= _MIN_TABLE_ROWS and values.dtype == np.float32
    return values if large and not axis.get_data().any() else None


def _bias(node: Any) -> tuple[Any, Weights] | None:
    """The Add that is a node's only consumer, and the constant it adds; None if there is none."""
    consumers = list(node.output(0).get_target_inputs())
    if len(consumers) != 1 or consumers[0].get_node().get_type_name() != "Add":
        return None
    added = consumers[0].get_node()
    other = added.input_value(1 - consumers[0].get_index()).get_node()
    return (added, other.get_data().reshape(-1)) if other.get_type_name() == "Constant" else None


def _replace(node: Any, output: Any) -> None:
    for consumer in list(node.output(0).get_target_inputs()):
        consumer.replace_source_output(output)


def _i64() -> Any:
    import openvino

    return openvino.Type.i64
