"""The examination after a fit: the live model is run on sample rows, and left exactly as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from unstuck.evidence.activity import read_activity
from unstuck.evidence.carried import carried_over
from unstuck.evidence.decisions import Answers, Task, as_units, task_of
from unstuck.evidence.elsewhere import answers_elsewhere
from unstuck.evidence.facts import (
    Activity,
    CarriedOver,
    Elsewhere,
    Gradients,
    Head,
    Loss,
    Metrics,
    Predictions,
    ValidationPredictions,
)
from unstuck.evidence.gradients import gradients_in_time
from unstuck.evidence.meaning.thresholds import threshold_in_use
from unstuck.evidence.modes import depends_on_mode
from unstuck.evidence.notes import Notes
from unstuck.evidence.passes import Forward, Pass, run_pass
from unstuck.evidence.pictures import AnswerSpread, Confusion
from unstuck.evidence.predictions import compare, describe
from unstuck.evidence.probe import Clock, PatientClock, Probe, State, state_of
from unstuck.evidence.sample import Sample, row_count, samples
from unstuck.evidence.spread import drawn
from unstuck.evidence.straight import off_line
from unstuck.watch.backend import backend
from unstuck.watch.rows import Rows
from unstuck.watch.unseen import unseen

#: The share of the time that a pass over sample rows may take: four passes and the gradients share it.
_PASS_SHARE = 0.12

#: Statistics of a batch of fewer rows say nothing of the user's batches.
_FEWEST_IN_TRAINING_MODE = 8


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What the model answers, and what flows through it, at the end of training.

    `predictions` and `validation_predictions` are by output name. `regularisation` is the sum of
    the penalties in the loss; the predictions' losses are without it. `spreads` and `confusions` are
    the answers as pictures show them, by output name, where they were asked for. `absent` says why a record,
    or "Record.field", could not be had; `errors` lists (stage, error) of what failed inside.
    `seconds` is the wall time it took.
    """

    activity: Activity | None = None
    gradients: Gradients | None = None
    predictions: dict[str, Predictions] = field(default_factory=dict)
    validation_predictions: dict[str, ValidationPredictions] = field(default_factory=dict)
    regularisation: float = 0.0
    spreads: dict[str, AnswerSpread] = field(default_factory=dict)
    confusions: dict[str, Confusion] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0


def examine(
    model: Any,
    *,
    training: Rows,
    validation: Rows | None,
    heads: dict[str, Head],
    losses: dict[str, Loss],
    metrics: dict[str, Metrics],
    initial_weights: list[np.ndarray] | None,
    last_weights: list[np.ndarray] | None,
    seconds: float = 5.0,
    gradients: bool = True,
    pictures: bool = False,
) -> Examination:
    """Run the model on sample rows and describe what comes out. Nothing is written, nothing raised.

    Stages run in the order of their worth, until the time is up: answers on training and on validation rows,
    answers of the initial weights, activations, training mode, gradients.

    Args:
        model: the live model, right after its fit.
        training: the rows it was trained on.
        validation: the rows that judged it, None for none.
        heads: how each output ends, by output name ("" for the only one).
        losses: the loss of each output.
        metrics: the metrics of each output.
        initial_weights: arrays of the weights before the fit, in the order of `model.weights`.
        last_weights: the last weights that were seen, for a model whose own are lost.
        seconds: how long it may take, roughly: a compilation is not interrupted.
        gradients: whether to look at gradients, the dearest stage.
        pictures: whether to make what pictures of the answers are drawn from.
    """
    clock, notes = PatientClock(seconds), Notes()
    found: dict[str, Any] = {}
    try:
        examiner = _Examiner(
            model, clock, notes, heads=heads, losses=losses, metrics=metrics, last_weights=last_weights
        )
        with unseen(model):
            found = examiner.look(training, validation, initial_weights, gradients, pictures)
    except Exception as error:  # the border: an examination never ends the user's program
        notes.failed("examination", error, *_RECORDS)
    return Examination(**found, absent=notes.absent, errors=notes.errors, seconds=clock.spent)


_RECORDS = ("Predictions", "ValidationPredictions", "Activity", "Gradients")


