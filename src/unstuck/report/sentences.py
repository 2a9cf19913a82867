"""The sentences about one run, made once: the terminal wraps them, the page sets them in HTML."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from unstuck.case.proofs import Proof
from unstuck.case.schema import (
    Case,
    CauseRecord,
    ErrorRecord,
    LoggedRecord,
    NoteRecord,
    RefutedRecord,
    RunRecord,
    SymptomRecord,
)
from unstuck.report.groups import Group
from unstuck.report.headline import became, fit_was_seen, headline_of
from unstuck.report.reference import in_figures
from unstuck.report.text import count, flat, listing, place, score, seconds, value
from unstuck.report.words import BASELINE, BEST_LOSS, CERTAINTY, IMPACT, OF_NUMBERS

#: What no log can tell.
LIMITS = "A log shows figures, not mechanisms. `unstuck run` on the script proves or refutes these causes."

#: From so many times the seconds of work on, those by the clock are told, too: the machine was busy.
_BUSY = 1.25


def subject(group: Group, total: int) -> str:
    """What was looked at: "fit", "fit 2 of 5", "model", "training in a.log". `total` counts all of them."""
    logged = group.run.logged
    if logged is not None:
        which = f"training {group.numbers[0]} of {total}" if total > 1 else "training"
        return f"{which} in {name_of_log(logged)}"
    if group.run.fit is None or (group.run.figures and not fit_was_seen(group.run)):
        return "model"  # check and diagnose saw no fit
    return f"fit {group.numbers[0]} of {total}" if total > 1 else "fit"


def name_of_log(logged: LoggedRecord) -> str:
    """What a log is called."""
    return "standard input" if logged.name == "-" else flat(logged.name)


def headline(run: RunRecord) -> str:
    """The verdict in one sentence."""
    return flat(run.headline) or headline_of(run)


def opening(run: RunRecord) -> str:
    """What became of the training, where its causes follow; else the whole verdict."""
    return flat(became(run)) if run.causes else headline(run)


def same_in(group: Group) -> str:
    """Which other fits say the same, "" for none."""
    if len(group.numbers) < 2:
        return ""
    return f"The same in {group.others}; what follows is fit {group.numbers[0]}."


def is_plainly_healthy(run: RunRecord) -> bool:
    """Whether there is nothing to explain."""
    return run.status == "healthy" and not run.causes and not run.symptoms


def moves(run: RunRecord) -> list[tuple[str, str]]:
    """(label, text) of the curves' ends, and of what trivial answers reach."""
    told = []
    for output, curves in run.curves.items():
        ends = [
            f"{flat(name)} {curve_ends(values)}"
            for name, values in sorted(curves.items(), key=lambda curve: curve_order(curve[0]))
            if values
        ]
        if ends:
            label = f"in {count(max(len(values) for values in curves.values()), 'epoch')}: "
            told.append((_headed(output, label), "; ".join(ends) + "."))
    for output, reference in run.reference.items():
        if reference.simple:
            told.append((_headed(output, "held against simple models: "), in_figures(reference) + "."))
    for output, table in run.baselines.items():
        reached = _trivial(table)
        if reached:
            told.append((_headed(output, "without learning, on the training rows: "), reached + "."))
    return told


def symptom(seen: SymptomRecord) -> str:
    """What is seen, with the output's name where there are several."""
    return _headed(seen.output, ": ") + flat(seen.says)


def curve_order(name: str) -> tuple[bool, bool]:
    """Training before validation, the loss before the metrics."""
    return name.startswith("val_"), not name.endswith("loss")


def _headed(output: str, label: str) -> str:
    """The label of a line, headed by the name of the output where there are several."""
    if not output:
        return "" if label == ": " else label[:1].upper() + label[1:]
    return f'Output "{flat(output)}"{label if label == ": " else " " + label}'


def curve_ends(values: list[float | None]) -> str:
    """First and last value of a curve."""
    told = [score(value) for value in values]
    if len(told) == 1:
        return told[0]
    return f"{told[0]} throughout" if len(set(told)) == 1 else f"{told[0]} to {told[-1]}"


def trivial_answers(table: dict[str, float | None]) -> dict[str, float]:
    """The baselines worth telling, by name; errors of numbers only where there are no classes."""
    known = {name: figure for name, figure in table.items() if figure is not None}
    loss = next((name for name in BEST_LOSS if name in known), None)
    return {
        name: known[name]
        for name in BASELINE
        if name in known
        and not (name in BEST_LOSS and name != loss)
        and not (name in OF_NUMBERS and "majority" in known)
    }


def _trivial(table: dict[str, float | None]) -> str:
    """The baselines in words."""
    told: dict[str, str] = {}
    for name, figure in trivial_answers(table).items():
        # Under a squared error the best constant answer is the mean: one figure, told once.
        told.setdefault(score(figure), BASELINE[name].format(score(figure)))
    return "; ".join(told.values())


def grade(cause: CauseRecord) -> str:
    """How sure it is, and what it does."""
    certainty = CERTAINTY.get(cause.certainty, cause.certainty)
    return f"{certainty}; {IMPACT.get(cause.impact, cause.impact)}"


