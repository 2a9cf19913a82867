"""The rule constant-inputs."""

from __future__ import annotations

from unstuck.evidence.facts import Input, Inputs, Labels, Layer, Model, Operation, WrittenInputs
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause

ADVICE = (
    "Print some input rows just before fit; divide by 255.0 instead of 255, and cast before dividing, not "
    "after."
)


@cause(
    "constant-inputs",
    certainty="proved",
    impact="blocks",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        "class-imbalance",
        "dead-relu",
        "decisions-do-not-change",
        "ids-outside-embedding",
        "saturated-divergence",
        "vanishing-gradient",
    ),
    blames=("fit.x",),
)
def constant_inputs(inputs: Inputs, labels: Labels | None, model: Model | None) -> Finding | None:
    """All input rows are the same.

    Why it looks stuck: equal inputs get equal predictions. The best that any model can do is to answer the
    average. An integer division by 255, or a cast to whole numbers after scaling, makes every picture black.

    How it is proved: the rows that were looked at do not differ in any value, and their targets do. (Where
    the targets are the same in every row as well, the input may be meant so: a query to learned weights.)

    What to do: print some rows just before fit, and go back to where they were still different.

    What decides: Print x.std(axis=0).max(); 0 says yes.
    """
    if not inputs.rows_alike:
        return None
    if labels is not None and labels.rows_alike:
        return None
    if model is not None and any(layer.stateful for layer in model.layers):
        return None  # what a row gets depends on the rows before it as well
    # A layer of the user's own may draw what tells the rows apart.
    own = model is not None and any(layer.custom for layer in model.layers)
    first, rows = inputs.training[0], min(each.count for each in inputs.training)
    values = f"every value is {first.minimum:.4g}" if first.std == 0 else "every row holds the same values"
    return Finding(
        says=f"All {rows:,} input rows that were looked at are the same: {values}. Equal inputs get equal "
        "predictions, whatever the weights.",
        shows={"rows": rows, "std": first.std, "distinct_rows": first.distinct_rows},
        where=first.place,
        certainty=None if labels is not None and not own else Certainty.SUSPECTED,
        remedies=(propose("advise", text=ADVICE),),
    )


constant_inputs.fires(Inputs(training=(Input(shape=(28, 28), count=1000, std=0.0, distinct_rows=0.001),)))
constant_inputs.fires(Inputs(training=(Input(shape=(8,), count=1000, std=1.0, distinct_rows=0.001),)))
constant_inputs.quiet(Inputs(training=(Input(shape=(8,), count=1000, std=1.0, distinct_rows=0.4),)))
constant_inputs.quiet(  # a constant beside a real input
    Inputs(
        training=(Input(shape=(8,), count=1000), Input(shape=(1,), count=1000, std=0.0, distinct_rows=0.001))
    )
)
constant_inputs.quiet(  # a state that goes on from batch to batch tells equal rows apart
    Inputs(training=(Input(shape=(8,), count=1000, std=1.0, distinct_rows=0.001),)),
    Labels.of([0, 1] * 20),
    Model(layers=(Layer(kind="LSTM", units=8, stateful=True),)),
)
constant_inputs.quiet(  # a query on purpose: what differs is asked of each position, not of the rows
    Inputs(training=(Input(shape=(12,), count=1000, std=1.0, distinct_rows=0.001),)),
    Labels.of([[0.1, 0.5, 0.9]] * 20),
)


#: From this divisor on, inputs are meant to end between 0 and 1.
_TO_ONE = 16.0


@constant_inputs.in_source("suspected")
def in_source(inputs: WrittenInputs) -> Finding | None:
    """Inputs divided down to 0..1 and then made whole numbers, or divided without a remainder."""
    whole = next(
        (each for each in inputs.operations[::-1] if each.kind == "floor-divide" and _is_byte(each)), None
    )
    divided = inputs.last("divide")
    at = whole
    if whole is None and divided is not None:
        after = inputs.operations[inputs.operations.index(divided) + 1 :]
        at = next(
            (each for each in after if each.kind in ("astype", "cast") and "int" in str(each.value)), None
        )
    by = (whole or divided or Operation(kind="")).value
    if at is None or not isinstance(by, (int, float)) or by < _TO_ONE:
        return None
    return Finding(
        says=f"The inputs are divided by {by:g} and become whole numbers: what was below {by:g} is 0 in "
        "every row, and the model sees the same everywhere.",
        shows={"divisor": by},
        where=at.place,
        remedies=(propose("advise", text='Keep the fractions: divide with / and cast to "float32".'),),
    )


def _is_byte(step: Operation) -> bool:
    """Whether a step divides by the largest byte, or by their number: ids are divided by other numbers."""
    return step.value in (255, 256)


in_source.fires("""
model = keras.Sequential([layers.Dense(1)])
model.compile("adam", "mse")
model.fit((x / 255).astype("uint8"), y)
""")
in_source.fires("""
model = keras.Sequential([layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x // 255, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Embedding(10, 4), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x // 80, y)  # a number of ids
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x.astype("uint8") / 255, y)
""")
in_source.quiet("""
model = keras.Sequential([layers.Dense(1)])
model.compile("adam", "mse")
model.fit((x / 255).astype("float32"), y)
""")
