"""Claims about what the output can be, tried on the model's own and on random weights and rows."""

from __future__ import annotations

import math

import numpy as np
from keras import ops

from .probing import (
    binary_clips,
    decided,
    has_a_pole,
    normalises,
    readable,
    reads_binary_logits,
    same,
    shifts,
)
from .situation import Situation, as_array
from .truth import Claim, truth

#: Probabilities in float32 sum to one within this.
SUMS = 1e-3


@truth("softmax-over-one-unit")
def always_one(situation: Situation, claim: Claim) -> str:
    """All predictions are 1.0 (its logarithm; the same, if normalised after), which costs what is said."""
    normalised = any(variable.path.endswith("moving_mean") for variable in situation.model.weights)
    constant = 0.0 if "log_softmax" in claim.says else 1.0
    for answers in situation.whatever:
        finite = answers[np.isfinite(answers)]  # rows of NaN give NaN through any layer
        if not np.all(finite == (finite[:1] if normalised else constant)):
            return f"predictions go from {finite.min():g} to {finite.max():g}"
    cost = claim.shows.get("predicted_loss")
    got = situation.cost(np.ones_like(situation.predictions))
    if cost is not None and not math.isclose(cost, got, abs_tol=1e-2):
        return f"a constant 1.0 costs {got:g}, not {cost:g}"
    return ""


@truth("softmax-over-wrong-axis")
def rows_compete(situation: Situation, claim: Claim) -> str:
    """A softmax along the batch: a row's answer depends on the other rows, or on their number."""
    row, others = situation.readable_rows[:1], situation.random_rows(0)[1:]
    for batch in (np.concatenate([row, others]), row):
        if not np.allclose(situation.predict(batch)[:1], situation.predictions[:1]):
            return ""
    return "a row gets the same answer among other rows and alone"


@truth("logits-taken-as-probabilities")
def clipped(situation: Situation, claim: Claim) -> str:
    """The loss is level beyond [0, 1] or divides by the row's sum, and the output does leave [0, 1]."""
    taken = readable(situation)
    if not has_a_pole(taken) and not normalises(taken):
        return "the loss does not read its input as probabilities"
    if "clipped" in claim.says and not binary_clips(taken) and not normalises(taken):
        return "what is outside [0, 1] is not clipped"
    if not situation.reaches(lambda answers: bool(np.any((answers < 0) | (answers > 1)))):
        return "the output never leaves [0, 1]"
    return ""


@truth("probabilities-taken-as-logits")
def squashed_twice(situation: Situation, claim: Claim) -> str:
    """The output is probabilities whatever the weights, the loss reads logits, and its floor is right."""
    answers = [each[np.isfinite(each)] for each in situation.whatever]
    if any(np.any((each < 0) | (each > 1)) for each in answers):
        return "the output leaves [0, 1]"
    taken = readable(situation)
    if not reads_binary_logits(taken) and not shifts(taken) and costs_nothing(taken, claim):
        return "the loss does not read its input as logits"
    floor, best = claim.shows.get("lowest_loss"), _right_answers(situation)
    if floor is None or best is None:
        return ""
    lowest = situation.cost(best)
    return f"the right answers cost {lowest:g}, less than {floor:g}" if lowest < floor - 1e-3 else ""


def _right_answers(situation: Situation) -> np.ndarray | None:
    """Answers of 0 and 1 that the labels ask for, None where they ask for none."""
    shape, labels = situation.predictions.shape, situation.labels
    if labels.dtype.kind not in "fiub":
        return None
    if labels.size == math.prod(shape):
        return np.asarray(labels, "float64").reshape(shape)
    whole = labels.size == math.prod(shape[:-1]) and np.isin(labels, np.arange(shape[-1])).all()
    return np.eye(shape[-1])[labels.astype(int).ravel()].reshape(shape) if whole else None


@truth("relu-output")
def cut_at_zero(situation: Situation, claim: Claim) -> str:
    """Never negative, often exactly 0, and values beyond 1 are no probabilities for the loss."""
    low = min(np.nanmin(answers) for answers in situation.whatever)
    zeros = max(float(np.mean(answers == 0.0)) for answers in situation.whatever)
    if low != 0.0 or zeros == 0.0:
        return f"the lowest prediction is {low:g}; {zeros:.0%} are exactly 0"
    if not situation.reaches(lambda answers: bool(np.any(answers > 1))):
        return "no prediction is beyond 1"
    taken = readable(situation)
    if not has_a_pole(taken) and not normalises(taken):
        return "the loss does not expect probabilities, so that nothing is wrong with values beyond 1"
    return ""


