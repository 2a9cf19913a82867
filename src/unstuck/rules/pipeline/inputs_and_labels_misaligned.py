"""The rule inputs-and-labels-misaligned."""

from __future__ import annotations

from typing import Any

from unstuck.evidence.facts import Operation, Place, Reference, Written, WrittenInputs, WrittenTargets
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.judgement.standing import finds_something
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.rule import cause

#: Steps that put the rows of what they are given into an order that is drawn.
_DRAWS = frozenset({"permutation", "sample", "shuffle", "train_test_split"})

#: Steps that put rows, and labels, into an order by their values. Numbers of inputs are sorted within a row.
_SORTS_ROWS = frozenset({"sort_values"})
_SORTS_LABELS = frozenset({"sort", "sort_values", "sorted"})

#: Steps that leave the order of rows as it is, whatever they make of each row.
_KEEPS = frozenset(
    {"data", "target", "values", "to_numpy", "astype", "reshape", "divide", "multiply", "subtract", "add"}
    | {"asarray", "to_categorical", "expand_dims", "fit_transform", "transform"}
)

#: How the calls are named that read rows in, or make them with their labels: what these give is followed.
_READ_IN = ("load", "read", "fetch", "make_", "genfromtxt")

#: What to do where they are no longer aligned.
_ADVICE = propose(
    "advise",
    text="Give both to one call: x_train, x_test, y_train, y_test = train_test_split(x, y), or draw one "
    "order for both: order = np.random.default_rng(0).permutation(len(x)); x, y = x[order], y[order].",
)

#: The names under which such a step is told its seed.
_SEEDS = ("random_state", "seed")


@cause(
    "inputs-and-labels-misaligned",
    certainty="suspected",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        VALIDATION_APART,
        "nothing-to-learn",
        "one-sided-validation-split",
        "overfitting",
        "signal-lost-before-fit",
        "rows-with-several-labels",
        "too-few-updates",
    ),
)
def inputs_and_labels_misaligned(
    inputs: WrittenInputs, targets: WrittenTargets, reference: Reference | None
) -> Finding | None:
    """Inputs and labels are put into two orders, so that no row stands beside its own label.

    Why it looks stuck: a shuffle or a split draws an order of the rows, and sorting makes one. Where it is
    called once for the inputs and once for the labels, or for one of the two alone, the orders are two, and
    the labels of other rows stand beside each input. There is nothing to learn from such pairs: the training
    accuracy rises by heart at most, and the validation accuracy stays at the share of the largest class.

    How it is proved: the two calls stand in the source, each with another seed. Without seeds it is
    suspected, as a seed set before each of them could still make the orders the same. Where one of the two
    alone is put into another order, and simple models find nothing in the rows as fit gets them, it is
    measured if each step of both since they were read in is known. Where they find the targets, it is not
    so.

    What to do: shuffle or split both in one call, or draw one order and take both by it.

    What decides: Print a few inputs beside their labels as fit gets them, and look them up in the raw data.
    """
    if reference is not None and finds_something(reference):
        return None  # simple models find the targets in these very rows
    pair = _apart(inputs.operations, targets.operations)
    if pair is None:
        nothing = reference is not None and bool(reference.simple)
        return _one_alone(inputs, targets) if nothing else None
    one, other = pair
    seeds = _seed(one), _seed(other)
    lines = [each.place.line for each in pair if each.place is not None]
    drawn = f" (seeds {seeds[0]} and {seeds[1]})" if None not in seeds else ""
    return Finding(
        says=f"The inputs go through {one.kind} at line {lines[0]} and the labels through one of their own "
        f"at line {lines[1]}{drawn}: two orders are drawn, and the labels no longer stand beside their rows.",
        shows={"inputs_line": lines[0], "labels_line": lines[1], "seeds": seeds},
        where=max((each.place for each in pair if each.place is not None), key=lambda place: place.line),
        certainty=Certainty.PROVED if drawn else None,
        remedies=(_ADVICE,),
    )


def _one_alone(inputs: WrittenInputs, targets: WrittenTargets) -> Finding | None:
    """What is said where one of the two alone is put into another order, or each by another kind of step.

    Of the one that is left as it is, all steps have to be known: labels that are worked out from mixed inputs
    are as mixed as these.
    """
    ours, theirs = _not_shared(
        _orders(inputs.operations, _DRAWS | _SORTS_ROWS), _orders(targets.operations, _DRAWS | _SORTS_LABELS)
    )
    kinds = {each.kind for each in ours} & {each.kind for each in theirs}
    left = [each for each, steps in ((inputs, ours), (targets, theirs)) if not steps]
    if not (ours or theirs) or kinds or not all(map(_is_followed, left)):
        return None
    told = [
        f"the {what} are put into another order at line {steps[-1].place.line} ({steps[-1].kind})"
        for what, steps in (("inputs", ours), ("labels", theirs))
        if steps and steps[-1].place is not None
    ]
    alone = "" if ours and theirs else f", and the {'labels' if ours else 'inputs'} are not"
    said = " and ".join(told) + alone
    last = (theirs or ours)[-1]
    return Finding(
        says=f"{said[0].upper()}{said[1:]}: then no row stands beside its own label, and simple models find "
        "nothing in these rows.",
        shows={"inputs": [each.kind for each in ours], "labels": [each.kind for each in theirs]},
        where=last.place,
        # All that was done to both since they were read in is known: no other order came to them.
        certainty=Certainty.MEASURED if all(map(_is_known, (inputs, targets))) else None,
        remedies=(_ADVICE,),
    )


