"""Whether a model is one plain chain of layers, so that what a layer drops is lost for good."""

from __future__ import annotations

from itertools import pairwise

from unstuck.evidence.facts import Model

#: Layers and operations that join branches.
_JOINS = (
    "Add Average Concatenate Dot Maximum Minimum Multiply Stack Subtract AdditiveAttention Attention "
    "GroupedQueryAttention MultiHeadAttention Einsum Matmul Where TrueDivide Divide"
)
JOINS = frozenset(_JOINS.split())


def is_chain(model: Model) -> bool:
    """Whether each layer reads just the one before it, as far as kinds and shapes tell."""
    if not model.ordered or model.outputs > 1 or any(each.kind in JOINS for each in model.layers):
        return False
    shapes = ((before.output_shape, after.input_shape) for before, after in pairwise(model.layers))
    return all(made is None or read is None or made == read for made, read in shapes)
