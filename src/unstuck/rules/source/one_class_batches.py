"""What one-class-batches sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Layer, Loss, Model, Operation, WrittenTargets
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.pipeline.one_class_batches import one_class_batches

#: What puts rows into another order than they had.
MIXES = ("shuffle", "permutation", "train_test_split", "sample", "shuffled")


@one_class_batches.in_source("suspected")
def in_source(fit: Fit, loss: Loss, model: Model | None, targets: WrittenTargets | None) -> Finding | None:
    """Batches in the order of the rows, for classes, where nothing has mixed them."""
    stateful = model is not None and any(layer.stateful for layer in model.layers)
    if fit.shuffle or fit.data != "arrays" or not loss.is_for_classes or stateful or targets is None:
        return None
    if any(each.kind in MIXES or "permutation" in str(each.value) for each in targets.operations):
        return None
    if "random" in targets.origin.split("."):
        return None  # labels that are drawn stand in no order
    return Finding(
        says="fit does not shuffle the rows, and nothing here mixes them before: if they are sorted by "
        "class, each batch holds one class, and the model forgets the others while it learns it.",
        shows={"shuffle": False},
        where=fit.place,
        remedies=(propose("shuffle-batches", at=fit.place),),
    )


_CLASSES = Loss(name="sparse_categorical_crossentropy")
in_source.fires(Fit(shuffle=False), _CLASSES, WrittenTargets())
in_source.quiet(Fit(), _CLASSES, WrittenTargets())
in_source.quiet(Fit(shuffle=False), _CLASSES, WrittenTargets(origin="numpy.random.default_rng"))
in_source.quiet(Fit(shuffle=False), _CLASSES, WrittenTargets(operations=(Operation(kind="shuffle"),)))
in_source.quiet(
    Fit(shuffle=False), _CLASSES, Model(layers=(Layer(kind="LSTM", stateful=True),)), WrittenTargets()
)
