"""Claims about inputs, weights and rates, tried by training and looking at what moved."""

from __future__ import annotations

import keras
import numpy as np

from .situation import Situation, as_array
from .truth import Claim, truth


@truth("non-finite-inputs")
def reaches_the_weights(situation: Situation, claim: Claim) -> str:
    """NaN or infinite values are there, and one epoch later a weight or the loss is no number."""
    arrays = [each for each in (situation.rows, situation.labels) if each.dtype.kind == "f"]
    if all(np.isfinite(each).all() for each in arrays):
        return "all values are finite"
    trained = situation.train(validation_split=0.0)  # which keeps rows out of it
    return "" if trained.raised or not trained.finite else "weights and loss stay finite"


@truth("constant-inputs")
def nothing_to_go_by(situation: Situation, claim: Claim) -> str:
    """The rows are the same and so are the answers, while the labels of the rows differ."""
    if not (situation.rows == situation.rows[:1]).all():
        return "the rows differ"
    if (situation.labels == situation.labels[:1]).all():
        return "the labels are the same for all rows as well"
    answers = situation.predictions
    if not np.allclose(answers, answers[:1], equal_nan=True):
        return "equal rows get unequal answers"
    return ""


@truth("frozen-layers")
def nothing_moves(situation: Situation, claim: Claim) -> str:
    """None of the weights that are claimed to stand still moves in an epoch."""
    trained = situation.train()
    named = claim.shows.get("layers")
    weights = situation.program["model"].weights
    moved = [
        variable.path
        for variable, before, after in zip(weights, trained.before, trained.after, strict=True)
        if not np.array_equal(before, after)
        and (named is None or any(each in variable.path for each in named))
    ]
    return f"{moved} moved" if moved else ""


@truth("learning-rate-too-low")
def rate_of_nothing(situation: Situation, claim: Claim) -> str:
    """With the rate 0 no trainable weight changes by a bit."""
    learns = [variable.trainable for variable in situation.program["model"].weights]
    trained = situation.train()
    pairs = zip(trained.before, trained.after, learns, strict=True)
    moved = any(trainable and not np.array_equal(before, after) for before, after, trainable in pairs)
    return "weights moved" if moved else ""


@truth("zero-sample-weights")
def weighs_nothing(situation: Situation, claim: Claim) -> str:
    """Rows of a class of weight 0 have the loss 0; weights for classes that do not occur change nothing."""
    model, weights = situation.program["model"], situation.program["fit"]["class_weight"]
    columns = situation.labels.ndim > 1 and situation.labels.shape[-1] > 1
    labels = situation.labels.argmax(axis=-1) if columns else situation.labels.ravel()
    none = [label for label, weight in weights.items() if weight == 0]
    added = float(sum(as_array(each) for each in model.losses))
    if not none:
        return "" if not np.isin(labels, list(weights)).any() else "a class that has a weight occurs"
    rows = np.isin(labels, none)
    if not rows.any():
        return "no row is of a class of weight 0"
    rows &= np.isfinite(np.asarray(situation.rows, "float64").reshape(len(rows), -1)).all(axis=1)
    if not rows.any():
        return ""  # NaN stays NaN by any weight
    some = np.flatnonzero(rows)
    some = np.resize(some, situation.batch_size or len(some))
    weight = np.zeros(len(some))
    cost = float(np.ravel(model.test_on_batch(situation.rows[some], situation.labels[some], weight))[0])
    return "" if abs(cost - added) < 1e-6 else f"rows of weight 0 cost {cost - added:g}"


@truth("stateful-rnn-shuffled")
def remembers(situation: Situation, claim: Claim) -> str:
    """A batch leaves another state behind than it found, and fit shuffles arrays."""
    if situation.program["fit"].get("shuffle", True) is False:
        return "fit does not shuffle"
    batch = np.random.default_rng(0).normal(scale=0.1, size=situation.rows[:16].shape).astype("float32")
    before = _states(situation)
    situation.predict(batch)
    moved = any(not np.array_equal(*pair) for pair in zip(before, _states(situation), strict=True))
    return "" if moved else "no state is kept from batch to batch"


def _states(situation: Situation) -> list[np.ndarray]:
    """The states of the recurrent layers that keep them; Keras does not count them among the weights."""
    layers = situation.model._flatten_layers()
    kept = [getattr(layer, "states", None) for layer in layers if getattr(layer, "stateful", False)]
    return [np.array(as_array(each)) for each in keras.tree.flatten(kept)]


@truth("schedule-kills-training")
def better_for_worse(situation: Situation, claim: Claim) -> str:
    """A callback of this mode takes an improvement of its value for none."""
    monitor, mode, right = (claim.shows[name] for name in ("monitor", "mode", "right_mode"))
    watching = [(each.monitor, each.mode) for each in situation.program["fit"].get("callbacks", ())]
    if (monitor, mode) not in watching:
        return f"no callback watches {monitor} with mode={mode!r}"
    better = "min" if "loss" in monitor else "max"
    return "" if right == better else f"{monitor} is best at its {better}imum"


@truth("metric-bound-to-loss-weights")
def no_number(situation: Situation, claim: Claim) -> str:
    """compile got a list of names for its loss_weights, and fit raises."""
    return "" if situation.train().raised else "fit does not raise"


@truth("target-broadcasts-against-output")
def blind_to_rows(situation: Situation, claim: Claim) -> str:
    """The loss of answers that differ stays with the labels turned round, and not with those as a column."""
    answers = np.random.default_rng(0).uniform(0.1, 0.9, situation.predictions.shape)
    labels = situation.labels
    column = labels.reshape(answers.shape)
    if not np.isclose(situation.cost(answers, labels), situation.cost(answers, labels[::-1]), rtol=1e-5):
        return "labels on other rows cost something else"
    same = np.isclose(situation.cost(answers, column), situation.cost(answers, column[::-1]), rtol=1e-5)
    return "labels in the answers' shape cost the same on other rows as well" if same else ""


@truth("optimizer-not-as-intended")
def another_optimizer(situation: Situation, claim: Claim) -> str:
    """The optimizer that the program made is not the one that compile got."""
    made = situation.program.get("optimizer")
    other = made is not None and made is not situation.program["model"].optimizer
    return "" if other else "no other optimizer was made"


@truth("inputs-and-labels-misaligned")
def ordered_apart(situation: Situation, claim: Claim) -> str:
    """The two seeds draw two orders of as many rows, so that rows stand beside the labels of others."""
    seeds, count = claim.shows.get("seeds"), len(situation.rows)
    if not seeds or None in seeds:
        return "no two seeds are known"
    inputs, labels = (np.random.RandomState(seed).permutation(count) for seed in seeds)
    return "" if not np.array_equal(inputs, labels) else "both seeds draw the same order"
