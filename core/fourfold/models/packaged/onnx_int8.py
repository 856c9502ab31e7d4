"""Rewrites an ONNX model so that weights stored in 8 bits stay in 8 bits while it runs, and so that it gives the
states of inner layers as well.

The packaged model keeps each weight matrix as 8-bit integers with a scale a column, and casts it to floats before
use; onnxruntime folds that at load into four times the memory. Here a product takes the integers as they are (the
operator MatMulNBits, which also rounds what it multiplies them with, in blocks of 128), and a look-up casts only the
rows it took (figures in docs/adr/0002). Knows of ONNX's format (onnx.proto) only the few fields it changes; the rest
is kept.
"""

from __future__ import annotations

import copy
from collections.abc import MutableSequence, Sequence
from functools import cache
from typing import Any, NamedTuple, Protocol

import numpy as np

REWRITE_VERSION = 2
"""Of `quantize` and `expose`: raised with each change of what they make, so that no file of an older one is run."""

_BLOCK = 128
"""Numbers that share a scale in MatMulNBits. The smallest cosine with the model in floats was .9967
(docs/adr/0002)."""
_INT_ATTRIBUTE, _UINT8 = 2, 2
"""`AttributeProto.INT` and `TensorProto.UINT8` of onnx.proto."""
_EIGHT_BIT_COMPUTE = 4
"""MatMulNBits' `accuracy_level` that rounds its input to 8 bits as well; the default computes in floats."""
# The fields that are read or changed here, by the numbers of onnx.proto. The package `onnx` would bring the whole
# format to every installation, for these few.
_FIELDS = {
    "Attribute": (("name", 1, "string"), ("i", 3, "int64"), ("type", 20, "int32")),
    "Node": (
        ("input", 1, "string*"),
        ("output", 2, "string*"),
        ("name", 3, "string"),
        ("op_type", 4, "string"),
        ("attribute", 5, "Attribute*"),
        ("domain", 7, "string"),
    ),
    "Tensor": (("dims", 1, "int64*"), ("data_type", 2, "int32"), ("name", 8, "string"), ("raw_data", 9, "bytes")),
    "ValueInfo": (("name", 1, "string"),),
    "Graph": (("node", 1, "Node*"), ("initializer", 5, "Tensor*"), ("output", 12, "ValueInfo*")),
    "Opset": (("domain", 1, "string"), ("version", 2, "int64")),
    "Model": (("graph", 7, "Graph"), ("opset_import", 8, "Opset*")),
}  # fmt: skip


class _Attributes(Protocol):
    def add(self, *, name: str, i: int, type: int) -> object: ...


class _Node(Protocol):
    """A `NodeProto`: an operator, and the names of what it takes and gives."""

    op_type: str
    domain: str
    name: str
    input: MutableSequence[str]
    output: MutableSequence[str]

    @property
    def attribute(self) -> _Attributes: ...


class _Tensor(Protocol):
    """A `TensorProto`: a stored array, by its name."""

    name: str
    dims: MutableSequence[int]
    data_type: int
    raw_data: bytes


class _Weight(NamedTuple):
    """A matrix in 8 bits, its scales, and the nodes that make floats of them: cast, then times scale."""

    numbers: _Tensor
    scales: _Tensor
    cast: _Node
    times: _Node


def expose(model: bytes, values: Sequence[str]) -> bytes:
    """Returns the same model with these values among its outputs, behind those that it has."""
    parsed = _message_class("Model").FromString(model)
    made = {output for node in parsed.graph.node for output in node.output}
    if missing := set(values) - made:
        raise ValueError(f"The model computes no {', '.join(sorted(missing))}.")
    for name in values:
        parsed.graph.output.add(name=name)
    exposed: bytes = parsed.SerializeToString()
    return exposed


