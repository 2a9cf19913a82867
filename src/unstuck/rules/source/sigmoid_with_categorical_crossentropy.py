"""What sigmoid-with-categorical-crossentropy sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Environment, Head, Loss
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.objective._common import CATEGORICAL, SPARSE
from unstuck.rules.objective.sigmoid_with_categorical_crossentropy import (
    sigmoid_with_categorical_crossentropy,
)


@sigmoid_with_categorical_crossentropy.in_source("suspected")
def in_source(head: Head, loss: Loss, environment: Environment) -> Finding | None:
    """Several sigmoids under a loss for one class a row."""
    harmless = environment.backend == "tensorflow" and head.activation_is_last
    several = head.activation == "sigmoid" and (head.units > 1 or head.a_class_each)
    if harmless or not several or loss.from_logits or loss.name not in (*CATEGORICAL, *SPARSE):
        return None
    return Finding(
        says=f"{f'{head.units} sigmoid units' if head.units else 'Sigmoid units, one a class,'} are trained "
        f"with {loss.name}, which wants the probabilities of a row "
        "to sum to 1. Sigmoids do not compete: once several of a row are near 1 they tie, and a tie sends "
        "no gradient back. Whether that happens depends on the training.",
        shows={"units": head.units, "loss": loss.name},
        where=head.place,
        remedies=(propose("set-output-activation", at=head.place, activation="softmax"),),
    )


_SIGMOIDS = Head(activation="sigmoid", units=10, shape=(10,))
in_source.fires(_SIGMOIDS, Loss(name="categorical_crossentropy"), Environment(backend="jax"))
in_source.fires(
    Head(activation="sigmoid", units=0, a_class_each=True),
    Loss(name="categorical_crossentropy"),
    Environment(backend="jax"),
)
in_source.quiet(_SIGMOIDS, Loss(name="categorical_crossentropy"), Environment(backend="tensorflow"))
in_source.quiet(_SIGMOIDS, Loss(name="binary_crossentropy"), Environment(backend="jax"))
