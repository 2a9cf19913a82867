"""Whether a model still answers rows of earlier fits, which it answered when their fit ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from unstuck.evidence.class_numbers import class_numbers
from unstuck.evidence.decisions import Answers, task_of
from unstuck.evidence.facts import Evidence, Forgotten
from unstuck.evidence.probe import Probe, State, state_of
from unstuck.evidence.sample import Batch, leaves, samples
from unstuck.watch.backend import backend
from unstuck.watch.observation import Observation

#: Models whose weights take more bytes are not kept as they were.
_MOST_BYTES = 16 * 2**20


@dataclass(frozen=True)
class RowsThen:
    """Some rows of an ended fit, spread over all of them, and the weights that it ended with."""

    batch: Batch
    weights: Sequence[np.ndarray]

    @property
    def nbytes(self) -> int:
        """Bytes that it holds."""
        return sum(each.nbytes for each in (*leaves((self.batch.x, self.batch.y)), *self.weights))


def kept_of(seen: Observation, evidence: Evidence) -> RowsThen | None:
    """What is kept of a fit with one output, None of all others and of large models."""
    import keras

    heads = {output.name: output.head for output in evidence.outputs if output.head is not None}
    held = seen.model.weights
    size = sum(4 * int(np.prod(each.shape)) for each in held)
    if seen.training is None or len(heads) != 1 or len(evidence.outputs) != 1 or size > _MOST_BYTES:
        return None
    own = Probe(seen.model, backend(), tuple(heads)).batch_size
    sample, _ = samples(seen.training, None, heads, keras.config.floatx(), own)
    if not sample.indices or not leaves(seen.training.y):
        return None
    return RowsThen(sample.batch(0), [backend().to_numpy(each.value) for each in held])


def ask_what_is_forgotten(
    model: Any, evidence: Evidence, kept: Sequence[RowsThen], fits: int
) -> Forgotten | None:
    """Answer the rows that were kept with the weights of then and with those of now.

    None where they are no classes, or the model cannot be asked. The model is left as it is.
    """
    output = evidence.outputs[0]
    probe = Probe(model, backend(), (output.name,))
    function, now = probe.forward(), state_of(model, probe.backend)
    targets = np.concatenate([np.asarray(leaves(each.batch.y)[0]) for each in kept])
    classes = class_numbers(targets)
    states = [state_of(model, probe.backend, each.weights) for each in kept]
    if classes is None or now is None:
        return None

    def hits(given: Sequence[State | None]) -> np.ndarray | None:
        answered = [
            probe.answer(function, state, each.batch, losses=False).outputs[output.name]
            for state, each in zip(given, kept, strict=True)
            if state is not None
        ]
        outputs = np.concatenate(answered) if len(answered) == len(kept) else np.empty(0)
        if len(outputs) != len(targets):
            return None
        task = task_of(outputs, targets, output.head, output.loss)
        found = Answers.of(task, outputs, targets).hits
        return found if found is not None and found.shape == classes.shape else None

    then, today = hits(states), hits([now] * len(kept))
    if then is None or today is None:
        return None
    return Forgotten(
        rows=len(then),
        then=int(then.sum()),
        now=int(today.sum()),
        lost=int((then & ~today).sum()),
        gained=int((today & ~then).sum()),
        majority=int(np.unique(classes, return_counts=True)[1].max()),
        fits=fits,
    )