def _apart(
    inputs: tuple[Operation, ...], targets: tuple[Operation, ...]
) -> tuple[Operation, Operation] | None:
    """The steps by which inputs and targets are ordered each for itself, None where no such two are known."""
    ours, theirs = _not_shared(_orders(inputs, _DRAWS), _orders(targets, _DRAWS))
    if len(ours) != 1 or len(theirs) != 1 or ours[0].kind != theirs[0].kind:
        return None
    seeds = _seed(ours[0]), _seed(theirs[0])
    return None if None not in seeds and seeds[0] == seeds[1] else (ours[0], theirs[0])


def _not_shared(ours: list[Operation], theirs: list[Operation]) -> tuple[list[Operation], list[Operation]]:
    """The steps of each that the other did not go through at the same place."""
    shared = {each.place for each in ours} & {each.place for each in theirs}
    return [each for each in ours if each.place not in shared], [
        each for each in theirs if each.place not in shared
    ]


def _is_followed(written: Written) -> bool:
    """Whether all that was done to rows since they were read in is known."""
    made_anew = any(each.kind == "array" for each in written.operations)
    return written.origin.rpartition(".")[2].startswith(_READ_IN) and not made_anew


def _is_known(written: Written) -> bool:
    """Whether each step since the rows were read in puts them into an order that is told, or keeps it."""
    told = _DRAWS | _SORTS_LABELS | _KEEPS
    return _is_followed(written) and all(each.kind in told or _is_part(each) for each in written.operations)


def _is_part(step: Operation) -> bool:
    """Whether a step takes a part of what a call gave, by its number, or a column, by its name."""
    by_name = isinstance(step.value, str) and step.value[:1] in ("'", '"')
    return step.kind == "take" and (isinstance(step.value, int) or by_name)


def _orders(steps: tuple[Operation, ...], kinds: frozenset[str]) -> list[Operation]:
    """The steps of these kinds that change the order of rows, those at a known place."""
    named = [each for each in steps if each.kind in kinds and each.place is not None]
    return [each for each in named if each.arguments.get("shuffle", True) is not False]


def _seed(step: Operation) -> Any:
    """The seed that a step is given, None where none is known."""
    return next((step.arguments[name] for name in _SEEDS if step.arguments.get(name) is not None), None)


def _split(line: int, seed: int | None = None, **given: Any) -> tuple[Operation, ...]:
    arguments: dict[str | int, Any] = {"random_state": seed}
    arguments.update(given.items())
    place = Place(file="train.py", line=line)
    return (Operation(kind="train_test_split", value="train", arguments=arguments, place=place),)


inputs_and_labels_misaligned.fires(
    WrittenInputs(operations=_split(4, 1)), WrittenTargets(operations=_split(5, 2))
)
inputs_and_labels_misaligned.fires(WrittenInputs(operations=_split(4)), WrittenTargets(operations=_split(5)))
inputs_and_labels_misaligned.quiet(  # one call for both
    WrittenInputs(operations=_split(4, 1)), WrittenTargets(operations=_split(4, 1))
)
inputs_and_labels_misaligned.quiet(  # the same seed makes the same order
    WrittenInputs(operations=_split(4, 1)), WrittenTargets(operations=_split(5, 1))
)
inputs_and_labels_misaligned.quiet(
    WrittenInputs(operations=_split(4, shuffle=False)), WrittenTargets(operations=_split(5, shuffle=False))
)
inputs_and_labels_misaligned.quiet(  # simple models find the targets in these rows
    WrittenInputs(operations=_split(4)),
    WrittenTargets(operations=_split(5)),
    Reference(network=0.5, trivial=(("always the mean", 0.5),), simple=(("trees", 0.9),), p_value=0.005),
)


def _step(kind: str, line: int) -> tuple[Operation, ...]:
    return (Operation(kind=kind, place=Place(file="train.py", line=line)),)


_NOTHING = Reference(network=0.1, trivial=(("always 3", 0.1),), simple=(("trees", 0.11),), p_value=0.4)

inputs_and_labels_misaligned.fires(
    WrittenInputs(operations=_step("permutation", 7)), WrittenTargets(origin="numpy.load"), _NOTHING
)
inputs_and_labels_misaligned.fires(
    WrittenInputs(origin="sklearn.datasets.load_digits"),
    WrittenTargets(operations=_step("sort", 7)),
    _NOTHING,
)
inputs_and_labels_misaligned.quiet(  # ranks, and numbers sorted within a row: no other order of rows
    WrittenInputs(operations=(*_step("argsort", 9), *_step("sort", 10))),
    WrittenTargets(origin="numpy.load"),
    _NOTHING,
)
inputs_and_labels_misaligned.quiet(  # one order for both
    WrittenInputs(operations=_step("permutation", 7)),
    WrittenTargets(operations=_step("permutation", 7)),
    _NOTHING,
)
inputs_and_labels_misaligned.quiet(  # nothing was measured
    WrittenInputs(operations=_step("permutation", 7)), WrittenTargets(origin="numpy.load")
)
inputs_and_labels_misaligned.quiet(  # the labels may be worked out from the mixed inputs
    WrittenInputs(operations=_step("permutation", 7)), WrittenTargets(), _NOTHING
)
