"""What constant-inputs sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Operation, WrittenInputs
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.inputs.constant_inputs import constant_inputs

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
        "every "
        "row, and the model sees the same everywhere.",
        shows={"divisor": by},
        where=at.place,
        remedies=(propose("advise", text='Keep the fractions: divide with / and cast to "float32".'),),
    )


def _is_byte(step: Operation) -> bool:
    """Whether a step divides by the largest byte, or by their number: ids are divided by other numbers."""
    return step.value in (255, 256)


_DIVIDE = Operation(kind="divide", value=255)
in_source.fires(WrittenInputs(operations=(_DIVIDE, Operation(kind="astype", value="uint8"))))
in_source.fires(WrittenInputs(operations=(Operation(kind="floor-divide", value=255),)))
in_source.quiet(WrittenInputs(operations=(Operation(kind="floor-divide", value=80),)))  # a number of ids
in_source.quiet(WrittenInputs(operations=(Operation(kind="astype", value="uint8"), _DIVIDE)))
in_source.quiet(WrittenInputs(operations=(_DIVIDE, Operation(kind="astype", value="float32"))))
