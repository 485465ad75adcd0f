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
        weights = _weights(node)
        if weights is None:
            continue
        scale = np.abs(weights).max(axis=1, keepdims=True) / _LARGEST
        scale[scale == 0] = 1
        small = np.rint(weights / scale).astype(np.int8)
        restored = ops.multiply(
            ops.convert(ops.constant(small), "f32"), ops.constant(scale.astype(np.float32))
        )
        _replace(node, ops.matmul(node.input_value(0), restored, False, True).output(0))
    graph.validate_nodes_and_infer_types()


def _weights(node: Any) -> npt.NDArray[np.float32] | None:
    """The constant weights (outputs, inputs) of a multiplication; None for any other node."""
    if node.get_type_name() != "MatMul":
        return None
    right, attributes = node.input_value(1).get_node(), node.get_attributes()
    if right.get_type_name() != "Constant" or attributes["transpose_a"]:
        return None
    values: npt.NDArray[np.float32] = right.get_data()
    if values.ndim != 2:
        return None
    return values if attributes["transpose_b"] else values.T


def _bias(node: Any) -> tuple[Any, npt.NDArray[np.float32]] | None:
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
