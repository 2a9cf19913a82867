"""The trained weights on the same rows: what several experiments share. Nothing is trained."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from unstuck.evidence.compiled import read_losses, read_metrics
from unstuck.evidence.data import by_output, describe_labels
from unstuck.evidence.decisions import Answers, Task, task_of
from unstuck.evidence.facts import Head, Labels, Loss, Metrics, Predictions
from unstuck.evidence.model import output_names, read_heads
from unstuck.evidence.passes import short
from unstuck.evidence.predictions import describe
from unstuck.evidence.probe import Clock, Probe, State, state_of
from unstuck.evidence.sample import Batch, leaves, samples, spaced
from unstuck.lab.build import build, fit_arrays
from unstuck.lab.experiment import UnaskableError
from unstuck.lab.recipe import Recipe, taken
from unstuck.lab.record import NoRecipeError
from unstuck.rules.bounds import STANDARD_ERRORS
from unstuck.watch.backend import backend
from unstuck.watch.rows import Rows
from unstuck.watch.unseen import unseen

#: The share of the time left that the passes over the rows may take; building takes some too.
SHARE = 0.5


@dataclass(frozen=True)
class ModelRows:
    """Rows for the model: `x` and `y` in the user's structure, floats in Keras's float type."""

    x: Any
    y: Any

    @property
    def rows(self) -> int:
        """How many."""
        return min(len(leaf) for leaf in leaves(self.x))


@dataclass(frozen=True)
class PassAnswers:
    """The answers of one way through the model, by output name; losses are without penalties."""

    outputs: Mapping[str, np.ndarray]
    losses: Mapping[str, float]
    masks: Mapping[str, np.ndarray]
    penalty: float


class Subject:
    """A trained model built from a recipe, with rows of it: `taught` trained it, `held` judge it.

    Both are an even choice of the rows, a whole number of batches of `size` rows. The model is run
    as a function of its state: nothing is written to it.
    """

    def __init__(self, recipe: Recipe, clock: Clock, *, passes: int = 4, size: int | None = None) -> None:
        """Build the model and choose rows.

        Args:
            recipe: what to build.
            clock: the time; rows are thinned so that `passes` of them fit into half of what is left.
            passes: how often the rows will be answered.
            size: the rows of a batch, None for a size of which few rows are left over.

        Raises:
            UnaskableError: the model or its rows cannot be had, or the time is up.
        """
        if recipe.trained is None:
            raise UnaskableError("the trained weights were not kept")
        if not clock.left:
            raise UnaskableError("the time is up")
        self.recipe = recipe
        self.model = _built(recipe)
        self.heads: dict[str, Head] = read_heads(self.model, lambda _: None)
        self.names = tuple(self.heads) or tuple(output_names(self.model)) or ("",)
        self.probe = Probe(self.model, backend(), self.names)
        self.state = _state(self.model)
        self._functions: dict[bool, Callable[..., Any]] = {}
        taught, held = self._parts(size)
        self.taught, self.held = self._affordable(taught, held, clock, passes)
        labels = {name: describe_labels(array) for name, array in self.targets(self.taught).items()}
        self.labels: dict[str, Labels] = labels
        self.losses: dict[str, Loss] = read_losses(self.model, None, self.heads, labels)
        self.metrics: dict[str, Metrics] = read_metrics(self.model, None, self.heads, labels)

    def _parts(self, size: int | None) -> tuple[ModelRows, ModelRows | None]:
        """An even choice of the rows, in whole batches."""
        import keras

        (x, y), judged = self.recipe.split()
        if y is None or not leaves(x) or not leaves(y):
            raise UnaskableError("the rows have no targets" if leaves(x) else "there are no rows")
        held_rows = Rows(x=judged[0], y=judged[1]) if judged is not None and leaves(judged[0]) else None
        taught, held = samples(Rows(x=x, y=y), held_rows, self.heads, keras.config.floatx())
        if not taught.indices:
            raise UnaskableError("there are no rows")
        self.size = len(taught.indices[0])
        if size is not None:
            self.size = max(1, min(size, self.size * len(taught.indices)))

        def part(sample: Any) -> ModelRows | None:
            if sample is None or not sample.indices:
                return None
            chosen = np.concatenate(sample.indices)
            whole = len(chosen) // self.size * self.size or len(chosen)
            chosen = np.sort(chosen)[spaced(len(chosen), whole)]
            # Neighbouring rows may be alike, so the batches are mixed; always in the same way.
            chosen = np.random.default_rng(0).permutation(chosen)
            return ModelRows(
                fit_arrays(taken(sample.rows.x, chosen)),
                fit_arrays(taken(sample.rows.y, chosen)) if sample.rows.y is not None else None,
            )

        first = part(taught)
        assert first is not None
        return first, part(held)

    def _affordable(
        self, taught: ModelRows, held: ModelRows | None, clock: Clock, passes: int
    ) -> tuple[ModelRows, ModelRows | None]:
        """Fewer batches where a pass over all would take too long."""
        try:
            self.run(_first(taught, self.size))
        except Exception as error:  # a user's layer
            raise UnaskableError(f"the model could not be run on these rows ({short(error)})") from None
        began = time.perf_counter()
        self.run(_first(taught, self.size))
        took = max(time.perf_counter() - began, 1e-6)
        batches = int(SHARE * clock.left / (took * passes * (2 if held else 1)))
        if batches < 1:
            raise UnaskableError("the time is up before the rows could be looked at")
        most = batches * self.size
        return _first(taught, most), _first(held, most) if held is not None else None

    def run(self, part: ModelRows, *, training: bool = False, state: State | None = None) -> PassAnswers:
        """Answer rows, batch after batch; the targets are those of `part`, for the loss."""
        if training not in self._functions:
            self._functions[training] = self.probe.forward(training)
        answers = []
        with unseen(self.probe.model):
            for batch in batches_of(part, self.size):
                function = self._functions[training]
                answers.append(self.probe.answer(function, state or self.state, batch, batch.y is not None))
        sizes = np.asarray([len(next(iter(each.outputs.values()))) for each in answers], np.float64)

        def mean(values: list[float]) -> float:
            return float(np.average(values, weights=sizes))

        return PassAnswers(
            outputs={
                name: np.concatenate([each.outputs[name] for each in answers]) for name in answers[0].outputs
            },
            losses={name: mean([each.losses[name] for each in answers]) for name in answers[0].losses},
            masks={name: np.concatenate([each.masks[name] for each in answers]) for name in answers[0].masks},
            penalty=mean([each.penalty for each in answers]),
        )

    def evaluated(self, part: ModelRows, model: Any = None) -> dict[str, float]:
        """What Keras logs on these rows for the metrics of this model, or of another that is given."""
        model = self.model if model is None else model
        logs = model.evaluate(part.x, part.y, batch_size=self.size, verbose=0, return_dict=True)
        return {key: float(value) for key, value in logs.items()}

    def targets(self, part: ModelRows) -> dict[str, np.ndarray]:
        """The targets by output name."""
        return by_output(part.y, list(self.names))

    @cached_property
    def ran(self) -> PassAnswers:
        """The answers on the rows that trained it, in inference mode."""
        return self.run(self.taught)

    @cached_property
    def tasks(self) -> dict[str, Task]:
        """How each output is read."""
        taught = self.targets(self.taught)
        held = self.targets(self.held) if self.held is not None else {}
        found = {}
        for name, outputs in self.ran.outputs.items():
            parts = [part[name] for part in (taught, held) if name in part]
            alike = [part for part in parts if part.shape[1:] == parts[0].shape[1:]]
            targets = np.concatenate(alike) if alike else None
            found[name] = task_of(outputs, targets, self.heads.get(name), self.losses.get(name))
        return found

    def records(self, part: ModelRows, ran: PassAnswers | None = None) -> dict[str, Predictions]:
        """What the answers come to, by output name."""
        ran, targets = ran or self.run(part), self.targets(part)
        found = {}
        for name, outputs in ran.outputs.items():
            head, metrics, mask = self.heads.get(name), self.metrics.get(name), ran.masks.get(name)
            record = describe(
                Predictions,
                self.tasks[name],
                outputs,
                targets.get(name),
                head=head,
                metrics=metrics,
                mask=mask,
            )
            found[name] = replace(record, loss=ran.losses.get(name))
        return found

    def answers(self, part: ModelRows, ran: PassAnswers) -> dict[str, Answers]:
        """The answers beside their targets, by output name."""
        targets = self.targets(part)
        return {
            name: Answers.of(self.tasks[name], outputs, targets.get(name), ran.masks.get(name))
            for name, outputs in ran.outputs.items()
        }


def _built(recipe: Recipe) -> Any:
    try:
        return build(recipe, weights="trained")
    except NoRecipeError as error:
        raise UnaskableError(str(error)) from None


def _state(model: Any) -> State:
    state = state_of(model, backend())
    if state is None:
        raise UnaskableError("the weights of the model cannot be read")
    return state


def _first(part: ModelRows, most: int) -> ModelRows:
    chosen = slice(0, most)
    return ModelRows(taken(part.x, chosen), taken(part.y, chosen) if part.y is not None else None)


def batches_of(part: ModelRows, size: int) -> Iterator[Batch]:
    """The rows in batches, ready for the model."""
    for start in range(0, part.rows, size):
        chosen = slice(start, start + size)
        y = taken(part.y, chosen) if part.y is not None else None
        yield Batch(taken(part.x, chosen), y, np.arange(part.rows)[chosen])


@contextmanager
def unaskable_where_it_raises() -> Iterator[None]:
    """What a user's own layer or loss raises on changed inputs means that there is no answer."""
    try:
        yield
    except UnaskableError:
        raise
    except Exception as error:
        raise UnaskableError(f"the model could not be run ({short(error)})") from None


def score(record: Predictions) -> float | None:
    """The one figure of an output: the share of right decisions, else R2."""
    return record.accuracy if record.accuracy is not None else record.r2


def measure(record: Predictions) -> str:
    """What `score` is called."""
    return "accuracy" if record.accuracy is not None else "R2"


def figure(value: float | None) -> str:
    """A figure in words."""
    return "unknown" if value is None else f"{value:.4f}"


def titled(name: str, text: str) -> str:
    """The text, led by the output's name where there are several."""
    return f'Output "{name}": {text}' if name else text


def gain_is_real(before: np.ndarray, after: np.ndarray) -> bool:
    """Whether more rows turned right than wrong by more than chance.

    McNemar's test: of the b + c rows that differ, b turned right; under chance b - c has the
    variance b + c. Three standard errors, as everywhere here.

    Args:
        before: which decisions were right, one dimension, boolean.
        after: the same rows, the same order.
    """
    better = int((after & ~before).sum())
    worse = int((before & ~after).sum())
    return better - worse > max(1.0, STANDARD_ERRORS * math.sqrt(better + worse))