@truth("noise-after-output")
def noisy_answers(situation: Situation, claim: Claim) -> str:
    """Training mode changes the answers themselves: zeros where none are, or no probabilities any more."""
    rows = situation.random_rows(0)
    answers = situation.predict(rows)
    if not np.any(
        np.isfinite(answers) & (answers != 0)
    ):  # all infinite or 0, as the exponential of large ones
        rows = np.zeros_like(rows)
    still, noisy = situation.predict(rows), [situation.predict(rows, training=True) for _ in range(4)]
    if not any(not np.array_equal(still, each) for each in noisy):
        return "predictions in training mode are those of inference"
    if "to 0" in claim.says:
        zeros, rate = np.mean([each[still != 0] == 0 for each in noisy]), claim.shows["rate"]
        return "" if zeros > rate / 3 else f"{zeros:.0%} of the answers become 0, not {rate:.0%}"
    if claim.shows["layer"] == "BatchNormalization":
        outside = any(np.any((each < 0) | (each > 1)) for each in noisy)
        return "" if outside else "the answers stay in [0, 1]"
    varies = any(not np.array_equal(noisy[0], each) for each in noisy[1:])
    return "" if varies else "two predictions in training mode are the same"


@truth("output-range-excludes-targets")
def out_of_reach(situation: Situation, claim: Claim) -> str:
    """No weights leave the bounds, that share of the targets lies beyond, and the loss asks for them."""
    low, high = claim.shows["bounds"]  # null where there is none
    low, high = -math.inf if low is None else low, math.inf if high is None else high
    if any(np.nanmin(each) < low - SUMS or np.nanmax(each) > high + SUMS for each in situation.whatever):
        return f"predictions leave {low:g} to {high:g}"
    targets = np.asarray(situation.labels, "float64").reshape(len(situation.labels), -1)
    targets = targets[np.isfinite(targets).all(axis=1)]
    nearest = np.clip(targets, low, high)
    share = float(np.mean(nearest != targets))
    if abs(share - claim.shows["share_outside"]) > 0.05 and not _is_hinge(situation):
        return f"{share:.0%} of the targets lie outside"
    shape = (-1, *situation.predictions.shape[1:])
    if targets.size != situation.predictions.size or situation.labels.ndim < len(shape) - 1:
        return ""  # rows left out, or labels stretched to several units: what is asked for is not plain
    asked, reached = situation.cost(targets.reshape(shape)), situation.cost(nearest.reshape(shape))
    worse = not math.isfinite(asked) or asked < reached or _is_hinge(situation)
    return "" if worse else f"the nearest answers cost {reached:g}, the targets themselves {asked:g}"


def _is_hinge(situation: Situation) -> bool:
    """Whether the loss reads labels 0 and 1 as -1 and 1: on a label 0, -1 costs less than 0."""
    zeros = np.zeros(situation.predictions.shape)
    return situation.cost(zeros - 1.0, zeros) < situation.cost(zeros, zeros)


@truth("categorical-crossentropy-on-one-unit")
def costs_nothing(situation: Situation, claim: Claim) -> str:
    """Whatever one unit answers costs 0, or the loss raises an error."""
    for seed in range(3):
        cost = situation.cost(decided(situation, seed))
        if math.isfinite(cost) and not same(0.0, cost):
            return f"the loss is {cost:g}, not 0"
    return ""


@truth("softmax-on-multi-label")
def one_of_several(situation: Situation, claim: Claim) -> str:
    """Rows have several labels of 0 and 1, and the output sums to 1 or the loss divides by the sum."""
    labels = np.asarray(situation.labels, "float64")
    if not np.isin(labels, (0.0, 1.0)).all():
        return "the labels are not 0 and 1"
    if not np.any(labels.sum(axis=-1) > 1):
        return "no row has two labels"
    sums = (each.sum(axis=-1) for each in situation.whatever)  # rows of NaN give NaN through any layer
    summed = all(np.allclose(each[np.isfinite(each)], 1.0, atol=SUMS) for each in sums)
    if summed or normalises(situation):
        return ""
    return "the output does not sum to 1, and the loss does not divide by the sum"


@truth("ids-outside-embedding")
def no_such_row(situation: Situation, claim: Claim) -> str:
    """What reaches an embedding, read while the model answers: below 0, beyond its size, or not whole."""
    import keras

    seen: list[bool] = []
    original = keras.layers.Embedding.call

    def look(layer: keras.layers.Embedding, inputs: object) -> object:
        ids = as_array(ops.convert_to_tensor(inputs))
        seen.append(bool(np.any((ids < 0) | (ids >= layer.input_dim) | (ids != np.floor(ids)))))
        return original(layer, inputs)

    keras.layers.Embedding.call = look
    try:
        situation.predict()
    except Exception:  # an id without a row raises on some devices; it was read before
        seen.append(seen[-1])
    finally:
        keras.layers.Embedding.call = original
    return "" if any(seen) else "every id that reaches the embedding has its row"