def quantize(model: bytes) -> bytes:
    """Returns the same model with every 8-bit weight used in 8 bits."""
    parsed = _message_class("Model").FromString(model)
    graph = parsed.graph
    graph_nodes: Sequence[_Node] = graph.node
    tensors: Sequence[_Tensor] = graph.initializer
    made_by = {output: node for node in graph_nodes for output in node.output}
    stored = {tensor.name: tensor for tensor in tensors}
    nodes: list[_Node] = []
    for node in graph_nodes:
        place = {"MatMul": 1, "Gather": 0}.get(node.op_type)
        weight = None if place is None else _weight(node.input[place], made_by, stored)
        if weight is None:
            nodes.append(node)
        elif node.op_type == "MatMul":
            nodes.append(_product(node, weight))
        else:
            nodes += _look_up(node, weight)
    # Twice: the products with the scales are of no use now, and only without them neither are the casts.
    for _ in range(2):
        used = {name for node in nodes for name in node.input}
        nodes = [n for n in nodes if n.op_type not in {"Mul", "Cast"} or n.output[0] in used]
    # Copies, since the nodes that are kept belong to the list that is emptied.
    copies = [_copy(node) for node in nodes]
    del graph.node[:]
    graph.node.extend(copies)
    parsed.opset_import.add(domain="com.microsoft", version=1)
    rewritten: bytes = parsed.SerializeToString()
    return rewritten


def _weight(name: str, made_by: dict[str, _Node], stored: dict[str, _Tensor]) -> _Weight | None:
    """Returns the 8-bit weight that the value `name` is made of; None where it is made of something else."""
    times = made_by.get(name)
    if times is None or times.op_type != "Mul":
        return None
    cast = made_by.get(times.input[0])
    if cast is None or cast.op_type != "Cast" or cast.input[0] not in stored:
        return None
    return _Weight(stored[cast.input[0]], stored[times.input[1]], cast, times)


def _product(node: _Node, weight: _Weight) -> _Node:
    """Returns the node that multiplies by integers. Those of (inner, outer) with a scale a column become blocks of
    (outer, inner / 128, 128) around 128, as MatMulNBits has them."""
    numbers, scales = weight.numbers, weight.scales
    inner, outer = numbers.dims
    turned = np.frombuffer(numbers.raw_data, np.int8).reshape(inner, outer).T.view(np.uint8) + np.uint8(128)
    blocks = inner // _BLOCK
    _fill(numbers, (outer, blocks, _BLOCK), np.ascontiguousarray(turned))
    numbers.data_type = _UINT8
    _fill(scales, (outer * blocks,), np.repeat(np.frombuffer(scales.raw_data, np.float32), blocks))
    product = _copy(node, (node.input[0], numbers.name, scales.name), op_type="MatMulNBits")
    product.domain = "com.microsoft"
    settings = {"K": inner, "N": outer, "bits": 8, "block_size": _BLOCK, "accuracy_level": _EIGHT_BIT_COMPUTE}
    for name, value in settings.items():
        product.attribute.add(name=name, i=value, type=_INT_ATTRIBUTE)
    return product


def _look_up(node: _Node, weight: _Weight) -> list[_Node]:
    """Returns the nodes that take rows of integers and of scales first, then cast and multiply just those."""
    row_numbers, output = node.input[1], node.output[0]
    rows, scales, floats = (f"{output}/{part}" for part in ("rows", "scales", "floats"))
    return [
        _copy(node, (weight.numbers.name, row_numbers), rows),
        _copy(node, (weight.scales.name, row_numbers), scales),
        _copy(weight.cast, (rows,), floats),
        _copy(weight.times, (floats, scales), output),
    ]


def _copy(
    node: _Node, inputs: tuple[str, ...] | None = None, output: str | None = None, op_type: str = ""
) -> _Node:
    copied = copy.deepcopy(node)
    if inputs is not None:
        copied.input[:] = inputs
    if output is not None:
        copied.output[:] = [output]
        copied.name = output
    copied.op_type = op_type or node.op_type
    return copied


def _fill(tensor: _Tensor, shape: tuple[int, ...], values: np.ndarray) -> None:
    tensor.dims[:] = shape
    tensor.raw_data = values.tobytes()


@cache
def _message_class(name: str) -> Any:
    """Returns the protobuf class, made at run time, of an ONNX message with the fields above; the others travel along
    unread."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="fourfold_onnx.proto", package="fourfold_onnx")
    for message, fields in _FIELDS.items():
        described = file.message_type.add(name=message)
        for label, number, kind in fields:
            type_name = kind.rstrip("*")
            scalar = getattr(field, f"TYPE_{type_name.upper()}", None) if type_name.islower() else None
            described.field.add(
                name=label,
                number=number,
                label=field.LABEL_REPEATED if kind.endswith("*") else field.LABEL_OPTIONAL,
                type=field.TYPE_MESSAGE if scalar is None else scalar,
                type_name=f".fourfold_onnx.{type_name}" if scalar is None else None,
            )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"fourfold_onnx.{name}"))
