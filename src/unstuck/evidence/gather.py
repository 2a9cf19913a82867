"""From one observed fit to Evidence: each reader called once, each failure one line, none fatal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from unstuck.evidence.facts import (
    AddedTerm,
    Copies,
    Cut,
    Earlier,
    Evidence,
    Model,
    OnePoint,
    Output,
    Overlap,
    Pairing,
    Predictions,
    Reordered,
)
from unstuck.evidence.facts.program import KNOWN_LOSSES
from unstuck.evidence.fit import read_fit
from unstuck.evidence.placing import placing
from unstuck.watch.observation import Observation
from unstuck.watch.places import place_of
from unstuck.watch.rows import Rows
from unstuck.watch.unseen import unseen

#: Seconds that an examination may take; it skips what it cannot do in that time, and says so.
EXAMINATION_SECONDS = 5.0

#: The records that only an examination fills.
EXAMINED = (
    *("Predictions", "ValidationPredictions", "Activity", "Gradients"),
    *("Pairing", "Cut", "AddedTerm", "OnePoint", "Copies"),
)

#: Answers that differ by less over rows are asked whether they are one point, beside the size that fresh
#: weights give them, which is about 1.
_ALIKE = 0.1

#: The records that only experiments fill.
EXPERIMENTS = ("Learnability", "GradientCheck", "PartExchange")

#: Why those are absent as long as nothing looks wrong.
NOT_ASKED = "no question was put to this training"
NOT_READ = "the source is read only where a training looks wrong"

#: The records that only the source fills (`with_source`).
WRITTEN = ("Code", "WrittenInputs", "WrittenTargets")

#: Why the answers were not followed into the script.
NOT_FOLLOWED = "what the script does with the answers is looked up for a model of one column alone"


def gather(seen: Observation) -> Evidence:
    """What is known without running the model again: the program, the rows, the curves, the weights."""
    with unseen(seen.model):  # schedules, configurations and properties may be the user's own code
        return _gathered(seen)


def _gathered(seen: Observation) -> Evidence:
    from unstuck.evidence import compiled, copying, data, dynamics, inputs, scaling
    from unstuck.evidence import model as live
    from unstuck.evidence.drawn import read_drawn
    from unstuck.evidence.order import read_order
    from unstuck.evidence.overlap import read_overlap
    from unstuck.evidence.own_objective import read_own_objective
    from unstuck.evidence.tables import read_tables
    from unstuck.evidence.unmoved import read_asleep, read_unmoved
    from unstuck.evidence.untracked import read_untracked
    from unstuck.evidence.weighing import with_weights

    model, absent = seen.model, dict.fromkeys(EXPERIMENTS, NOT_ASKED)
    absent |= {**dict.fromkeys(WRITTEN, NOT_READ), "AnswersUsed": NOT_FOLLOWED}
    if seen.vitals is None:
        unseen = "no fit was watched and no history was given"
        absent |= dict.fromkeys(("Fit", "Curve", "Dynamics"), unseen)
    look_up, compiled_at = seen.attempt("places", placing, seen) or (place_of, seen.compile_place)
    record = seen.attempt("model", live.read_model, model, look_up)
    if record is not None:
        # JAX: after an exception the weights are gone.
        began = seen.vitals.initial_weights if seen.vitals is not None and seen.raised is None else None
        record = replace(
            record,
            untracked=seen.attempt("untracked", read_untracked, model, began) or (),
            unmoved=seen.attempt("unmoved", read_unmoved, model, began) or (),
            asleep=seen.attempt("asleep", read_asleep, model, began),
            drawn=seen.attempt("drawn weights", read_drawn, model, began) or (),
        )
    heads = seen.attempt("model outputs", live.read_heads, model, look_up) or {}
    names = tuple(heads) or ("",)
    labels = _of_rows(seen, "labels", data.read_labels, seen.training, names)
    losses = seen.attempt("loss", compiled.read_losses, model, compiled_at, heads, labels) or {}
    if not losses and seen.training is not None:
        losses = seen.attempt("own loss", read_own_objective, model, seen.training, heads) or {}
    metrics = seen.attempt("metrics", compiled.read_metrics, model, compiled_at, heads, labels) or {}
    fit = seen.attempt("fit", read_fit, seen) if seen.vitals is not None else None
    fit = (seen.attempt("weights of rows", with_weights, seen, fit) or fit) if fit is not None else None
    how = "validation_split" if seen.arguments.get("validation_split") else "validation_data"
    fraction = float(seen.arguments.get("validation_split") or 0.0)
    splits: dict[str, Any] = {}
    if seen.validation is not None and seen.training is not None:
        splits = (
            seen.attempt("split", data.read_split, seen.training, seen.validation, how, fraction, names) or {}
        )
    first = seen.attempt("first layers", live.first_layers, model) or []
    described = batches = None
    if seen.training is not None:
        described = seen.attempt("inputs", inputs.read_inputs, seen.training, seen.validation, record, first)
        apart = seen.attempt("scales", scaling.read_scaled_apart, seen.training, seen.validation, first)
        given = seen.attempt("target among inputs", copying.read_target_given, seen.training, names)
        ahead = seen.attempt("next among inputs", copying.read_next_given, seen.training, names)
        if described is not None:
            described = replace(described, scaled_apart=apart, target_given=given, next_given=ahead)
        if record is not None:
            tables = seen.attempt("embedding tables", read_tables, model, seen.training, first)
            record = replace(record, tables=tables or ())
        batches = seen.attempt("batches", data.read_batches, seen.training, fit)
    else:
        absent["Inputs"] = absent["Labels"] = absent["Batches"] = "the rows could not be looked at"
    if described is not None and batches is None:
        absent["Batches"] = "fit shuffles the rows, so no batch of a fixed make-up exists"
    if not splits:
        given = seen.arguments.get("validation_data") is not None
        absent["Split"] = "the validation rows were not seen" if given else "fit was given no validation data"
    return Evidence(
        copies=seen.attempt("copies", _contradicted, seen, record),
        environment=seen.attempt("environment", live.read_environment),
        model=record,
        optimizer=_optimizer(seen, look_up, compiled_at),
        reordered=seen.attempt("order", read_order, seen.validation, seen.place) or Reordered(),
        overlap=seen.attempt("overlap", read_overlap, seen.training, seen.validation, seen.place)
        or Overlap(),
        earlier=Earlier(),
        fit=fit,
        inputs=described,
        batches=batches,
        dynamics=seen.attempt("dynamics", dynamics.read_dynamics, model, seen.vitals)
        if seen.vitals
        else None,
        outputs=_outputs(
            seen, names, heads=heads, losses=losses, metrics=metrics, labels=labels, splits=splits
        ),
        absent=absent,
    )


def _contradicted(seen: Observation, model: Model | None) -> Copies | None:
    """The copies among the training rows, where they tell of rows that were mixed up.

    That is asked of each fit: a network learns in spite of it. Token ids are left to an examination: short
    texts come twice by themselves.
    """
    from unstuck.evidence.copies import read_copies

    if model is None or model.of_kind("Embedding"):
        return None
    found = read_copies(seen.training)
    return found if found is not None and found.disagreeing and found.told_apart else None


def examine(
    seen: Observation,
    evidence: Evidence,
    *,
    gradients: bool = True,
    pictures: bool = False,
    seconds: float = EXAMINATION_SECONDS,
) -> Evidence:
    """The evidence with predictions, activations and, where asked for, gradients and pictures added.

    `seconds` bounds it; how many of the sample rows are looked at within them depends on the machine.
    """
    from unstuck.evidence.copies import read_copies
    from unstuck.evidence.examination import examine as run_examination
    from unstuck.evidence.handed import judging_labels_at
    from unstuck.evidence.not_finite import read_not_finite

    if seen.training is None:
        return evidence
    if seen.raised is not None and seen.vitals is not None and seen.vitals.updates == 0:
        untrained = "fit raised before its first update, so there is nothing trained to look at"
        return replace(evidence, absent={**evidence.absent, **dict.fromkeys(EXAMINED, untrained)})
    evidence = replace(
        evidence,
        cut=_asked_about_cut(seen, evidence),
        added_term=_asked_about_added(seen, evidence),
        copies=seen.attempt("copies", read_copies, seen.training),
        not_finite=seen.attempt("not a number", read_not_finite, seen, evidence),
    )
    outputs = _asked_about_pairing(seen, evidence)
    found = seen.attempt(
        "examination",
        run_examination,
        seen.model,
        training=seen.training,
        validation=seen.validation,
        heads={output.name: output.head for output in outputs if output.head},
        losses={output.name: output.loss for output in outputs if output.loss},
        metrics={output.name: output.metrics for output in outputs if output.metrics},
        initial_weights=seen.vitals.initial_weights if seen.vitals else None,
        last_weights=seen.vitals.last_weights if seen.vitals else None,
        seconds=seconds,
        gradients=gradients,
        pictures=pictures,
    )
    if found is None:
        return evidence
    judged_at = seen.attempt("validation labels", judging_labels_at, seen)
    seen.errors.extend(found.errors)
    model, dynamics = evidence.model, evidence.dynamics
    if dynamics is not None and any(variable.nonfinite for variable in dynamics.variables):
        lost = "the weights hold NaN, so what flows through the layers tells nothing"
        found = replace(
            found, activity=None, gradients=None, absent={**found.absent, "Activity": lost, "Gradients": lost}
        )
    return replace(
        evidence,
        model=replace(model, regularisation=found.regularisation) if model is not None else None,
        activity=_placed(found.activity, model),
        gradients=_placed(found.gradients, model),
        one_point=_asked_about_one_point(seen, evidence, found.predictions),
        outputs=tuple(
            replace(
                output,
                split=replace(output.split, place=judged_at) if output.split is not None else None,
                predictions=found.predictions.get(output.name),
                validation_predictions=found.validation_predictions.get(output.name),
                spread=found.spreads.get(output.name),
                confusion=found.confusions.get(output.name),
            )
            for output in outputs
        ),
        absent={**evidence.absent, **found.absent},
    )


def ask_about_inputs(seen: Observation, evidence: Evidence) -> Evidence:
    """The evidence with what the model answers where an input holds the targets, now or one step later."""
    from unstuck.evidence import copying

    inputs, trained = evidence.inputs, seen.vitals is None or seen.vitals.updates > 0
    if inputs is None or seen.training is None or not trained:
        return evidence
    names = tuple(output.name for output in evidence.outputs)
    given, ahead, line = inputs.target_given, inputs.next_given, None
    if given is not None:
        asked = (seen.model, seen.training, given, names)
        given = seen.attempt("copies of an input", copying.ask_whether_copied, *asked)
    if ahead is not None:
        ahead = seen.attempt("look ahead", copying.ask_whether_ahead, seen.model, seen.training, ahead, names)
        line = copying.mask_line(seen.place.file) if ahead and ahead.changed and seen.place else None
    return replace(
        evidence,
        inputs=replace(inputs, target_given=given, next_given=ahead and replace(ahead, mask_place=line)),
    )


def _asked_about_pairing(seen: Observation, evidence: Evidence) -> tuple[Output, ...]:
    """The outputs, with what the loss does where targets broadcast against answers."""
    from unstuck.evidence.pairing import ask_about_pairing

    names = tuple(output.name for output in evidence.outputs)
    initial = seen.vitals.initial_weights if seen.vitals is not None else None
    found = seen.attempt("pairing", ask_about_pairing, seen.model, seen.training, names, initial)
    return tuple(replace(output, pairing=found or Pairing()) for output in evidence.outputs)


def _asked_about_added(seen: Observation, evidence: Evidence) -> AddedTerm:
    """What the model adds to the loss of what it is to reconstruct."""
    from unstuck.evidence.added import read_added_term

    if evidence.fit is None or not evidence.fit.reconstructs:
        return AddedTerm()
    names = tuple(output.name for output in evidence.outputs)
    initial = seen.vitals.initial_weights if seen.vitals is not None else None
    asked = (seen.model, seen.training, names, initial)
    return seen.attempt("added term", read_added_term, *asked) or AddedTerm()


def _asked_about_one_point(
    seen: Observation, evidence: Evidence, predictions: dict[str, Predictions]
) -> OnePoint:
    """Whether a loss of the user's own compares rows that all got one answer."""
    from unstuck.evidence.one_point import read_one_point

    known = [
        each.loss for each in evidence.outputs if each.loss is not None and each.loss.name in KNOWN_LOSSES
    ]
    heads = {output.name: output.head for output in evidence.outputs if output.head is not None}
    if known or len(predictions) != 1 or list(heads) != list(predictions):
        return OnePoint()
    answered = next(iter(predictions.values()))
    if answered.units < 2 or answered.nonfinite or answered.std > _ALIKE:
        return OnePoint()
    initial = seen.vitals.initial_weights if seen.vitals is not None else None
    rows = evidence.fit.batch_size if evidence.fit is not None else None
    asked = (seen.model, seen.training, heads, rows, initial)
    return seen.attempt("one point", read_one_point, *asked) or OnePoint()


