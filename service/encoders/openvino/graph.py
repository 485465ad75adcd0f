"""Makes a model's graph: traced from torch, its projections joined, its weights brought to 8 bits.

Only an export imports torch here; OpenVINO's `convert_model` is not used, because it sends usage data.
"""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_LARGEST = 127
_TABLE = 1_000
"""Rows from which a table is worth 8 bits: vocabularies, not positions."""

Weights = npt.NDArray[np.float32]


def trace(model: "SentenceTransformer") -> Any:
    """Return the OpenVINO model (input_ids, attention_mask) -> unit vectors, float32, of any batch shape.

    Pooling and normalization are inside. Raises whatever torch or OpenVINO raise for a model that cannot be
    traced.
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


def join_projections(graph: Any) -> None:
    """Compute projections of one input (query, key and value) in one multiplication, then split it."""
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
    """Bring the weights of every multiplication to 8 bits, one scale an output, symmetric.

    The runtime quantizes what they are multiplied with, in groups of one text's own values: nothing has to
    be calibrated, and a vector does not depend on the texts beside it.
    """
    import openvino.opset13 as ops

    for node in graph.get_ordered_ops():
        if (weights := _weights(node)) is not None:
            small, scale = (ops.constant(part) for part in _in_8_bits(weights))
            restored = ops.multiply(ops.convert(small, "f32"), scale)
            _replace(node, ops.matmul(node.input_value(0), restored, False, True).output(0))
    graph.validate_nodes_and_infer_types()


def quantize_tables(graph: Any) -> None:
    """Bring what word pieces are looked up in to 8 bits, one scale a piece: a fourth of the memory."""
    import openvino.opset13 as ops

    for node in graph.get_ordered_ops():
        if (table := _table(node)) is not None:
            small, scale = (
                ops.gather(ops.constant(part), node.input_value(1), node.input_value(2))
                for part in _in_8_bits(table)
            )
            _replace(node, ops.multiply(ops.convert(small, "f32"), scale).output(0))
    graph.validate_nodes_and_infer_types()


def _in_8_bits(weights: Weights) -> tuple[npt.NDArray[np.int8], Weights]:
    """Return rows of weights as whole numbers, and what each row (n, 1) of them is to be multiplied with."""
    scale = np.abs(weights).max(axis=1, keepdims=True) / _LARGEST
    scale[scale == 0] = 1
    return np.rint(weights / scale).astype(np.int8), scale.astype(np.float32)


def _weights(node: Any) -> Weights | None:
    """The constant weights (outputs, inputs) of a multiplication; None for any other node."""
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
    """The constant table (rows, width) that a node looks rows up in, if it is a large one; else None."""
    if node.get_type_name() != "Gather":
        return None
    source, axis = (node.input_value(place).get_node() for place in (0, 2))
    if source.get_type_name() != "Constant" or axis.get_type_name() != "Constant":
        return None
    values: Weights = source.get_data()
    large = values.ndim == 2 and len(values) >= _TABLE and values.dtype == np.float32
    return values if large and not axis.get_data().any() else None


def _bias(node: Any) -> tuple[Any, Weights] | None:
    """The addition that alone follows a node, and the constant it adds; None if there is none."""
    readers = list(node.output(0).get_target_inputs())
    if len(readers) != 1 or readers[0].get_node().get_type_name() != "Add":
        return None
    added = readers[0].get_node()
    other = added.input_value(1 - readers[0].get_index()).get_node()
    return (added, other.get_data().reshape(-1)) if other.get_type_name() == "Constant" else None


def _replace(node: Any, output: Any) -> None:
    for reader in list(node.output(0).get_target_inputs()):
        reader.replace_source_output(output)


def _i64() -> Any:
    import openvino

    return openvino.Type.i64
