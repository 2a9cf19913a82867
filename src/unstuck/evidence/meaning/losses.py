"""Which of Keras's losses a user's own loss is: evaluated on a few values, and compared with the formulas.

The name of a function of the user's is a hint at most: `binary_crossentropy` may read logits, and
`my_loss` may be the mean squared error.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from unstuck.evidence.layers import is_keras, runs_as_keras
from unstuck.evidence.meaning.asking import NoAnswerError, answer_of
from unstuck.evidence.meaning.formulas import (
    OF_CLASS_NUMBERS,
    OF_DECISIONS,
    OF_NUMBERS,
    OF_PROBABILITIES,
    sigmoid,
    softmax,
)

#: Float32 gives the mean of a few logarithms to some 1e-6; other formulas differ in the first digits.
_CLOSE = 1e-4

#: Rows of made-up targets and answers: enough that no two formulas agree by chance.
_ROWS = 6

#: Answers for a made-up row are no longer than this along any axis but the last.
_LONGEST = 3

#: Answers that a loss for logits is asked about, right and ever surer: a sigmoid of the last is .9999.
_SURER = (1.0, 3.0, 9.0)

#: Right and certain probabilities that cost so many times what sure logits cost are taken for logits.
_MUCH_DEARER = 20.0


@dataclass(frozen=True)
class Meaning:
    """What a loss computes: the name of Keras's function, and whether it reads logits."""

    name: str
    from_logits: bool = False


def is_own(loss: Any) -> bool:
    """Whether a loss is of the user's making.

    Its class, its function, what was put in the place of these, or arguments filled into one.
    """
    function = getattr(loss, "fn", None)
    if isinstance(loss, functools.partial) or isinstance(function, functools.partial):
        return True
    if function is not None and not is_keras(function):
        return True
    if not hasattr(loss, "reduction"):
        return not is_keras(loss)
    return not is_keras(type(loss)) or not runs_as_keras(loss)


def leaves_out(loss: Any, meaning: Meaning, shape: tuple[int | None, ...], values: Sequence[float]) -> bool:
    """Whether a loss of the user's does something else with a label of one of these values than Keras's does.

    It may leave such rows out: a label of -1 often stands for none. Class numbers without a unit are no
    question that Keras's own loss answers, so the answer is yes.
    """
    if meaning.name in OF_CLASS_NUMBERS:
        return True
    call, own = _callable(loss), _keras_own(meaning)
    answers = np.full((1, *_sizes(shape)), 0.3)
    for value in values:
        targets = np.full(answers.shape, value)
        given, expected = (_value_or_none(each, targets, answers) for each in (call, own))
        if (given is None) is not (expected is None):
            return True
        if given is not None and expected is not None and not _same(given, expected):
            return True
    return False


def _value_or_none(call: Callable[..., Any], targets: np.ndarray, answers: np.ndarray) -> float | None:
    """The mean of what a loss gives, None where it raises, as torch does on labels outside [0, 1]."""
    try:
        return _value(call, targets, answers)
    except NoAnswerError:
        return None


def meaning_of(loss: Any, shape: tuple[int | None, ...]) -> Meaning | None:
    """Which of Keras's losses a loss of the user's computes for answers of this shape per row.

    None where it computes something else, or cannot be called without the user's noticing.
    """
    call = _callable(loss)
    for targets, answers, expected in _questions((_ROWS, *_sizes(shape))):
        try:
            value = _value(call, targets, answers)
        except NoAnswerError:
            continue
        for meaning, formula in expected:
            if _same(value, formula) and _agrees_outside(call, meaning, targets, answers):
                return meaning
    return None


def mean_of(loss: Any, targets: np.ndarray, answers: np.ndarray) -> float:
    """The mean of what a loss gives for these targets and answers, unseen by the user's program.

    Raises:
        NoAnswerError: it cannot be called without being noticed, or gives no number.
    """
    return _value(_callable(loss), targets, answers)


