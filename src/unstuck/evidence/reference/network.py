"""The trained network's own answers to the rows that it is judged on: asked once, nothing written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from unstuck.evidence.passes import run_pass, short
from unstuck.evidence.probe import Probe, state_of
from unstuck.evidence.sample import Sample
from unstuck.watch.backend import backend
from unstuck.watch.unseen import unseen


@dataclass(frozen=True)
class Answered:
    """Rows by number, in their order, with the network's answers, targets and masks by output name.

    `outputs` is empty where the network could not be asked; `why` then says so.
    """

    rows: np.ndarray
    outputs: Mapping[str, np.ndarray]
    masks: Mapping[str, np.ndarray]
    why: str = ""


def ask(
    model: Any,
    sample: Sample,
    names: Sequence[str],
    last_weights: Sequence[np.ndarray] | None,
    seconds: float,
) -> Answered:
    """Answer the sample's rows in inference mode, for about so many seconds beyond what compiling takes.

    Args:
        model: the live model, right after its fit.
        sample: the rows.
        names: the names of its outputs.
        last_weights: the last weights that were seen, for a model whose own are lost.
        seconds: how long it may take; at least one batch is answered.
    """
    everything = np.sort(np.concatenate(sample.indices)) if sample.indices else np.array([], np.int64)
    if not getattr(model, "built", False):
        return Answered(everything, {}, {}, "the model was never built")
    adapter = backend()
    try:
        with unseen(model):
            return _asked(Probe(model, adapter, names), sample, last_weights, seconds)
    except Exception as error:  # a user's model may take other arguments than a batch of inputs
        return Answered(everything, {}, {}, f"the network could not be asked ({short(error)})")


def _asked(
    probe: Probe, sample: Sample, last_weights: Sequence[np.ndarray] | None, seconds: float
) -> Answered:
    state = state_of(probe.model, probe.backend) or (
        state_of(probe.model, probe.backend, last_weights) if last_weights is not None else None
    )
    if state is None:
        raise ValueError("its weights were lost when the training step raised")
    function = probe.forward()
    passed = run_pass(lambda batch: probe.answer(function, state, batch, losses=False), sample, seconds)
    rows = np.concatenate([batch.rows for batch in passed.batches])
    order = np.argsort(rows, kind="stable")
    masks = {name: passed.mask(name) for name in passed.names}
    return Answered(
        rows[order],
        {name: passed.outputs(name)[order] for name in passed.names},
        {name: mask[order] for name, mask in masks.items() if mask is not None},
    )