def bounds(cause: CauseRecord) -> str:
    """The figures of a cause that crossed a bound, each with it: "odds 36.8 (bound 3)"."""
    told, names = [], list(cause.shows)
    for name, bound in cause.shows.items():
        if name != "bound" and not name.endswith(("_bound", " bound")):
            continue
        before = names[: names.index(name)]
        of = name[:-6] if name != "bound" else before[-1] if before else ""
        seen, held = (value(each) for each in (cause.shows.get(of), bound))
        if seen is not None and held is not None and isinstance(cause.shows[of], int | float):
            told.append(f"{flat(of).replace('_', ' ')} {seen} (bound {held})")
    return "; ".join(told)


def bidding(cause: CauseRecord, at: int) -> str:
    """What stands before a cause's remedy: do this, or this, or what came of trying it."""
    against = cause.against(cause.remedies[at])
    if against:
        return "Tried, no effect" if against == "no effect" else "Tried, made it worse"
    return "Or" if at else "Do"


def explained(cause: CauseRecord, seen: Collection[str]) -> str:
    """What a cause explains; all symptoms together where there are several. `seen` are their rules."""
    explains = cause.explains
    if len(seen) > 1 and set(seen) <= set(explains):
        return "; ".join(["all that is seen above", *(flat(rule) for rule in explains if rule not in seen)])
    return "; ".join(flat(rule) for rule in explains)


def unexplained(run: RunRecord) -> str:
    """What no cause was found for, "" when everything is explained."""
    if not run.causes:
        return "No cause that unstuck knows was found." if run.symptoms else ""
    known = {rule for cause in (*run.causes, *run.notes) for rule in cause.explains}
    left = [rule for rule in dict.fromkeys(each.rule for each in run.symptoms) if rule not in known]
    return f"No cause found for: {listing(left)}." if left else ""


def outcome(proof: Proof) -> str:
    """What the proof came to, and the seconds it took."""
    if not proof.seconds:
        return flat(proof.says)
    clock = f", {proof.elapsed:.0f} s by the clock" if proof.elapsed > _BUSY * proof.seconds else ""
    return f"{flat(proof.says)} ({proof.seconds:.0f} of {proof.budget:.0f} s of work{clock})"


def refuted(cause: RefutedRecord) -> str:
    """What was withdrawn, and why."""
    return f"{flat(cause.rule)}. {flat(cause.because)}"


def note(record: NoteRecord) -> str:
    """A risk, and why it is none of the causes."""
    where = f" at {place(record.where)}" if record.where else ""
    because = f" ({flat(record.because).rstrip('.')})" if record.because else ""
    return f"{flat(record.rule)}{where}: {flat(record.says)}{because}"


def notes_named(notes: list[NoteRecord]) -> str:
    """Many notes by name."""
    return f"{count(len(notes), 'note')}: {listing(dict.fromkeys(each.rule for each in notes))}"


def unchecked(run: RunRecord) -> dict[str, list[str]]:
    """What was not checked: rules by reason."""
    reasons: dict[str, list[str]] = {}
    for each in run.not_checked:
        reasons.setdefault(flat(each.reason).rstrip("."), []).append(each.rule)
    return reasons


def folded(run: RunRecord, checked: Mapping[str, Collection[str]]) -> str:
    """What stands in the part that is folded away: what was checked, and how much of each."""
    fine = sum(map(len, checked.values()))
    told = [f"{count(fine, 'rule')} found nothing wrong"] if fine else []
    told += [count(len(run.notes), "note")] if run.notes else []
    told += [f"{count(len(run.not_checked), 'rule')} not checked"] if run.not_checked else []
    told += [f"{count(len(run.errors), 'error')} inside unstuck"] if run.errors else []
    return f"What was checked: {listing(told)}" if told else "What was checked"


def failure(error: ErrorRecord) -> str:
    """Something of ours that failed."""
    return f"{flat(error.where)}: {flat(error.error)}"


#: Seconds of which the two decimals that are told show something.
_TOLD = 0.005


def cost(run: RunRecord) -> str:
    """What the diagnosis took; of a log, what it cannot show."""
    if run.logged is not None:
        return LIMITS
    spent = run.cost
    parts = []
    if spent.fit_seconds:
        parts.append(f"watching {seconds(spent.watch_seconds)} of a fit of {seconds(spent.fit_seconds)}")
        if spent.reference_seconds:
            parts.append(f"simple models {seconds(spent.reference_seconds)}")
    if spent.source_seconds >= _TOLD:
        parts.append(f"source and remedies {seconds(spent.source_seconds)}")
    examined = spent.examination_seconds
    parts.append(f"examination {seconds(examined)}" if examined else "no examination")
    return f"Cost: {', '.join(parts)}."


def rest_in_one_line(run: RunRecord) -> str:
    """A healthy run's second line."""
    parts = [notes_named(run.notes)] if run.notes else []
    if run.not_checked:
        parts.append(f"{count(len(run.not_checked), 'rule')} not checked")
    parts.append(cost(run).removeprefix("Cost: ").removesuffix(", no examination.").removesuffix("."))
    told = "; ".join(parts) + "."
    return told[:1].upper() + told[1:]


def whole(case: Case, how: str) -> str:
    """Where the rest of a report is, and what its names mean; `how` says how to see all of it."""
    leading = dict.fromkeys(flat(run.causes[0].rule) for run in case.runs if run.causes)
    explained = f" About the cause: `unstuck explain {next(iter(leading))}`." if leading else ""
    return f"All else: {how}.{explained}"
