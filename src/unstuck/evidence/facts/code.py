"""What the source alone tells: what was done to arrays, and what stands in it beside the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from unstuck.evidence.facts.place import Place


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One thing that the source does to an array.

    `kind` is what: arithmetic with `value` ("add", "subtract", "multiply", "divide",
    "floor-divide", "modulo", "power", value None where the other side is no number), "take" (a part
    of it, `value` the text between the brackets), "cast" (`value` the dtype), or the last part of
    the name of the function or method that was called ("to_categorical", "pad_sequences", "shuffle",
    "log"...), with its known arguments in `arguments`, by name or position.
    """

    kind: str
    value: Any = None
    arguments: Mapping[str | int, Any] = field(default_factory=dict)
    place: Place | None = None


#: Calls after which labels are columns of 0 and 1, whatever they were.
ONE_HOT = ("to_categorical", "one_hot")

#: What leaves them so.
_KEEPS = (
    *("astype", "cast", "array", "asarray", "shuffle", "batch", "cache", "prefetch", "repeat"),
    *("train_test_split", "set-part", "values", "to_numpy", "copy"),
)


def _hands_on(step: Operation) -> bool:
    """Whether a step leaves the values as they are: another form of them, or a part of the rows."""
    rows = step.kind == "take" and ":" in str(step.value) and "," not in str(step.value)
    return step.kind in _KEEPS or rows


def made_one_hot(operations: Sequence[Operation], calls: Sequence[str] = ONE_HOT) -> Operation | None:
    """The one of these calls that made one-hot labels of an array, None where later steps may change that."""
    for step in reversed(operations):
        if step.kind in calls:
            return step
        if not _hands_on(step):
            return None
    return None


@dataclass(frozen=True, kw_only=True)
class Written:
    """What the source does to one array before fit gets it. `origin` is the call that made it."""

    origin: str = ""
    operations: tuple[Operation, ...] = ()
    place: Place | None = None

    def last(self, *kinds: str) -> Operation | None:
        """The last step of one of these kinds, None when there is none."""
        return next((each for each in reversed(self.operations) if each.kind in kinds), None)

    @property
    def last_change(self) -> Operation | None:
        """The last step that may give other values, None where each hands on what it is given."""
        return next((each for each in reversed(self.operations) if not _hands_on(each)), None)


@dataclass(frozen=True, kw_only=True)
class WrittenTargets(Written):
    """What the source does to the targets. `classes` counts the classes of a data set that is named in it,
    None where none is, or where a step may have made other labels of them.
    """

    classes: int | None = None


@dataclass(frozen=True, kw_only=True)
class WrittenInputs(Written):
    """What the source does to the inputs; of several inputs, to the first."""


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """One thing that stands in the source and that a rule may ask for. `place` is where.

    The kinds, and what `shows` holds (None where the text does not tell):

    answers-argmax: an argmax over the answers of the model that this training trains. `axis`.
    argmax: an argmax over predictions. `axis`; `columns`: the width of the output they came from;
        `certain`: whether the program comes there whatever its undecided conditions are.
    backward-without-reset: a `train_step` that calls torch's `backward()` and applies the gradients, in
        a file where nothing resets one.
    callback: a callback given to fit. `name`: its class; `arguments`: pairs (name, known value);
        `hidden`: whether there are arguments that the text does not tell.
    compile-in-loop: compile in a loop that the model was not made in, with a fit in the same loop.
    fit-in-loop: fit in a loop that the model was not made in, on data that the loop makes.
        `epochs`; `folds`: whether the loop goes over the splits of a cross-validation.
    frozen-model: nothing that this model holds is trainable.
    generator-stands-still: a generator that yields the same rows in every round.
    initialiser: a layer with an initialiser of the user's choice. `layer`: its class; `activation`;
        `units`; `parameter`: "kernel" or "bias"; `name`: the initialiser's class ("Zeros",
        "Constant", "RandomNormal"...); `value`: of a Constant its value, of a RandomNormal or
        TruncatedNormal its standard deviation, of a RandomUniform its upper bound; `fan_in`: how
        many numbers a unit of a Dense layer reads.
    metrics-by-position: compile was given a list of names as its third argument by position.
        `names`: a tuple of them.
    optimizer-unused: an optimizer was made and not given to compile. `name`: its class; `used`:
        the optimizer that compile got, as written.
    precision: a global number format was set. `policy`: "float16", "mixed_float16"...
    pretrained: a model of keras.applications. `name`; `weights`: as given, "imagenet" if not;
        `preprocessed`: whether its own preprocess_input is called anywhere in the file.
    rescaling: a Rescaling layer in the model. `scale`.
    scaler-fitted-twice: one scaler was fitted again, on other data, after it had been used on the
        training data. `name`: its class.
    swapped-rows: rows of an array swapped by assignment, or shuffled by random.shuffle. `how`: the
        call or "assignment"; `array`: whether it is known to be a numpy array.
    tape-without-training: a model called inside a gradient tape without `training=True`.
        `layers`: the classes of its layers that behave otherwise in training, as a tuple.
    unfrozen-after-fit: `trainable = True` set after a fit, then fit again without compile between.
    """

    kind: str
    place: Place | None = None
    shows: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Code:
    """What was seen in the source around one training, in the order of the text."""

    sightings: tuple[Sighting, ...] = ()

    def of(self, *kinds: str) -> tuple[Sighting, ...]:
        """The sightings of these kinds."""
        return tuple(each for each in self.sightings if each.kind in kinds)


@dataclass(frozen=True, kw_only=True)
class AnswersUsed:
    """What the script does with the answers of the trained model, looked for where its output is one column.

    `largest_at` is where it takes the argmax along the columns of a row, None where not every way through
    the source does.
    """

    largest_at: Place | None = None