def _asked_about_cut(seen: Observation, evidence: Evidence) -> Cut:
    """Where the gradient stops, looked for where trained weights have not moved by a bit."""
    from unstuck.evidence.flow import find_cut

    held = evidence.dynamics.variables if evidence.dynamics is not None else ()
    if not any(each.trainable and each.in_optimizer and each.moved == 0.0 for each in held):
        return Cut()
    names = tuple(output.name for output in evidence.outputs)
    return seen.attempt("gradient path", find_cut, seen.model, seen.training, names) or Cut()


def _placed(record: Any, model: Model | None) -> Any:
    """What was found layer by layer, with the places of those layers."""
    if record is None or model is None:
        return record
    places = {layer.name: layer.place for layer in model.layers}
    return replace(record, layers=tuple(replace(each, place=places.get(each.name)) for each in record.layers))


def _of_rows(seen: Observation, what: str, reader: Any, rows: Rows | None, names: tuple[str, ...]) -> Any:
    return (seen.attempt(what, reader, rows, names) or {}) if rows is not None else {}


def _outputs(seen: Observation, names: tuple[str, ...], **records: dict[str, Any]) -> tuple[Output, ...]:
    """The records of each output, with its curve and its baselines."""
    curves = _curves(seen, names)
    return tuple(
        Output(
            name=name,
            head=records["heads"].get(name),
            loss=records["losses"].get(name),
            metrics=records["metrics"].get(name),
            labels=records["labels"].get(name),
            split=records["splits"].get(name),
            curve=curves.get(name),
            baselines=_baselines(seen, name, names, records["labels"].get(name), records["losses"].get(name)),
        )
        for name in names
    )


def _optimizer(seen: Observation, look_up: Any, compiled_at: Any) -> Any:
    from unstuck.evidence.compiled import read_optimizer
    from unstuck.evidence.rates import with_rates

    signs = seen.vitals
    rate = signs.learning_rate_first if signs is not None else None
    record = seen.attempt("optimizer", read_optimizer, seen.model, look_up, compiled_at, rate)
    if record is None or signs is None:
        return record
    asked = (record, seen.model, signs.epochs, signs.updates, signs.pairs)
    return seen.attempt("rates", with_rates, *asked) or record


def _curves(seen: Observation, names: tuple[str, ...]) -> Any:
    from unstuck.evidence.logs import read_curves

    return (seen.attempt("curves", read_curves, seen.vitals, names) or {}) if seen.vitals is not None else {}


def _baselines(seen: Observation, name: str, names: tuple[str, ...], labels: Any, loss: Any) -> Any:
    from unstuck.evidence.baselines import read_baselines
    from unstuck.evidence.data import targets_of

    if labels is None or seen.training is None:
        return None
    targets = seen.attempt("targets", targets_of, seen.training, names)
    if not targets or targets.get(name) is None:
        return None
    return seen.attempt("baselines", read_baselines, labels, targets[name], loss)
