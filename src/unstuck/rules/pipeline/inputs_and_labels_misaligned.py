"""The rule inputs-and-labels-misaligned."""

from __future__ import annotations

from typing import Any

from unstuck.evidence.facts import Operation, Place, Reference, WrittenInputs, WrittenTargets
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.judgement.standing import finds_something
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.rule import cause

#: Steps that put the rows of what they are given into an order that is drawn.
_DRAWS = frozenset({"permutation", "sample", "shuffle", "train_test_split"})

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
        "overfitting",
        "signal-lost-before-fit",
        "rows-with-several-labels",
    ),
)
def inputs_and_labels_misaligned(
    inputs: WrittenInputs, targets: WrittenTargets, reference: Reference | None
) -> Finding | None:
    """Inputs and labels are put into two orders, so that no row stands beside its own label.

    Why it looks stuck: a shuffle or a split draws an order of the rows. Where it is called once for the
    inputs and once for the labels, the orders are two, and the labels of other rows stand beside each input.
    There is nothing to learn from such pairs: the training accuracy rises by heart at most, and the
    validation accuracy stays at the share of the largest class.

    How it is proved: the two calls stand in the source, each with another seed. Without seeds it is
    suspected, as a seed set before each of them could still make the orders the same. Where simple models
    find the targets in the rows, it is not so.

    What to do: shuffle or split both in one call, or draw one order and take both by it.

    What decides: Print a few inputs beside their labels as fit gets them, and look them up in the raw data.
    """
    if reference is not None and finds_something(reference):
        return None  # simple models find the targets in these very rows
    pair = _apart(inputs.operations, targets.operations)
    if pair is None:
        return None
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
        remedies=(
            propose(
                "advise",
                text="Give both to one call: x_train, x_test, y_train, y_test = train_test_split(x, y), or "
                "draw one order for both: order = np.random.default_rng(0).permutation(len(x)); x, y = "
                "x[order], y[order].",
            ),
        ),
    )


def _apart(
    inputs: tuple[Operation, ...], targets: tuple[Operation, ...]
) -> tuple[Operation, Operation] | None:
    """The steps by which inputs and targets are ordered each for itself, None where no such two are known."""
    ours, theirs = (
        [each for each in steps if each.kind in _DRAWS and each.place is not None and _mixes(each)]
        for steps in (inputs, targets)
    )
    places = {each.place for each in ours} & {each.place for each in theirs}
    ours, theirs = ([each for each in steps if each.place not in places] for steps in (ours, theirs))
    if len(ours) != 1 or len(theirs) != 1 or ours[0].kind != theirs[0].kind:
        return None
    seeds = _seed(ours[0]), _seed(theirs[0])
    return None if None not in seeds and seeds[0] == seeds[1] else (ours[0], theirs[0])


def _mixes(step: Operation) -> bool:
    """Whether a step changes the order of rows."""
    return step.arguments.get("shuffle", True) is not False


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
