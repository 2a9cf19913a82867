"""The live objects of a program, and what can be tried on them: predictions, losses, metrics, trainings."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import keras
import numpy as np
from keras import ops

#: Scales of random weights: as initialisers draw them, and far beyond.
SCALES = (0.3, 1.0, 3.0)

#: Draws of weights before it is said that no weights give an answer: one unit in two is negative for every
#: row, so that a few draws alone miss what is plain.
DRAWS = 40

#: Weights that may have any value; a moving variance may not.
FREE = ("kernel", "bias", "embeddings", "recurrent_kernel", "gamma", "beta")

#: Every embedding of the programs has as many rows.
IDS = 20


@dataclass
class Situation:
    """One output of a program as it stands before training, made anew for each claim.

    `rows` and `labels` are its training rows as arrays, whatever container fit gets them in; `loss` and
    `metrics` are those that compile got for this output; `program` are the names that the program defined.
    """

    model: Any
    rows: np.ndarray
    labels: np.ndarray
    loss: Any = None
    metrics: Any = None
    program: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def readable_rows(self) -> np.ndarray:
        """The rows, or as many zeros where the model raises on them."""
        try:
            self.predict()
        except Exception:
            return np.zeros_like(self.rows)
        return self.rows

    @cached_property
    def predictions(self) -> np.ndarray:
        """What the model answers with its own weights on `readable_rows`."""
        return self.predict(self.readable_rows)

    def predict(self, rows: np.ndarray | None = None, *, training: bool = False) -> np.ndarray:
        """What the model answers on rows, its own unless others are given."""
        rows = self.rows if rows is None else rows
        size = self.batch_size or len(rows)
        batches = [rows[start : start + size] for start in range(0, len(rows), size)]
        answers = [self.model(ops.convert_to_tensor(batch), training=training) for batch in batches]
        return np.concatenate([as_array(each) for each in answers])

    @property
    def batch_size(self) -> int | None:
        """The batch size that the model insists on, None for any."""
        inputs = getattr(self.model, "inputs", None)
        return inputs[0].shape[0] if inputs else None

    @cached_property
    def whatever(self) -> list[np.ndarray]:
        """Predictions with the model's own and with random weights, on its own and on random rows."""
        drawn = (self._with_other_weights(seed, scale) for seed, scale in enumerate(SCALES))
        return [self.predictions, *(answers for each in drawn for answers in each)]

    def reaches(self, wanted: Callable[[np.ndarray], bool]) -> bool:
        """Whether some weights and rows give answers of this kind: `whatever` first, then many more."""
        more = (self._with_other_weights(seed, SCALES[-1]) for seed in range(len(SCALES), DRAWS))
        return any(map(wanted, self.whatever)) or any(wanted(answers) for each in more for answers in each)

    def _with_other_weights(self, seed: int, scale: float) -> list[np.ndarray]:
        """Predictions with random weights of this scale, on the model's own and on random rows."""
        kept, rng, answers = weights_of(self.model), np.random.default_rng(seed), []
        for variable in self.model.weights:
            if variable.path.rsplit("/", 1)[-1] in FREE:
                variable.assign(rng.normal(scale=scale, size=variable.shape))
        for rows in (self.rows, self.random_rows(seed)):
            with suppress(Exception):  # ids that have no row
                answers.append(self.predict(rows))
        for variable, value in zip(self.model.weights, kept, strict=True):
            variable.assign(value)
        return answers

    def random_rows(self, seed: int) -> np.ndarray:
        """Rows of the same kind: numbers of any size, bytes, yes or no, or ids."""
        rng, kind = np.random.default_rng(seed), self.rows.dtype
        if any(variable.path.endswith("embeddings") for variable in self.model.weights):
            return rng.integers(0, IDS, self.rows.shape).astype(kind)
        if kind.kind == "f":
            return rng.normal(scale=10.0, size=self.rows.shape).astype(kind)
        return rng.integers(0, 2 if kind == "bool" else 256, self.rows.shape).astype(kind)

    @cached_property
    def _bare(self) -> Any:
        """A model without layers, compiled with this loss and these metrics: nothing else enters its loss."""
        given = keras.Input(self.predictions.shape[1:])
        model = keras.Model(given, given)
        model.compile(loss=self.loss, metrics=self.metrics)
        return model

    def cost(self, predictions: np.ndarray, labels: np.ndarray | None = None) -> float:
        """The loss of these predictions, as Keras computes the compiled one; NaN where it raises."""
        labels = self.labels if labels is None else labels
        answers = ops.convert_to_tensor(np.asarray(predictions, "float32"))
        with suppress(Exception):
            return float(as_array(self._bare.compute_loss(y=labels, y_pred=answers)))
        return math.nan

    def scores(self, predictions: np.ndarray, labels: np.ndarray | None = None) -> dict[str, float]:
        """What each compiled metric says of these predictions; empty where one raises."""
        labels = self.labels if labels is None else labels
        answers = ops.convert_to_tensor(np.asarray(predictions, "float32"))
        with suppress(Exception):
            self._bare.compute_metrics(None, labels, answers)
            self._bare.reset_metrics()
            found = self._bare.compute_metrics(None, labels, answers)
            return {name: float(as_array(value)) for name, value in found.items() if name != "loss"}
        return {}

    def train(self, **given: Any) -> Trained:
        """Train the program's model as its fit does, one epoch unless `given` says otherwise."""
        model = self.program["model"]
        before, losses, raised = weights_of(model), (), None
        arguments = {**self.program["fit"], "epochs": 1, "callbacks": None, **given}
        try:
            history = model.fit(self.program["x"], self.program["y"], **arguments)
            losses = tuple(history.history["loss"])
        except Exception as error:
            raised = error
        return Trained(before, weights_of(model), losses, raised)


@dataclass(frozen=True)
class Trained:
    """Weights before and after a training, the loss of its epochs, and the error that ended it."""

    before: list[np.ndarray]
    after: list[np.ndarray]
    losses: tuple[float, ...]
    raised: Exception | None

    @property
    def moved(self) -> bool:
        """Whether any weight changed by a bit."""
        return any(not np.array_equal(*pair) for pair in zip(self.before, self.after, strict=True))

    @property
    def finite(self) -> bool:
        """Whether all weights and losses are numbers."""
        return all(np.isfinite(each).all() for each in (*self.after, np.asarray(self.losses)))


def situation_of(program: Mapping[str, Any], output: str = "") -> Situation:
    """One output of an executed program.

    Args:
        program: the names that its text defined.
        output: the name of the output that a finding is about, "" for the only one.
    """
    model, labels, loss, metrics = (program[name] for name in ("model", "Y", "loss", "metrics"))
    if isinstance(labels, dict):
        name = output or next(iter(labels))
        model, labels = keras.Model(model.inputs, model.output[name]), labels[name]
        loss, metrics = loss[name], metrics[name]
    return Situation(model, program["X"], np.asarray(labels), loss, metrics, program)


def execute(text: str) -> dict[str, Any]:
    """The names that a program defines; what it warns of itself is its own affair."""
    names: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(text, "<oracle>", "exec"), names)
    return names


def as_array(values: Any) -> np.ndarray:
    """The values of a tensor of any backend."""
    return np.asarray(ops.convert_to_numpy(values))


def weights_of(model: Any) -> list[np.ndarray]:
    """Copies of all weights of a model."""
    return [np.array(as_array(variable)) for variable in model.weights]
