"""Pairs of snapshots around one training step, reduced to norms at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from unstuck.evidence.facts import Step
from unstuck.watch.backend import Backend, LiveTensors
from unstuck.watch.slots import SlotReading, difference_norm, gradient_norm, norm, slot_reading


def entries(variable: Any) -> int:
    """How many numbers a Keras variable holds."""
    return int(np.prod(tuple(variable.shape)))


def nbytes(variable: Any) -> int:
    """The memory a numpy copy of the variable takes."""
    return entries(variable) * (8 if "64" in str(variable.dtype) else 4)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Copies of the watched variables before the batch with number `batch` (from 0, over all epochs).

    `slots` hold None where the optimizer has no slot for a variable, or none yet. `rate` is None
    for a schedule. `iterations` counts optimizer steps, None where the optimizer does not.
    """

    batch: int
    weights: dict[int, np.ndarray]
    slots: dict[int, np.ndarray | None]
    iterations: int | None
    rate: float | None


class Pairs:
    """Takes snapshots of a model in training and turns two of them into a Step.

    `steps` are those seen, `batches` the number of the batch that each one belongs to. `memory` is
    what two snapshots may take in bytes: of a larger model the first and the last variables are
    watched, and of the others as many as fit, small ones first.
    """

    def __init__(self, model: Any, adapter: Backend, memory: int) -> None:
        self.steps: list[Step] = []
        self.batches: list[int] = []
        self.attempts = 0
        self._model, self._adapter, self._memory = model, adapter, memory
        self._opened: Snapshot | None = None
        self._watched: list[Any] = []
        self._positions: dict[int, tuple[str, int]] = {}
        self._slots: dict[int, int] = {}
        self._reading: SlotReading | None = None
        self._laid_out: tuple[int, int] | None = None
        optimizer = getattr(model, "optimizer", None)
        self._optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        self.accumulation = int(getattr(self._optimizer, "gradient_accumulation_steps", None) or 1)
        self._unscaled: set[int] = set()
        self._places: dict[int, int] = {}

    @property
    def is_open(self) -> bool:
        """Whether a first snapshot waits for its second one."""
        return self._opened is not None

    @property
    def watched(self) -> tuple[str, ...]:
        """The paths of the watched variables, in the order of each Step's tuples."""
        return tuple(variable.path for variable in self._watched)

    def iterations(self, live: LiveTensors) -> int | None:
        """Optimizer steps done so far."""
        done = self._scalar("_iterations", live)
        return None if done is None else int(done) // self.accumulation

    def rate(self, live: LiveTensors) -> float | None:
        """The learning rate as set now, None for a schedule or a function."""
        return self._scalar("_learning_rate", live)

    def rate_at(self, iterations: int) -> float | None:
        """What a schedule gives at a step. Costs milliseconds on some backends, so not during fit."""
        return scheduled_rate(self._optimizer, self._adapter, iterations)

    def take(self, live: LiveTensors, batch: int) -> Snapshot:
        """Copy the watched variables."""
        self._lay_out(live)
        copy = self._adapter.to_numpy
        weights, slots = {}, {}
        for variable in self._watched:
            key = id(variable)
            group, index = self._positions[key]
            weights[key] = copy(getattr(live, group)[index])
            slot = self._slots.get(key)
            slots[key] = None if slot is None or slot >= len(live.optimizer) else copy(live.optimizer[slot])
        iterations, rate = self.iterations(live), self.rate(live)
        return Snapshot(batch=batch, weights=weights, slots=slots, iterations=iterations, rate=rate)

    def open(self, snapshot: Snapshot) -> None:
        """Let this be the first of two; nothing when there is nothing to copy yet."""
        self.attempts += 1
        self._opened = snapshot if snapshot.weights else None

    def close(self, snapshot: Snapshot) -> bool:
        """Reduce the pair that ends here; False when no optimizer step lies in between."""
        before, self._opened = self._opened, None
        if before is None or before.weights.keys() != snapshot.weights.keys():
            return False
        if before.iterations is None or snapshot.iterations is None:
            updates = snapshot.batch - before.batch
        else:
            updates = snapshot.iterations - before.iterations
        if updates < 1:
            return False
        self.steps.append(self._step(before, snapshot, updates))
        self.batches.append(before.batch)
        return True

    def finished(self, loss_of: Callable[[int], float | None]) -> tuple[Step, ...]:
        """The steps with their batches' losses, and with the rates that schedules gave them."""
        steps = []
        for place, (step, batch) in enumerate(zip(self.steps, self.batches, strict=True)):
            rate = step.learning_rate if step.learning_rate is not None else self.rate_at(step.number - 1)
            norms = step.gradient_norms
            if place in self._unscaled:
                norms = tuple(n / rate if n is not None and rate else None for n in norms)
            steps.append(replace(step, learning_rate=rate, gradient_norms=norms, loss=loss_of(batch)))
        return tuple(steps)

    def so_far(self, loss_of: Callable[[int], float | None]) -> tuple[Step, ...]:
        """The steps up to now; what only a schedule can tell is left out, as asking it takes time."""
        steps = []
        for place, (step, batch) in enumerate(zip(self.steps, self.batches, strict=True)):
            unknown = place in self._unscaled
            norms = (None,) * len(step.gradient_norms) if unknown else step.gradient_norms
            steps.append(replace(step, gradient_norms=norms, loss=loss_of(batch)))
        return tuple(steps)

    def _step(self, before: Snapshot, after: Snapshot, updates: int) -> Step:
        rate = before.rate
        if self._reading is not None and self._reading.needs_rate and rate is None:
            self._unscaled.add(len(self.steps))
        return Step(
            number=(before.iterations if before.iterations is not None else before.batch) + updates,
            learning_rate=rate,
            gradient_norms=tuple(
                self._gradient(each, before, after, updates, rate) for each in self._watched
            ),
            update_norms=tuple(difference_norm(before.weights[k], after.weights[k]) for k in before.weights),
            weight_norms=tuple(norm(weights) for weights in before.weights.values()),
        )

    def _gradient(
        self, variable: Any, before: Snapshot, after: Snapshot, updates: int, rate: float | None
    ) -> float | None:
        reading, key = self._reading, id(variable)
        if reading is None or rate == 0.0:
            return None
        if reading.slot is None:
            # A constraint moves the weights as well; decay cannot be told apart without the rate.
            if getattr(variable, "constraint", None) is not None or (rate is None and reading.weight_decay):
                return None
            return gradient_norm(reading, before.weights[key], after.weights[key], updates, rate or 1.0)
        start, end = before.slots[key], after.slots[key]
        if end is None:
            return None
        start = np.full_like(end, reading.start) if start is None else start
        return gradient_norm(reading, start, end, updates, rate or 1.0)

    def _scalar(self, attribute: str, live: LiveTensors) -> float | None:
        """The value of the optimizer's own scalar variable, wherever fit keeps it at the moment."""
        held: Any = getattr(self._optimizer, attribute, None)
        if not hasattr(held, "assign"):
            return float(held) if isinstance(held, int | float) else None
        index = self._place(held)
        value = live.optimizer[index] if index is not None and index < len(live.optimizer) else held.value
        # As the user wrote it: 0.001, where float32 widened would read 0.0010000000475.
        return float(str(self._adapter.to_numpy(value)[()]))

    def _place(self, held: Any) -> int | None:
        """Where one of the optimizer's variables stands in LiveTensors."""
        variables = getattr(getattr(self._model, "optimizer", None), "variables", ())
        place = self._places.get(id(held))
        if place is None or place >= len(variables) or variables[place] is not held:
            self._places = self._held()
            place = self._places.get(id(held))
        return place

    def _held(self) -> dict[int, int]:
        """Where the optimizer's variables stand in LiveTensors, by their ids."""
        variables = getattr(getattr(self._model, "optimizer", None), "variables", ())
        return {id(variable): index for index, variable in enumerate(variables)}

    def _lay_out(self, live: LiveTensors) -> None:
        """Find out which variables to watch and where they and their slots stand in `live`."""
        sizes = (len(live.trainable), len(live.optimizer))
        if sizes == self._laid_out:
            return
        self._laid_out = sizes
        model, optimizer = self._model, self._optimizer
        self._reading = slot_reading(optimizer)
        trained = list(getattr(optimizer, "_trainable_variables", ()) or model.trainable_variables)
        attribute = self._reading.slot if self._reading is not None else None
        slots = list(getattr(optimizer, attribute, ()) or ()) if attribute else []
        at = self._held()
        self._slots = {
            id(variable): at[id(slot)]
            for variable, slot in zip(trained, slots, strict=False)
            if slot is not None and id(slot) in at
        }
        self._positions = positions(model)
        self._watched = self._affordable([v for v in trained if id(v) in self._positions])

    def _affordable(self, variables: list[Any]) -> list[Any]:
        """Those of the variables whose snapshots fit into the memory, in their order."""
        factor = 2 if self._reading is None or self._reading.slot is None else 4
        chosen, left = set(), self._memory
        first_and_last = [0, len(variables) - 1][: len(variables)]
        by_size = sorted(range(len(variables)), key=lambda index: nbytes(variables[index]))
        for index in (*first_and_last, *by_size):
            need = factor * nbytes(variables[index])
            if index not in chosen and need <= left:
                chosen.add(index)
                left -= need
        return [variable for index, variable in enumerate(variables) if index in chosen]


def positions(model: Any) -> dict[int, tuple[str, int]]:
    """Where each of the model's variables stands in LiveTensors, by the variable's id."""
    groups = {"trainable": model.trainable_variables, "non_trainable": model.non_trainable_variables}
    return {
        id(variable): (group, index)
        for group, variables in groups.items()
        for index, variable in enumerate(variables)
    }


def scheduled_rate(optimizer: Any, adapter: Backend, iterations: int) -> float | None:
    """The rate that an optimizer's schedule gives at a step, None where it follows none.

    A schedule of the user's may draw random numbers: theirs go on as if it had not been asked.
    """
    import keras

    schedule = getattr(optimizer, "_learning_rate", None)
    if not isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule):
        return None
    # Where gradients are summed over batches, a schedule counts batches.
    batches = int(getattr(optimizer, "gradient_accumulation_steps", None) or 1)
    with adapter.random_guard():
        return float(str(adapter.to_numpy(schedule(iterations * batches))[()]))
