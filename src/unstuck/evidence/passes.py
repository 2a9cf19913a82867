"""One pass of a live model over the batches of a sample, within its share of the time."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from unstuck.evidence.activity import LayerWatch, summarise
from unstuck.evidence.probe import BatchAnswer, Probe, State
from unstuck.evidence.sample import Batch, Sample

#: Bytes of all layers' outputs on one batch that are looked at.
_WATCHED_BYTES = 32 << 20

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class ModelRaisesError(Exception):
    """The model itself raises an error when it is asked for nothing but its answers; the text says which."""


@dataclass(frozen=True)
class Pass:
    """The answers on some batches, which are equally large.

    `first` is the seconds of the first batch, compilation included, `step` those of a later one.
    """

    answers: Sequence[BatchAnswer]
    batches: Sequence[Batch]
    first: float = 0.0
    step: float = 0.0

    @property
    def compiling(self) -> float:
        """Seconds that the first batch took longer than a later one."""
        return max(0.0, self.first - self.step)

    @property
    def names(self) -> tuple[str, ...]:
        """The outputs that answered."""
        return tuple(self.answers[0].outputs)

    @property
    def has_losses(self) -> bool:
        """Whether the user's loss could be computed."""
        return bool(self.answers[0].losses)

    def outputs(self, name: str, most: int | None = None) -> np.ndarray:
        """The answers of one output, of the first `most` batches."""
        return np.concatenate([answer.outputs[name] for answer in self.answers[:most]])

    def mask(self, name: str, most: int | None = None) -> np.ndarray | None:
        """The mask of one output's steps, None without one."""
        parts = [answer.masks[name] for answer in self.answers[:most] if name in answer.masks]
        return np.concatenate(parts) if parts else None

    def loss(self, name: str) -> float | None:
        """The mean loss of one output."""
        values = [answer.losses[name] for answer in self.answers if name in answer.losses]
        return float(np.mean(values)) if values else None

    @property
    def penalty(self) -> float:
        """The mean sum of penalties."""
        return float(np.mean([answer.penalty for answer in self.answers]))


def run_pass(
    answer: Callable[[Batch], BatchAnswer], sample: Sample, share: float, most: int | None = None
) -> Pass:
    """Answer batches of the sample: at least one, at most `most`, for about `share` seconds.

    The time that the first batch takes to compile is not counted in the share.
    """
    first = step = spent = 0.0
    answers: list[BatchAnswer] = []
    batches: list[Batch] = []
    for number in range(len(sample.indices[:most])):
        # The second batch is tried when the first alone was quick, or was mostly compilation.
        if number and spent + step > share:
            break
        began, batch = time.perf_counter(), sample.batch(number)
        answers.append(answer(batch))
        batches.append(batch)
        took = time.perf_counter() - began
        if number == 0:
            first = took
        else:
            step = took if number == 1 else min(step, took)
            spent = step * (number + 1)
    return Pass(answers, batches, first, step if len(answers) > 1 else first)


@dataclass
class Forward:
    """A function of a model in inference mode, made as rich as the model allows.

    `watch` has seen the layers, None when it was in the way; `losses` says whether the loss can be
    computed. `reasons` says why not, by what is missing ("activity", "loss"). `summaries` are those
    of the watched layers' outputs, by batch.
    """

    probe: Probe
    watch: LayerWatch | None = None
    losses: bool = True
    reasons: dict[str, str] = field(default_factory=dict)
    summaries: list[list[dict[str, np.ndarray]]] = field(default_factory=list)
    _function: Callable[..., dict[str, object]] | None = None

    def answer(self, state: State, batch: Batch, summed_up: bool = False) -> BatchAnswer:
        """Answer a batch. The first one finds out what can be had along with the outputs.

        With `summed_up` the layers' outputs are added to `summaries`.
        """
        if self._function is None:
            answer = self._first(state, batch)
        else:
            answer = self.probe.answer(self._function, state, batch, self.losses, summed_up)
        if summed_up and self.watch is not None:
            both = zip(self.watch.layers, answer.activity, strict=True)
            self.summaries.append([summarise(layer, values) for layer, values in both])
        return replace(answer, activity=())

    def _first(self, state: State, batch: Batch) -> BatchAnswer:
        """Find the richest function that works, and answer with it."""
        each = _WATCHED_BYTES // max(1, len(list(self.probe.model._flatten_layers())))
        failures: dict[tuple[bool, bool], Exception] = {}
        for watched, losses in ((True, True), (False, True), (True, False), (False, False)):
            seen: list[LayerWatch] = []

            def watch(most: int = each if watched else 0, seen: list[LayerWatch] = seen) -> LayerWatch:
                seen.append(LayerWatch(most))
                return seen[-1]

            function = self.probe.forward(watch=watch)
            try:
                answer = self.probe.answer(function, state, batch, losses, activity=True)
            except Exception as error:  # users' losses and layers may raise, as they may have in fit
                failures[watched, losses] = error
                continue
            self._function, self.losses = function, losses and batch.y is not None
            self.watch = seen[-1]
            self._explain(watched, losses, failures)
            return answer
        raise ModelRaisesError(short(failures[False, False]))

    def _explain(self, watched: bool, losses: bool, failures: dict[tuple[bool, bool], Exception]) -> None:
        """Say what is missing, from the first way that failed."""
        if not watched:
            self.reasons["activity"] = f"the layers could not be watched ({short(failures[True, losses])})"
        if not losses:
            self.reasons["loss"] = f"the loss raised on these rows ({short(failures[watched, True])})"


def short(error: BaseException) -> str:
    """An error's type and first line that tells something; Keras wraps what a layer raises."""
    text = _COLOURS.sub("", str(error))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and lines[0].startswith("Exception encountered when calling"):
        lines = lines[1:]
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__
