"""Gradients on as many rows as what is left of an examination's time allows."""

from __future__ import annotations

from collections.abc import Mapping

from unstuck.evidence.activity import TimePoint, read_gradients
from unstuck.evidence.facts import Gradients
from unstuck.evidence.notes import Notes
from unstuck.evidence.passes import Pass
from unstuck.evidence.probe import Clock, Probe, State

#: Rows of the gradients: their compiled function and memory are several times those of a forward pass.
_ROWS = 64

#: A gradient function against a forward one: seconds to compile (measured 2 to 3, by the network),
#: and to run on half as many rows.
_COMPILE, _RUN = 2.5, 2.0

#: Rows that tell how long more rows would take.
_PILOT_ROWS = 4

#: How many times dearer a row may become when there are more of them (memory leaves the caches).
_PILOT_CAUTION = 4.0


def gradients_in_time(
    probe: Probe,
    state: State,
    passed: Pass,
    weights: Mapping[str, float],
    point: TimePoint | None,
    clock: Clock,
    notes: Notes,
) -> Gradients | None:
    """The gradients of the training loss on rows that were passed; None, with a note, where time is short.

    Args:
        probe: the model.
        state: its weights.
        passed: a forward pass, which tells what rows cost.
        weights: the loss weight by output; 1 where it is missing.
        point: where to take the gradient by time step, None for nowhere.
        clock: the time that is left.
        notes: what could not be had, and why.
    """
    whole = passed.batches[0]
    rows = probe.batch_size or min(_ROWS, len(whole.rows))

    def read(rows: int) -> Gradients | None:
        batch = whole.thinned(rows)
        return notes.attempt(
            "gradients", lambda: read_gradients(probe, state, batch, weights, point), "Gradients"
        )

    if probe.backend.name != "torch":
        if clock.left < _COMPILE * passed.compiling + _RUN * passed.step:
            notes.short_of_time(clock.seconds, "Gradients")
            return None
        return read(rows)
    # Backward through time steps grows faster than the rows on torch: a few rows tell what more take.
    before, few = clock.left, probe.batch_size or min(_PILOT_ROWS, rows)
    if before < _RUN * passed.step:
        notes.short_of_time(clock.seconds, "Gradients")
        return None
    pilot = read(few)
    dear = _PILOT_CAUTION * (before - clock.left) / few
    affordable = min(rows, int(clock.left / max(dear, 1e-9)))
    return pilot if pilot is None or affordable < 2 * few else read(affordable)
