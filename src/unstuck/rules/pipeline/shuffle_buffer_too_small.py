"""The rule shuffle-buffer-too-small."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Operation, WrittenInputs
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.families import DIVERGES, LEARNS_LITTLE, VALIDATION_APART
from unstuck.rules.rule import cause

#: A buffer of b batches mixes each batch from about b neighbouring ones. With ten classes in the order of
#: the file, under ten batches can hold nothing but one class or two.
FEWEST_BATCHES = 10

#: Steps before which, or among which, the rows have been put in a random order already.
_MIXED = frozenset({"permutation", "permute", "train_test_split", "sample"})

#: Steps after which the rows are in an order that has to do with what they are: sorted, or part by part.
#: `repeat` is none: a pipeline's starts the same rows again, an array's mostly fills up channels.
_BY_CLASS = frozenset({"argsort", "concat", "concatenate", "lexsort", "sort", "sort_values", "vstack"})

#: The axis along which rows are put in order; along any other one, each row stays where it is.
_ROWS = (None, 0, "index", "rows")


@cause(
    "shuffle-buffer-too-small",
    certainty="suspected",
    impact="harms",
    explains=(
        LEARNS_LITTLE,
        DIVERGES,
        VALIDATION_APART,
        "beaten-by-simple-model",
        "predictions-one-class",
        "learning-rate-too-high",
        "one-class-batches",
        "overfitting",
    ),
)
def shuffle_buffer_too_small(written: WrittenInputs, fit: Fit | None) -> Finding | None:
    """The shuffle buffer of a tf.data pipeline is too small to mix the rows.

    Why it looks stuck: `shuffle(n)` draws each row from the next n rows alone. In a file that is sorted by
    class a small buffer leaves batches of one class or two, and each undoes the last. After `batch` it mixes
    whole batches, whose rows stay together in the order of the file.

    How it is proved: the buffer and the batch size stand in the source, and so does a step that puts the rows
    in an order (sorted, or one part after the other). It matters where the order of the
    rows has to do with the labels; rows in random order need no shuffling.

    What to do: a buffer as large as the data, before `batch`; where they are too large for it, put the rows
    in random order when the files are written.

    What decides: Compare the buffer with the number of rows; under a tenth of sorted data says yes.
    """
    steps = _since_unbatched(written.operations)
    if not any(_orders_rows(step) for step in written.operations):
        return None  # nothing here says that the rows are in any order
    batch = next((index for index, step in enumerate(steps) if step.kind == "batch"), None)
    if batch is None or any(step.kind in _MIXED for step in steps):
        return None
    before = [step for step in steps[:batch] if step.kind == "shuffle"]
    after = [step for step in steps[batch:] if step.kind == "shuffle" and _number(step, "buffer_size")]
    size = _number(steps[batch], "batch_size")
    if not before and after:
        return _after_batch(after[0], size)
    buffers = [_number(step, "buffer_size") for step in before]
    known = [buffer for buffer in buffers if buffer]
    if len(known) != len(buffers) or not known or not size:
        return None  # a shuffle without a buffer mixes all rows
    buffer = max(known)
    if buffer >= FEWEST_BATCHES * size or (fit is not None and fit.rows is not None and buffer >= fit.rows):
        return None
    return Finding(
        says=f"The shuffle buffer holds {buffer:,} rows, {buffer / size:.2g} batches of {size:,}: each batch "
        "is drawn from the rows next to it. If the rows are in the order of their labels, batches hold "
        "hardly more than one class.",
        shows={"buffer": buffer, "batch_size": size, "bound": FEWEST_BATCHES * size},
        where=before[buffers.index(buffer)].place,
        remedies=(
            propose("advise", text="Give shuffle a buffer as large as the data (the number of rows)."),
        ),
    )


def _orders_rows(step: Operation) -> bool:
    """Whether rows stand in an order after this step: columns put side by side give them none."""
    return step.kind in _BY_CLASS and step.arguments.get("axis") in _ROWS


def _since_unbatched(steps: tuple[Operation, ...]) -> tuple[Operation, ...]:
    """The steps after the last one that takes batches apart again."""
    apart = [place for place, step in enumerate(steps) if step.kind == "unbatch"]
    return steps[apart[-1] + 1 :] if apart else steps


def _after_batch(step: Operation, size: int | None) -> Finding:
    """A shuffle that comes when the batches are made."""
    rows = f"{size:,} rows" if size else "its rows"
    return Finding(
        says=f"shuffle comes after batch: it mixes whole batches, and each holds the same {rows}, neighbours "
        "in the file, in every epoch. If the rows are in the order of their labels, batches hold hardly more "
        "than one class.",
        shows={"batch_size": size, "order": "batch, shuffle"},
        where=step.place,
        remedies=(
            propose("advise", text="Put shuffle before batch, with a buffer as large as the data in rows."),
        ),
    )


def _number(step: Operation, name: str) -> int | None:
    """An argument of a pipeline step by name, or its first one; None where it is not known."""
    value = step.arguments.get(name, step.arguments.get(0, step.value))
    return (
        int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0 else None
    )


def _pipeline(*steps: tuple[str, int | None]) -> WrittenInputs:
    return WrittenInputs(
        origin="tensorflow.data.Dataset.from_tensor_slices",
        operations=(
            Operation(kind="argsort"),
            *(Operation(kind=kind, value=value) for kind, value in steps),
        ),
    )


shuffle_buffer_too_small.fires(_pipeline(("shuffle", 100), ("batch", 32)))
shuffle_buffer_too_small.fires(_pipeline(("batch", 32), ("shuffle", 1000)))
shuffle_buffer_too_small.quiet(_pipeline(("shuffle", 10000), ("batch", 32)))
shuffle_buffer_too_small.quiet(_pipeline(("shuffle", 100), ("batch", 32)), Fit(data="tf.data", rows=100))
shuffle_buffer_too_small.quiet(_pipeline(("shuffle", None), ("batch", 32)))
shuffle_buffer_too_small.quiet(_pipeline(("batch", 32)))
shuffle_buffer_too_small.quiet(_pipeline(("permutation", None), ("shuffle", 100), ("batch", 32)))
shuffle_buffer_too_small.quiet(_pipeline(("shuffle", None), ("batch", 32), ("shuffle", 100)))
shuffle_buffer_too_small.quiet(_pipeline(("batch", 32), ("unbatch", None), ("shuffle", 1000), ("batch", 32)))
shuffle_buffer_too_small.quiet(  # nothing says that the file is in any order
    WrittenInputs(operations=(Operation(kind="shuffle", value=100), Operation(kind="batch", value=32)))
)
shuffle_buffer_too_small.quiet(  # columns side by side
    WrittenInputs(
        operations=(
            Operation(kind="concatenate", arguments={"axis": 1}),
            Operation(kind="shuffle", value=100),
            Operation(kind="batch", value=32),
        )
    )
)
shuffle_buffer_too_small.quiet(  # the same rows again
    WrittenInputs(
        operations=(
            Operation(kind="repeat", value=5),
            Operation(kind="shuffle", value=100),
            Operation(kind="batch", value=32),
        )
    )
)