def reads_logits(loss: Any, shape: tuple[int | None, ...]) -> bool:
    """Whether a loss for classes puts answers of this shape per row through a sigmoid or softmax of its own.

    It then costs less and less as right answers grow far beyond 1 (a hinge costs nothing from somewhere on),
    what right and certain probabilities cost is no small part of it, and over several units only the
    differences of a row's answers count. A cross-entropy of any weighting that is given logits does all this.
    """
    call, sizes = _callable(loss), (_ROWS, *_sizes(shape))
    units = sizes[-1]
    classes = np.arange(np.prod(sizes[:-1], dtype=int)).reshape(sizes[:-1]) % max(units, 2)
    hot = np.eye(units)[classes] if units > 1 else classes[..., None].astype(float)
    right = hot if units > 1 else 2.0 * hot - 1.0
    for targets in (hot, classes)[: 2 if units > 1 else 1]:
        try:
            certain = _value(call, targets, hot)
            costs = [_value(call, targets, sure * right) for sure in _SURER]
            moved = _value(call, targets, hot + 2.0) if units > 1 else certain
        except NoAnswerError:
            continue
        falls = costs[0] > costs[1] > costs[2] >= 0.0
        if falls and certain > _MUCH_DEARER * costs[2] and _same(moved, certain):
            return True
    return False


def _sizes(shape: tuple[int | None, ...]) -> tuple[int, ...]:
    """The sizes of a made-up row of answers."""
    units = shape[-1] if shape and shape[-1] else 1
    return (*(_LONGEST if size is None else min(size, _LONGEST) for size in shape[:-1]), units)


def _callable(loss: Any) -> Callable[..., Any]:
    """The function of targets and answers that is trained: before any reduction where that is Keras's own."""
    called = getattr(type(loss), "__call__", None)  # noqa: B004 (whose it is, not whether there is one)
    call: Callable[..., Any] = loss.call if is_keras(called) else loss
    return call


def _keras_own(meaning: Meaning) -> Callable[..., Any]:
    import keras

    function: Callable[..., Any] = getattr(keras.losses, meaning.name)
    return functools.partial(function, from_logits=True) if meaning.from_logits else function


#: Made-up targets and answers, and what each loss gives on them.
_Question = tuple[np.ndarray, np.ndarray, list[tuple[Meaning, float]]]


def _questions(shape: tuple[int, ...]) -> Iterator[_Question]:
    """What a loss is asked: on numbers, on probabilities and on logits, each with all that may come of it."""
    draw = np.random.default_rng(0)
    units = shape[-1]
    numbers = draw.uniform(0.5, 2.5, shape)
    # Errors below and above 1, where Huber's loss changes its form; no answer is negative.
    near = np.maximum(numbers + np.linspace(-1.6, 2.4, numbers.size).reshape(shape), 0.1)
    yield numbers, near, [(Meaning(name), of(numbers, near)) for name, of in OF_NUMBERS.items()]
    logits = draw.normal(scale=1.5, size=shape)
    classes = draw.integers(0, max(units, 2), shape[:-1])
    hot = np.eye(units)[classes] if units > 1 else classes[..., None]
    single, shared = sigmoid(logits), softmax(logits)
    chances = shared if units > 1 else single
    read_as = {name: single if name in OF_DECISIONS else shared for name in OF_PROBABILITIES}
    known = [name for name in OF_PROBABILITIES if units > 1 or name in OF_DECISIONS]
    yield hot, logits, [(Meaning(name, True), OF_PROBABILITIES[name](hot, read_as[name])) for name in known]
    yield hot, chances, [(Meaning(name), OF_PROBABILITIES[name](hot, chances)) for name in known]
    if units > 1:
        sparse = OF_CLASS_NUMBERS.items()
        yield classes, logits, [(Meaning(name, True), of(classes, shared)) for name, of in sparse]
        yield classes, shared, [(Meaning(name), of(classes, shared)) for name, of in sparse]


def _value(call: Callable[..., Any], targets: np.ndarray, answers: np.ndarray) -> float:
    """The mean of what a loss gives."""
    import keras

    kind = "int32" if targets.dtype.kind == "i" and targets.ndim < answers.ndim else "float32"
    given = keras.ops.convert_to_tensor(targets.astype(kind))
    asked = keras.ops.convert_to_tensor(answers.astype("float32"))
    result = answer_of(call, given, asked)
    try:
        return float(np.mean(keras.ops.convert_to_numpy(result)))
    except Exception as error:  # a structure, a string: no loss that Keras could train with
        raise NoAnswerError("it gives no number") from error


def _agrees_outside(
    call: Callable[..., Any], meaning: Meaning, targets: np.ndarray, answers: np.ndarray
) -> bool:
    """Whether a loss for classes also does what Keras's own does on answers that are no probabilities."""
    if meaning.name in OF_NUMBERS:
        return True
    far = (answers - 0.5) * 6.0
    try:
        return _same(_value(call, targets, far), _value(_keras_own(meaning), targets, far))
    except NoAnswerError:
        return False


def _same(one: float, other: float) -> bool:
    return bool(np.isclose(one, other, rtol=_CLOSE, atol=_CLOSE))
