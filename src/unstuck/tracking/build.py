"""From a fit under observation and its Case to the Record that trackers are given."""

from __future__ import annotations

import math
from typing import Any

from unstuck.case.picturing import layer_steps, thinned
from unstuck.case.schema import Case, RunRecord
from unstuck.evidence.dynamics import read_dynamics
from unstuck.evidence.pictures import MOST_ROWS, AnswerSpread
from unstuck.report.sentences import trivial_answers
from unstuck.report.terminal import render
from unstuck.tracking.record import MOST_POINTS, Histogram, Record, ScalarSeries, named
from unstuck.watch.observation import Observation
from unstuck.watch.recorder import VitalSigns


def build(seen: Observation, case: Case, *, with_page: bool) -> Record:
    """Everything that is at hand of the fit. The page takes a second to draw, so only where it is wanted."""
    signs, run = seen.vitals or VitalSigns(), case.runs[-1]
    end = _last_step(seen.model, signs)
    begin = max(end - signs.updates, 0)
    return Record(
        last_step=end,
        series=tuple(each for each in (*_by_step(signs, begin), *_by_layer(seen, signs)) if each.values),
        histograms=(*_weights(seen.model, signs, begin, end), *_answers(run, end)),
        numbers=_numbers(run),
        words=_words(run),
        report=render(case, verbose=True).strip("\n") + "\n",
        case=case.to_json().decode(),
        page=_page(case) if with_page else "",
    )


def _last_step(model: Any, signs: VitalSigns) -> int:
    """The optimizer's own count, which goes on over several fits."""
    import keras

    optimizer = getattr(model, "optimizer", None)
    iterations = getattr(getattr(optimizer, "inner_optimizer", optimizer), "iterations", None)
    return signs.updates if iterations is None else int(keras.ops.convert_to_numpy(iterations))


def _by_step(signs: VitalSigns, begin: int) -> list[ScalarSeries]:
    """Figures of the whole model at the steps that were looked at, and the losses of single batches."""
    steps = [step.number for step in signs.pairs]
    losses = signs.batch_losses
    # Where several batches make one update (accumulation), they share its step.
    updates_a_batch = min(signs.updates / signs.steps_seen, 1.0) if signs.steps_seen else 1.0
    at = [begin + max(1, round((1 + n * signs.batch_stride) * updates_a_batch)) for n in range(len(losses))]
    return [
        ScalarSeries.of("gradient_norm", steps, [step.gradient_norm for step in signs.pairs]),
        ScalarSeries.of("update_ratio", steps, [step.update_ratio for step in signs.pairs]),
        ScalarSeries.of("learning_rate", steps, [step.learning_rate for step in signs.pairs]),
        ScalarSeries.of("batch_loss", at, losses),
    ]


def _by_layer(seen: Observation, signs: VitalSigns) -> list[ScalarSeries]:
    table = layer_steps(read_dynamics(seen.model, signs), MOST_POINTS)
    if table is None:
        return []
    kinds = {"gradient_norm_by_layer": table.gradients, "update_ratio_by_layer": table.ratios}
    return [
        ScalarSeries.of(named(kind, layer), table.steps, values)
        for kind, held in kinds.items()
        for layer, values in zip(table.layers, held, strict=True)
    ]


def _weights(model: Any, signs: VitalSigns, begin: int, end: int) -> list[Histogram]:
    """Each weight array as it began, where a copy was kept, and as it is now; one at a time in memory."""
    import keras

    weights = list(model.weights)
    first = signs.initial_weights or []
    shown = thinned(list(enumerate(weights)), MOST_ROWS)
    found = [
        Histogram.of(named("weights", weight.path), begin + signs.initial_after, first[at])
        for at, weight in shown
        if len(first) == len(weights)
    ]
    for _, weight in shown:
        found.append(Histogram.of(named("weights", weight.path), end, keras.ops.convert_to_numpy(weight)))
    return [each for each in found if each is not None]


def _answers(run: RunRecord, end: int) -> list[Histogram]:
    """How the model answers at the end, by label; of a run that was examined."""
    spreads: list[AnswerSpread] = run.pictures.answers if run.pictures is not None else []
    return [
        Histogram(
            name=named("answers", *([spread.output] if spread.output else []), group),
            step=end,
            edges=tuple(edge for edge in spread.edges if edge is not None),
            counts=tuple(counts),
        )
        for spread in spreads
        for group, counts in zip(spread.groups, spread.counts, strict=False)
        if None not in spread.edges and len(spread.edges) == len(counts) + 1
    ]


def _numbers(run: RunRecord) -> dict[str, float]:
    """How much was found, and what answers reach that need no learning."""
    found = {"causes": len(run.causes), "symptoms": len(run.symptoms), "notes": len(run.notes)}
    several = len(run.baselines) > 1
    reached = {
        named("baseline", *([output] if several else []), name): value
        for output, values in run.baselines.items()
        for name, value in trivial_answers(values).items()
        if math.isfinite(value)
    }
    return {**{name: float(amount) for name, amount in found.items()}, **reached}


def _words(run: RunRecord) -> dict[str, str]:
    """The verdict in words; without a cause there are no words about one."""
    words = {"status": run.status, "headline": run.headline}
    if run.causes:
        words["cause"] = run.causes[0].rule
        words["found"] = ", ".join(f"{cause.rule} ({cause.certainty})" for cause in run.causes)
    return words


def _page(case: Case) -> str:
    from unstuck.report.html.page import render as drawn

    return drawn(case)
