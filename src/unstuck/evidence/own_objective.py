"""Which of Keras's losses for classes a model's own `compute_loss` is, but for what no answer moves."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from unstuck.evidence.facts import Head, Loss
from unstuck.evidence.meaning.asking import reaches_out
from unstuck.evidence.meaning.formulas import softmax
from unstuck.evidence.model import has_own
from unstuck.evidence.probe import Probe, state_of, tensors
from unstuck.evidence.sample import leaves, samples
from unstuck.watch.backend import backend
from unstuck.watch.places import defined_at
from unstuck.watch.rows import Rows
from unstuck.watch.unseen import unseen

#: Rows that are asked about: enough that no two losses agree by chance.
_ROWS = 6

#: Float32 gives a mean of a few logarithms, with a penalty beside it, to some 1e-5 of its size.
_CLOSE = 1e-3

#: How far made-up logits spread.
_NEAR, _FAR = 0.5, 3.0

_FOR_CLASSES = ("sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy")


def read_own_objective(model: Any, training: Rows, heads: Mapping[str, Head]) -> dict[str, Loss]:
    """The loss of a model with its own `compute_loss`, by output name; empty where it is none of Keras's.

    The method is asked for the loss of the same rows and targets with made-up answers: scores near and far
    from 0, and probabilities. Where it differs from one of Keras's losses by the same amount for all of them,
    that amount is a penalty on weights or inputs, and the answers are judged as that loss judges them. The
    model is left as it is.
    """
    own = has_own(model, "compute_loss") and not has_own(model, "train_step")
    if not own or len(heads) != 1 or len(leaves(training.y)) != 1 or reaches_out(model.compute_loss):
        return {}
    (name, head), probe = next(iter(heads.items())), Probe(model, backend(), tuple(heads))
    state = state_of(model, probe.backend)
    if state is None or not head.units:
        return {}
    batch = samples(training, None, heads, own=probe.batch_size)[0].batch(0).thinned(_ROWS)
    targets = leaves(batch.y)[0]
    made = _made_up((len(batch.rows), *(head.shape or (head.units,))))

    def ask(answers: np.ndarray) -> float:
        given = probe.losses(state, tensors(batch.x), tensors(batch.y), tensors(answers), True)
        return float(np.mean(probe.backend.to_numpy(given[name])))

    with unseen(model):
        try:
            costs = [ask(each) for each in made]
            if ask(made[0]) != costs[0]:
                return {}
            found = _same_but_for_one_amount(costs, targets, made)
        except Exception:  # a user's method may want what only its fit gives it: then nothing is known
            return {}
    if found is None:
        return {}
    defined = defined_at(type(model).compute_loss)
    return {
        name: Loss(
            name=found[0],
            from_logits=found[1],
            custom=True,
            leaves_out=True,
            of_model=True,
            written="compute_loss",
            defined=defined,
        )
    }


def _made_up(shape: tuple[int | None, ...]) -> list[np.ndarray]:
    """Answers as logits near 0 and far from it, and as probabilities."""
    draw, sizes = np.random.default_rng(0), [size or 1 for size in shape]
    near, far = (draw.normal(scale=scale, size=sizes) for scale in (_NEAR, _FAR))
    chances = softmax(draw.normal(size=sizes)) if sizes[-1] > 1 else draw.uniform(0.05, 0.95, sizes)
    return [each.astype("float32") for each in (near, far, chances)]


def _same_but_for_one_amount(
    costs: list[float], targets: np.ndarray, made: list[np.ndarray]
) -> tuple[str, bool] | None:
    """The name of Keras's loss that differs from these costs by one amount, and whether it reads logits."""
    for name, from_logits in itertools.product(_FOR_CLASSES, (False, True)):
        try:
            expected = [_keras_gives(name, from_logits, targets, each) for each in made]
        except Exception:  # shapes or labels that this loss has no meaning for
            continue
        apart = np.subtract(costs, expected)
        size = max(map(abs, (*costs, *expected)))
        if np.isfinite(apart).all() and np.ptp(expected) > 0 and np.ptp(apart) <= _CLOSE * size:
            return name, from_logits
    return None


def _keras_gives(name: str, from_logits: bool, targets: np.ndarray, answers: np.ndarray) -> float:
    import keras

    if name.startswith("sparse") != (
        targets.size * answers.shape[-1] == answers.size and answers.shape[-1] > 1
    ):
        raise ValueError("other targets than this loss is for")
    y = targets.reshape(answers.shape[:-1] if name.startswith("sparse") else answers.shape)
    given = keras.ops.convert_to_tensor(y.astype("int32" if name.startswith("sparse") else "float32"))
    value = getattr(keras.losses, name)(given, keras.ops.convert_to_tensor(answers), from_logits=from_logits)
    return float(np.mean(keras.ops.convert_to_numpy(value)))
