"""Vital signs of one fit: what is seen at steps 1, 2, 4, 8, ... and once an epoch, and what is kept of it."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from unstuck.evidence.facts import Step
from unstuck.watch.backend import LiveTensors, backend
from unstuck.watch.batch_losses import BatchLosses
from unstuck.watch.pairs import Pairs, nbytes, positions

#: What watching may hold in memory: half for two copies of the weights, half for a pair of snapshots.
MEMORY = 64 * 2**20

#: Epochs up to which each one is looked at; beyond it every 2nd, 4th, ... as they double.
_EVERY_EPOCH = 64

#: Seconds that it takes Keras to call our hooks beside a step, which no hook can time: with hooks that do
#: nothing, epochs of two steps take some 15 microseconds more.
_CALLED = 5e-6

#: A mean loss so many times the lowest one is news at once, and again so many times beyond.
_NEWS = 10.0


@dataclass(frozen=True, kw_only=True)
class VitalSigns:
    """What the callback saw of one fit.

    `pairs` are the steps that were looked at, `watched` the paths of the variables in the order of
    their tuples (a part of them for large models). `epochs` is Keras's history. `batch_losses` are
    losses of every `batch_stride`-th batch over all epochs. `updates` counts optimizer steps,
    `updates_before` those done before this fit, `steps_seen` batches. `initial_weights` and
    `last_weights` are copies in the order of
    `model.weights`, None beyond the memory limit; `initial_after` is the number of updates done before
    the first could be read (0, or 1 where TensorFlow builds the model in its first step).
    `last_weights` are the latest that could be read, finite or not. `errors` are (hook, text).
    `seconds` is the CPU time of all hooks and of their calls, `worked` the seconds of the fit in which it did
    not wait for a processor that other programs had.
    """

    pairs: tuple[Step, ...] = ()
    watched: tuple[str, ...] = ()
    epochs: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    batch_losses: tuple[float, ...] = ()
    batch_stride: int = 1
    updates: int = 0
    updates_before: int = 0
    initial_weights: list[np.ndarray] | None = None
    initial_after: int = 0
    last_weights: list[np.ndarray] | None = None
    learning_rate_first: float | None = None
    epochs_done: int = 0
    steps_seen: int = 0
    steps_per_epoch: int | None = None
    errors: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    worked: float = 0.0


class Recorder:
    """What the callback remembers of one fit; the hooks below are its only callers."""

    def __init__(self, model: Any, budget: float, planned_steps: int | None) -> None:
        self.model, self.budget, self.steps_per_epoch = model, budget, planned_steps
        self.losses = BatchLosses()
        #: Batches with the mean loss that was logged after each. They come from other threads on JAX and
        #: torch, and wait for the main one: two threads at work on them would wait for each other.
        self.arrived: deque[tuple[int, Any]] = deque()
        self.epochs: dict[str, list[float]] = {}
        self.epochs_done = self.before = self.in_epoch = self.calls = 0
        self.initial: list[np.ndarray] | None = None
        self.last: list[np.ndarray] | None = None
        self.initial_after = 0
        self.rate_first: float | None = None
        self.seconds = 0.0
        self._adapter = backend()
        self._pairs = Pairs(model, self._adapter, MEMORY // 2)
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        self._cost = 0.0
        self._due, self._doubled = False, 1
        self._per_call = int(getattr(model, "steps_per_execution", 1) or 1)
        self._batch_rows: float | None = None
        self._epoch_rows: float | None = None
        self._rows_at: list[int] | None = None
        self._rows_of: dict[int, float | None] = {}
        self._initial_read = False
        self.news = self._alarm = self._bad = False
        self._lowest = self._high = math.inf
        self._broken = False
        live = self._adapter.live_tensors(model)
        self._iterations_before = self._iterations = self._pairs.iterations(live) or 0
        self._read_initial(live, {})

    @property
    def steps_seen(self) -> int:
        """Batches that were begun."""
        return self.before + self.in_epoch

    def begin_epoch(self, epoch: int) -> None:
        """A new epoch: its first batch is due, or every 2nd, 4th, ... epoch's in a long training."""
        self.in_epoch, self._epoch_rows = 0, None
        stride = 1 << max(0, epoch.bit_length() - _EVERY_EPOCH.bit_length() + 1)
        if epoch % stride:
            return
        self._due = True
        if self._affordable():  # metrics and rows may come and go; in between they are taken to stay
            self._rows_at = None
            self._rows_of.clear()

    def passes(self, batch: int) -> bool:
        """Count a batch that begins; whether it is one of the many at which nothing is to be done."""
        self.calls += 1
        self.hear()
        if batch >= self.in_epoch:
            self.in_epoch = batch + 1
        if self.calls >= self._doubled:
            self._due, self._doubled = True, 2 * self._doubled
        return not (self._due or self._alarm or self._pairs.is_open)

    def begin_batch(self, batch: int) -> None:
        """Close the pair that is open, open one that is due."""
        opens = False
        self._heed()
        if self._due and self._updates_next(batch):
            opens, self._due = self._affordable(), False
        if opens or self._pairs.is_open:
            self._look(batch, opens)

    def _look(self, batch: int, opens: bool) -> None:
        """Take one snapshot: the second of the open pair, the first of the next one, or both."""
        self._adapter.wait(self.model)
        started = time.thread_time()
        live = self._adapter.live_tensors(self.model)
        snapshot = self._pairs.take(live, self.before + batch)
        if self.rate_first is None and not self._pairs.steps:
            self.rate_first = snapshot.rate
        self._read_initial(live, snapshot.weights)
        if self._pairs.is_open:
            self._close(live, snapshot, batch)
        if opens:
            self.losses.want(self.before + batch)
            self._pairs.open(snapshot)
        self._cost = time.thread_time() - started

    def hear(self) -> None:
        """Take what has arrived."""
        while self.arrived:
            self.end_batch(*self.arrived.popleft())

    def end_batch(self, batch: int, loss: Any) -> None:
        """Take the running mean of the loss."""
        if loss is not None:
            mean = float(loss)
            self.losses.add(batch, mean)
            if not self._lowest <= mean < self._high:
                self._alarm = self._is_news(mean) or self._alarm
        if batch >= self.in_epoch:
            self.in_epoch = batch + 1

    def _heed(self) -> None:
        """After a loss that looks bad: the weights as they are now, in which it may show."""
        if self._alarm:
            self._alarm, self._bad, self.news = False, True, True
            self.last = self._weights(self._adapter.live_tensors(self.model), {})

    def take_news(self) -> bool:
        """Whether what is new looks bad; from now on it is not new."""
        bad, self.news, self._bad = self._bad, False, False
        return bad

    def _is_news(self, loss: float) -> bool:
        """Whether the mean loss is no number for the first time, or has risen by an order of magnitude."""
        if not math.isfinite(loss):
            first, self._broken = not self._broken, True
            return first
        worse = loss >= self._high
        self._lowest = loss if worse else min(self._lowest, loss)
        self._high = _NEWS * self._lowest if self._lowest > 0.0 else math.inf
        return worse

    def note_rows(self) -> None:
        """Before a validation resets the metrics: how many rows went into the epoch's loss."""
        self.hear()
        batches = self.in_epoch
        if batches and self._epoch_rows is None:
            if batches not in self._rows_of:
                self._rows_of[batches] = self._rows(self._adapter.live_tensors(self.model))
            self._epoch_rows = self._rows_of[batches]

    def end_epoch(self, logs: Mapping[str, Any]) -> None:
        """The epoch's logs, its last losses, and the weights as they are now."""
        for key, value in logs.items():
            number = value if type(value) is float else _number(value)
            if number is not None:
                self.epochs.setdefault(key, []).append(number)
        self.epochs_done += 1
        try:
            self.note_rows()
            if self._per_call > 1:
                self._count_iterations(self._pairs.iterations(self._adapter.live_tensors(self.model)))
        finally:
            rows, batch = self._epoch_rows, self._batch_rows
            self.losses.end_epoch(rows / batch if rows and batch else None, self.in_epoch)
            self.steps_per_epoch = self.in_epoch or self.steps_per_epoch
            self.before, self.in_epoch = self.before + self.in_epoch, 0
        if self._pairs.is_open:
            live = self._adapter.live_tensors(self.model)
            self._close(live, self._pairs.take(live, self.before), 0)
        elif self._affordable():
            self.last = self._weights(self._adapter.live_tensors(self.model), {})
        self._heed()

    def so_far(self) -> VitalSigns:
        """What was seen up to now, in the middle of the fit. Asks nothing of the user's own code."""
        self.hear()
        losses = self.losses.so_far()
        done = self.steps_seen - (1 if self.in_epoch else 0)
        pairs = self._pairs.so_far(losses.loss_of)
        return self._signs(losses, pairs=pairs, updates=done // self._pairs.accumulation)

    def result(self, errors: tuple[tuple[str, str], ...], seconds: float) -> VitalSigns:
        """All that was seen, also of a fit that was cut short."""
        self._read_iterations()
        losses = self.losses
        try:
            self.hear()
            losses = losses.so_far()
            pairs, first = self._pairs.finished(losses.loss_of), self.rate_first
            if first is None:
                first = self._pairs.rate_at(self._iterations_before)
        except Exception as error:  # a schedule is the user's own code, and so may be what a step logs
            pairs, first = (), self.rate_first
            errors = (*errors, ("what was seen", f"{type(error).__name__}: {error}"))
        return replace(
            self._signs(losses, pairs=pairs, updates=self._iterations - self._iterations_before),
            learning_rate_first=first,
            errors=errors,
            seconds=seconds + self.calls * _CALLED,
        )

    def _signs(self, losses: BatchLosses, *, pairs: tuple[Step, ...], updates: int) -> VitalSigns:
        """What is kept, with these batch losses, steps and updates."""
        return VitalSigns(
            pairs=pairs,
            watched=self._pairs.watched,
            epochs={key: tuple(values) for key, values in self.epochs.items()},
            batch_losses=tuple(losses.kept),
            batch_stride=losses.stride * self._per_call,
            updates=updates,
            updates_before=self._iterations_before,
            initial_weights=self.initial,
            initial_after=self.initial_after,
            last_weights=self.last,
            learning_rate_first=self.rate_first,
            epochs_done=self.epochs_done,
            steps_seen=self.steps_seen,
            steps_per_epoch=self.steps_per_epoch,
            seconds=self.seconds,
            worked=self.worked,
        )

    def _updates_next(self, batch: int) -> bool:
        """Whether the next call moves the weights: with gradient accumulation only every n-th does."""
        every = self._pairs.accumulation
        return (self.before + batch) % every + self._per_call >= every

    def _affordable(self) -> bool:
        """Whether one more look fits into the budget; the first pair always does."""
        if not self._pairs.steps and not self._pairs.is_open and self._pairs.attempts < 2:
            return True
        return self.affords(self.seconds + self.calls * _CALLED + self._cost, self.budget)

    def affords(self, seconds: float, share: float) -> bool:
        """Whether these seconds are no more than a share of those in which the fit worked."""
        if seconds > share * (time.perf_counter() - self._wall):
            return False  # without asking for the CPU time, which takes longer
        return seconds <= share * self.worked

    @property
    def worked(self) -> float:
        """CPU time where the machine is busy with other things, wall time where an accelerator works."""
        return min(time.perf_counter() - self._wall, time.process_time() - self._cpu)

    def _close(self, live: LiveTensors, snapshot: Any, batch: int) -> None:
        self._pairs.close(snapshot)
        self.news = True
        if batch and self._batch_rows is None:
            rows = self._rows(live)
            self.losses.averaged = rows is None or rows > 0.0
            self._batch_rows = rows / batch if rows else None
        self.last = self._weights(live, snapshot.weights)

    def _read_initial(self, live: LiveTensors, copied: Mapping[int, np.ndarray]) -> None:
        """The first weights, as soon as the model has any."""
        if not self._initial_read and self.model.built:
            self._initial_read, self.initial_after = True, self.steps_seen - 1 if self.in_epoch else 0
            self.initial = self._weights(live, copied)

    def _weights(self, live: LiveTensors, copied: Mapping[int, np.ndarray]) -> list[np.ndarray] | None:
        """Copies of all weights, None where two of them do not fit into half of the memory."""
        weights = self.model.weights
        if not weights or 2 * sum(map(nbytes, weights)) > MEMORY // 2:
            return None
        at, copies = positions(self.model), []
        for weight in weights:
            group, index = at[id(weight)]
            copy = copied.get(id(weight))
            copies.append(self._adapter.to_numpy(getattr(live, group)[index]) if copy is None else copy)
        return copies

    def _rows(self, live: LiveTensors) -> float | None:
        """Rows in the running mean of the loss; 0.0 where a train_step does not keep it, None unknown."""
        if self._rows_at is None:
            counts = [m.count for m in self.model.metrics if m.name == "loss" and hasattr(m, "count")]
            at = {id(variable): index for index, variable in enumerate(self.model.metrics_variables)}
            self._rows_at = [at[id(count)] for count in counts if id(count) in at] or None
        found = [index for index in self._rows_at or () if index < len(live.metrics)]
        return max((float(self._adapter.to_numpy(live.metrics[i])) for i in found), default=None)

    def _count_iterations(self, iterations: int | None) -> None:
        """Note the updates so far. Keras counts a last, shorter execution as a full one: set it right."""
        done, self._iterations = (iterations or 0) - self._iterations, iterations or self._iterations
        if self._pairs.accumulation == 1 and 0 < self.in_epoch - done < self._per_call:
            self.in_epoch = done

    def _read_iterations(self) -> None:
        try:
            live = self._adapter.live_tensors(self.model)
            self._iterations = self._pairs.iterations(live) or self._iterations
        except Exception:  # JAX: the buffers may be gone after an exception; then batches are counted
            seen = self._iterations_before + self.steps_seen // self._pairs.accumulation
            self._iterations = max(self._iterations, seen)


def _number(value: Any) -> float | None:
    """What was logged as a number, None where it is none or several."""
    held = np.asarray(value)
    return float(held.reshape(())) if held.size == 1 and held.dtype.kind in "biuf" else None