class _Examiner:
    """One examination: the model, the time, and what is known of each output."""

    def __init__(
        self,
        model: Any,
        clock: Clock,
        notes: Notes,
        *,
        heads: Mapping[str, Head],
        losses: Mapping[str, Loss],
        metrics: Mapping[str, Metrics],
        last_weights: Sequence[np.ndarray] | None,
    ) -> None:
        self.model, self.clock, self.notes = model, clock, notes
        self.heads, self.losses, self.metrics = heads, losses, metrics
        self.last_weights = last_weights
        known = getattr(model, "output_names", None) or ()
        names = tuple(heads) or tuple(losses) or (tuple(known) if len(known) > 1 else ("",))
        self.probe = Probe(model, backend(), names)
        self.forward = Forward(self.probe)

    def look(
        self,
        training: Rows,
        validation: Rows | None,
        initial_weights: Sequence[np.ndarray] | None,
        gradients: bool = True,
        pictures: bool = False,
    ) -> dict[str, Any]:
        """All stages in order; the fields of an Examination."""
        import keras

        notes = self.notes
        if not getattr(self.model, "built", False):
            return notes.lacks("the model was never built: no rows have passed through it", *_RECORDS)
        if not row_count(training):
            return notes.lacks("no training rows could be looked at", *_RECORDS)
        state = self._state()
        if state is None:
            return notes.lacks("the weights were lost when the training step raised", *_RECORDS)
        floats, own = keras.config.floatx(), self.probe.batch_size
        taught, judged = samples(training, validation, self.heads, floats, own)
        passed = notes.attempt("predictions", lambda: self._pass(state, taught), *_RECORDS)
        if passed is None:
            return {}
        checked = self._validation(state, judged, passed)
        targets, judged_targets = self._targets(passed), self._targets(checked) if checked else {}
        tasks = {name: self._task(name, passed, targets, judged_targets) for name in passed.names}
        records = self._describe(Predictions, passed, targets, tasks)
        found: dict[str, Any] = {"regularisation": passed.penalty}
        if checked:
            found["validation_predictions"] = self._describe(
                ValidationPredictions, checked, judged_targets, tasks
            )
        if pictures:
            found |= self._pictures(passed, targets, tasks)
        found["activity"] = self._activity(passed)
        records = self._since_start(initial_weights, passed, targets, tasks, records)
        found["predictions"] = self._training_mode(state, passed, targets, tasks, records)
        if gradients:
            found["gradients"] = self._gradients(state, passed)
        return found

    def _state(self) -> State | None:
        """The model's own weights, or the last that were seen where those are lost."""
        own = state_of(self.model, self.probe.backend)
        if own is not None or self.last_weights is None:
            return own
        return state_of(self.model, self.probe.backend, self.last_weights)

    def _pass(self, state: State, sample: Sample, most: int | None = None) -> Pass:
        """Answer a sample; the first one is the training rows, on which layers are watched too."""
        share, watched = _PASS_SHARE * self.clock.seconds, most is None
        passed = run_pass(lambda batch: self.forward.answer(state, batch, watched), sample, share, most)
        if "loss" in self.forward.reasons:
            self.notes.lacks(self.forward.reasons["loss"], "Predictions.loss", "Gradients")
        return passed

    def _validation(self, state: State, judged: Sample | None, passed: Pass) -> Pass | None:
        if judged is None or not judged.indices:
            self.notes.lacks("there are no validation rows", "ValidationPredictions")
            return None
        return self.notes.attempt(
            "validation predictions",
            lambda: self._pass(state, judged, len(passed.answers)),
            "ValidationPredictions",
        )

    def _targets(self, passed: Pass) -> dict[str, np.ndarray]:
        """The targets of the rows that were answered, by output."""

        def read() -> dict[str, np.ndarray]:
            parts = [self.probe.by_name(batch.y) for batch in passed.batches]
            return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

        return self.notes.attempt("targets", read) or {}

    def _task(
        self,
        name: str,
        passed: Pass,
        targets: Mapping[str, np.ndarray],
        judged: Mapping[str, np.ndarray],
    ) -> Task:
        both = own = targets.get(name)
        other = judged.get(name)
        if own is not None and other is not None and own.shape[1:] == other.shape[1:]:
            both = np.concatenate([own, other])
        return task_of(passed.outputs(name, 1), both, self.heads.get(name), self.losses.get(name))

    def _describe(
        self,
        kind: type[Any],
        passed: Pass,
        targets: Mapping[str, np.ndarray],
        tasks: Mapping[str, Task],
    ) -> dict[str, Any]:
        """The records of all outputs."""
        found = {}
        for name, task in tasks.items():

            def record(name: str = name, task: Task = task) -> Any:
                described = describe(
                    kind,
                    task,
                    passed.outputs(name),
                    targets.get(name),
                    head=self.heads.get(name),
                    metrics=self.metrics.get(name),
                    mask=passed.mask(name),
                )
                described = replace(
                    described, loss=passed.loss(name), elsewhere=self._elsewhere(name, task, passed, targets)
                )
                if kind is not Predictions:
                    return described
                head = self.heads.get(name)
                activation = head.activation if head is not None else None
                inputs = [each.x for each in passed.batches]
                left = self._carried(passed.outputs(name), targets.get(name)) if len(tasks) == 1 else None
                line = off_line(inputs, passed.outputs(name), activation)
                return replace(described, off_line=line, carried=left)

            described = self.notes.attempt(f"{kind.__name__} of output {name!r}", record, kind.__name__)
            if described is not None:
                found[name] = described
        return found

    def _elsewhere(
        self, name: str, task: Task, passed: Pass, targets: Mapping[str, np.ndarray]
    ) -> Elsewhere | None:
        """What another threshold makes of one output's answers, where a metric decides by one."""
        if task.form not in ("threshold", "labels") or task.signed or passed.mask(name) is not None:
            return None
        outputs, position = as_units(passed.outputs(name)), list(self.probe.names).index(name)

        def look() -> Elsewhere | None:
            answers = Answers.of(task, outputs, targets.get(name))
            used = threshold_in_use(self.model, position, self.metrics.get(name), outputs)
            return answers_elsewhere(answers, len(outputs), used)

        return self.notes.attempt("other thresholds", look)

    def _carried(self, answers: np.ndarray, targets: np.ndarray | None) -> CarriedOver | None:
        return self.notes.attempt("own metrics", lambda: carried_over(self.model, targets, answers))

    def _pictures(
        self, passed: Pass, targets: Mapping[str, np.ndarray], tasks: Mapping[str, Task]
    ) -> dict[str, Any]:
        """The answers as pictures show them, by output; the fields of an Examination."""

        def look() -> dict[str, Any]:
            of = {name: (passed.outputs(name), targets.get(name), passed.mask(name)) for name in tasks}
            return drawn({name: Answers.of(tasks[name], *rows) for name, rows in of.items()}, self.metrics)

        return self.notes.attempt("pictures", look) or {}

    def _since_start(
        self,
        initial_weights: Sequence[np.ndarray] | None,
        passed: Pass,
        targets: Mapping[str, np.ndarray],
        tasks: Mapping[str, Task],
        records: dict[str, Predictions],
    ) -> dict[str, Predictions]:
        """Margins and decisions of the initial weights beside those of the last."""
        part = "Predictions.decisions_changed"
        if initial_weights is None:
            self.notes.lacks("the initial weights were not kept", part)
            return records
        most = self._affordable(passed, part, compiles=False)
        if not most:
            return records

        def look() -> dict[str, Predictions]:
            state = state_of(self.model, self.probe.backend, initial_weights)
            if state is None:
                self.notes.lacks("the initial weights are those of another architecture", part)
                return records
            begun = [self.forward.answer(state, batch) for batch in passed.batches[:most]]
            start = Pass(begun, passed.batches[:most])
            compared = dict(records)
            for name, record in records.items():
                rows = len(start.outputs(name))
                aim = targets[name][:rows] if name in targets else None
                pairs = [
                    Answers.of(tasks[name], each.outputs(name, most), aim, each.mask(name, most))
                    for each in (start, passed)
                ]
                compared[name] = compare(record, *pairs)
            return compared

        return self.notes.attempt("comparison with the initial weights", look, part) or records

    def _affordable(
        self, passed: Pass, record: str, compiles: bool = True, whole: bool = False, dearer: float = 1.0
    ) -> int:
        """How many of the passed batches another pass can take in the time left; 0, with a note, for none."""
        left = self.clock.left - (dearer * passed.compiling if compiles else 0.0)
        count = min(len(passed.batches), int(left / max(dearer * passed.step, 1e-9)))
        if count >= (len(passed.batches) if whole else 1):
            return count
        self.notes.short_of_time(self.clock.seconds, record)
        return 0

    def _activity(self, passed: Pass) -> Activity | None:
        watch = self.forward.watch
        if watch is None or not watch.layers:
            reason = self.forward.reasons.get("activity", "no layer's output could be seen")
            self.notes.lacks(reason, "Activity")
            return None
        layers, found = watch.layers, self.forward.summaries
        rows = sum(len(batch.rows) for batch in passed.batches)
        return self.notes.attempt("activations", lambda: read_activity(layers, found, rows), "Activity")

    def _training_mode(
        self,
        state: State,
        passed: Pass,
        targets: Mapping[str, np.ndarray],
        tasks: Mapping[str, Task],
        records: dict[str, Predictions],
    ) -> dict[str, Predictions]:
        """The loss and accuracy of the same rows in training mode."""
        part = "Predictions.training_loss"
        if not depends_on_mode(self.model):
            return {
                name: replace(record, training_loss=record.loss, training_accuracy=record.accuracy)
                for name, record in records.items()
            }
        if len(passed.batches[0].rows) < _FEWEST_IN_TRAINING_MODE:
            self.notes.lacks("too few rows fit into a batch for its statistics to mean anything", part)
            return records
        if not self._affordable(passed, part, whole=True, dearer=1.2):
            return records

        def look() -> dict[str, Predictions]:
            function, losses = self.probe.forward(training=True), passed.has_losses
            answers = [self.probe.answer(function, state, batch, losses) for batch in passed.batches]
            trained, found = Pass(answers, passed.batches), dict(records)
            for name, record in records.items():
                laid = Answers.of(tasks[name], trained.outputs(name), targets.get(name), trained.mask(name))
                found[name] = replace(
                    record, training_loss=trained.loss(name), training_accuracy=laid.accuracy
                )
            return found

        return self.notes.attempt("training mode", look, part) or records

    def _gradients(self, state: State, passed: Pass) -> Gradients | None:
        """Gradients on as many rows as the time allows."""
        if not passed.has_losses:
            self.notes.lacks("the model has no loss on these rows", "Gradients")
            return None
        point = self.forward.watch.point if self.forward.watch else None
        weights = {name: loss.weight for name, loss in self.losses.items()}
        return gradients_in_time(self.probe, state, passed, weights, point, self.clock, self.notes)
