"""Trials: does the symptom go away with this remedy and nothing else changed?

Control and treated trainings run in pairs of the same seed. The control must show the symptom, or
nothing is claimed. Established causes are treated on top of each other, the first to cure first;
suspected ones each by itself on top of those; then every remedy is taken out once more of the set
that heals, and what it heals without is dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from unstuck.case.proofs import TrialRecord
from unstuck.lab.arms import Arm, accuracy_curves
from unstuck.lab.bench import Bench
from unstuck.lab.candidates import (
    Candidate,
    Symptoms,
    changes_of,
    explained_by,
    heal_without,
    makes_all_of,
    named_of,
    stacked,
    with_it,
    without,
)
from unstuck.lab.measures import measure_of
from unstuck.lab.resize import Size
from unstuck.lab.verdicts import FEWEST_PAIRS, paired_difference, verdict_of
from unstuck.rules.families import DIVERGES, DOES_NOT_FIT
from unstuck.rules.rule import symptoms_of

#: Seeds of the pairs; the last ones only where three leave it open.
SEEDS = (0, 1, 2)
MORE_SEEDS = (3, 4)

#: New symptoms under which nothing was cured: a training that learns nothing has no old symptom either.
_WRECKED = (
    DOES_NOT_FIT,
    DIVERGES,
    "loss-at-chance",
    "accuracy-at-constant-baseline",
    "predictions-constant",
    "predictions-one-class",
)


@dataclass
class TrialResults:
    """What the trials came to.

    `trials` are by cause; `refuted` are the causes whose trial spoke against them; `left_out` says
    why, by cause; `healed_by` is the smallest set of candidates after which none of the symptoms was
    left, in the order they were added. `reproduced` is false where the control did not show what the
    user's run showed. `together` is the trial of several established remedies at once, where that heals.
    `counted` are the candidates that were confirmed without a training, by counting the same answers.
    """

    trials: dict[tuple[str, str], list[TrialRecord]] = field(default_factory=dict)
    refuted: set[tuple[str, str]] = field(default_factory=set)
    left_out: dict[tuple[str, str], str] = field(default_factory=dict)
    healed_by: list[Candidate] = field(default_factory=list)
    reproduced: bool = True
    healed: bool = False
    left: Symptoms = frozenset()
    together: TrialRecord | None = None
    counted: list[Candidate] = field(default_factory=list)


def most(arms: Iterable[Arm]) -> Symptoms:
    """The symptoms of more than half of the trainings."""
    arms = list(arms)
    tally = Counter(symptom for arm in arms for symptom in dict.fromkeys(arm.symptoms))
    return frozenset(symptom for symptom, count in tally.items() if 2 * count > len(arms))


class Trials:
    """One series of trials at one size.

    `known` is what was found without training; its counted changes are part of the recipe that is trained.
    """

    def __init__(
        self,
        bench: Bench,
        size: Size,
        seen: Collection[tuple[str, str]],
        known: TrialResults | None = None,
    ) -> None:
        self._bench, self._size = bench, size
        self._seen = frozenset(seen)
        self.outcome = known or TrialResults()
        self._base: list[Candidate] = []
        self._candidates: list[Candidate] = []

    def run(self, candidates: Sequence[Candidate]) -> TrialResults:
        """Try the candidates, the first to cure first."""
        outcome, self._candidates = self.outcome, list(candidates)
        first = [each for each in candidates if each.established] or list(candidates)[:1]
        self._fetch([[], stacked(first)], SEEDS[:1])
        self._fetch([[]])
        outcome.left = most(self._arms([])) & self._seen
        if not outcome.left:
            if outcome.counted and self._arms([]):  # what was counted anew has left nothing else to see
                self._ended()
            else:
                outcome.reproduced = not self._arms([])
            return outcome
        established = [each for each in candidates if each.established]
        if len(established) < 2 or not self._whole(established):
            for candidate in established:
                if outcome.left:
                    self._stack(candidate)
        suspected = [each for each in candidates if not each.established and self._concerned(each)]
        suspects = suspected
        for _ in range(2):
            if suspects and outcome.left:
                suspects = self._decide(suspects)
        if outcome.left:
            self._judge_shared(suspected)
        self._ended()
        return outcome

    def _whole(self, established: list[Candidate]) -> bool:
        """Treat all established causes at once; whether that heals, so that none is tried on the way."""
        established = stacked(established)
        if not self._arms(established, SEEDS[:1]) or self._left(self._arms(established, SEEDS[:1])):
            return False
        self._fetch([established])
        if self._left(self._arms(established)):
            return False
        self._base, self.outcome.left = established, frozenset()
        explains = tuple(rule for rule, _ in self._seen)
        everything = Candidate(rule=established[0].rule, remedy=named_of(established), explains=explains)
        self.outcome.together = self._compared(everything, [], established)
        return True

    def retry(self, alternative: Candidate) -> None:
        """Try another remedy of a cause in place of the one that did not heal."""
        outcome = self.outcome
        base = [each for each in self._base if each.key != alternative.key]
        before, after = without(base, alternative), with_it(base, alternative)
        self._fetch([before, after])
        trial = self._judged(alternative, before, after)
        if trial is None:
            return
        outcome.trials.setdefault(alternative.key, []).append(trial)
        if trial.verdict in ("confirmed", "helped"):
            outcome.refuted.discard(alternative.key)
            self._base = after
            outcome.left = self._left(self._arms(self._base))
            self._ended()

    def _ended(self) -> None:
        """Note whether the present set heals; then drop from it what it heals without."""
        outcome = self.outcome
        outcome.healed = not outcome.left
        if outcome.healed and self._base:
            before = dict(outcome.left_out)
            self._leave_one_out()
            self._judge_anew()
            if all(_verdict(self._last_trials(), each) == "confirmed" for each in self._base):
                self._spare()
            else:  # what may be chance leaves nothing out
                outcome.left_out = before
        if outcome.healed:
            outcome.healed_by = [*outcome.counted, *self._base]

    # --- the arms ---

    def _fetch(self, sets: Sequence[Sequence[Candidate]], seeds: Sequence[int] = SEEDS) -> None:
        """Run these sets of changes on these seeds, all at once."""
        wanted = [(changes_of(each), seed) for seed in seeds for each in sets]
        self._bench.run(wanted, self._size)

    def _fetch_hopeful(self, base: list[Candidate], suspects: Sequence[Candidate]) -> None:
        """All pairs of the first suspect where one heals, as the others may take the whole budget; else
        one pair of each first; then the others of those it changed anything for, then the rest.
        """
        treated = {each.key: with_it(base, each) for each in suspects}
        foremost = [treated[each.key] for each in suspects[:1]]
        self._fetch([base, *foremost], SEEDS[:1])
        if foremost and not self._left(self._arms(foremost[0], SEEDS[:1])):
            self._fetch([base, *foremost])
        self._fetch([base, *treated.values()], SEEDS[:1])
        before = most(self._arms(base, SEEDS[:1]))
        hopeful = [each for each in suspects if before - most(self._arms(treated[each.key], SEEDS[:1]))]
        self._fetch([base, *[treated[each.key] for each in hopeful]])
        self._fetch([base, *treated.values()])

    def _arms(self, chosen: Sequence[Candidate], seeds: Sequence[int] = (*SEEDS, *MORE_SEEDS)) -> list[Arm]:
        """The trainings that came to an end with these changes."""
        found = [self._bench.arm(changes_of(chosen), seed, self._size) for seed in seeds]
        return [arm for arm in found if arm is not None]

    def _left(self, arms: Iterable[Arm]) -> Symptoms:
        """What is still seen of the user's symptoms, and new ones that say the training is wrecked."""
        now, control = most(arms), most(self._arms([]))
        wrecked = symptoms_of(*_WRECKED)
        return (now & self._seen) | frozenset(each for each in now - control if each[0] in wrecked)

    # --- the steps ---

    def _concerned(self, candidate: Candidate) -> bool:
        """Whether it explains anything that is left."""
        return bool(explained_by(candidate, self.outcome.left))

    def _stack(self, candidate: Candidate) -> None:
        """Treat an established cause on top of those before it; it stays unless it harms."""
        before, after = without(self._base, candidate), with_it(self._base, candidate)
        self._fetch([before, after])
        trial = self._judged(candidate, before, after)
        if trial is None:
            return
        self.outcome.trials[candidate.key] = [trial]
        if trial.verdict != "worse":
            self._base = after
            self.outcome.left = self._left(self._arms(self._base))

    def _decide(self, suspects: list[Candidate]) -> list[Candidate]:
        """Try each suspect by itself, keep the best, and give back those that are still open."""
        base, outcome = list(self._base), self.outcome
        suspects = [each for each in suspects if not makes_all_of(base, each)]
        self._fetch_hopeful(base, suspects)
        judged = {}
        for suspect in suspects:
            before = without(base, suspect)
            self._fetch([before])
            trial = self._judged(suspect, before, with_it(base, suspect))
            if trial is not None:
                judged[suspect.key] = trial
                outcome.trials[suspect.key] = [trial]
        healing = [each for each in suspects if _verdict(judged, each) == "confirmed"]
        helping = [each for each in suspects if _verdict(judged, each) == "helped"]
        chosen = max(
            healing or helping,
            key=lambda each: (
                each.supported,
                sum(other.rule in each.explains for other in healing),
                judged[each.key].gain,
            ),
            default=None,
        )
        for suspect in suspects:
            self._settle(suspect, judged.get(suspect.key), chosen if healing or suspect is chosen else None)
        if chosen is None:
            return []
        self._base = with_it(base, chosen)
        outcome.left = self._left(self._arms(self._base))
        return [each for each in suspects if each in helping and each is not chosen]

    def _judge_shared(self, suspects: Sequence[Candidate]) -> None:
        """Judge the suspects whose changes stand in the set already, for another cause's sake."""
        for suspect in suspects:
            if suspect.key not in self.outcome.trials and makes_all_of(self._base, suspect):
                before = without(self._base, suspect)
                self._fetch([before])
                trial = self._judged(suspect, before, self._base)
                if trial is not None:
                    self.outcome.trials[suspect.key] = [trial]
                    self._settle(suspect, trial, None)

    def _settle(self, suspect: Candidate, trial: TrialRecord | None, chosen: Candidate | None) -> None:
        """What becomes of one suspect beside the one that was chosen."""
        outcome = self.outcome
        outcome.left_out.pop(suspect.key, None)
        if trial is None or suspect is chosen:
            return
        if trial.verdict in ("no effect", "worse"):
            outcome.refuted.add(suspect.key)
        elif chosen is not None:
            outcome.left_out[suspect.key] = (
                f"{chosen.remedy} heals by itself"
                if trial.verdict != "confirmed"
                else f"{chosen.remedy} heals as well, and more"
            )

    def _leave_one_out(self) -> None:
        """Take each remedy out of the set that heals, the last first; keep those without which it fails."""
        last = self._base[-1] if self.outcome.together is None else None
        for candidate in reversed([each for each in self._base if each is not last]):
            if len(self._base) < 2:
                return
            rest = [each for each in self._base if each is not candidate]
            self._fetch([rest])
            trial = self._judged(candidate, rest, self._base)
            if trial is None or len(trial.seeds) < FEWEST_PAIRS:
                continue
            if not self._left(self._arms(rest)) and trial.verdict != "helped":
                self._base = rest
                self.outcome.left_out[candidate.key] = heal_without(rest)
            else:
                self._note(candidate, trial)

    def _note(self, candidate: Candidate, trial: TrialRecord) -> None:
        """Put a later trial of a remedy in place of its earlier one; those of other remedies stay."""
        others = [each for each in self.outcome.trials.get(candidate.key, []) if each.remedy != trial.remedy]
        self.outcome.trials[candidate.key] = [*others, trial]

    def _judge_anew(self) -> None:
        """Judge what is left of the set by itself, without the remedies that were dropped from it."""
        for candidate in self._base:
            rest = [each for each in self._base if each is not candidate]
            known = self.outcome.trials.get(candidate.key, [])
            if known and known[-1].with_remedies == self._named(rest):
                continue
            self._fetch([rest])
            trial = self._judged(candidate, rest, self._base)
            if trial is not None and len(trial.seeds) >= FEWEST_PAIRS:
                self._note(candidate, trial)

    def _named(self, chosen: Iterable[Candidate]) -> list[str]:
        """The remedies that a training with these candidates has, those that were counted first."""
        return [each.remedy for each in (*self.outcome.counted, *chosen)]

    def _last_trials(self) -> dict[tuple[str, str], TrialRecord]:
        return {key: each[-1] for key, each in self.outcome.trials.items()}

    def _spare(self) -> None:
        """Leave out the causes that were not tried: a confirmed set left them no symptom to explain."""
        trials = self._last_trials()
        for candidate in self._candidates:
            if candidate.key not in trials:
                shared = makes_all_of(self._base, candidate)
                why = f"{candidate.remedy} is its remedy, too" if shared else heal_without(self._base)
                self.outcome.left_out.setdefault(candidate.key, why)

    def _judged(
        self, candidate: Candidate, before: Sequence[Candidate], after: Sequence[Candidate]
    ) -> TrialRecord | None:
        """The trial of a candidate; two more seeds where three leave it open. None without any pair."""
        trial = self._compared(candidate, before, after)
        if trial is not None and trial.verdict == "not proven" and len(trial.seeds) >= FEWEST_PAIRS:
            self._fetch([before, after], MORE_SEEDS)
            trial = self._compared(candidate, before, after)
        return trial

    def _compared(
        self, candidate: Candidate, before: Sequence[Candidate], after: Sequence[Candidate]
    ) -> TrialRecord | None:
        control = {arm.seed: arm for arm in self._arms(before)}
        treated = {arm.seed: arm for arm in self._arms(after)}
        seeds = sorted(control.keys() & treated.keys())
        if not seeds:
            return None
        pairs = [(control[seed], treated[seed]) for seed in seeds]
        shown, gone = most(arm for arm, _ in pairs), most(arm for _, arm in pairs)
        explained = explained_by(candidate, shown)
        names = {rule for rule, _ in explained}
        measure = measure_of(
            candidate.rule,
            candidate.impact,
            names,
            candidate.output,
            [arm for arm, _ in pairs],
            [arm for _, arm in pairs],
        )
        values = [measure.before(arm) for arm, _ in pairs], [measure.after(arm) for _, arm in pairs]
        sign = -1.0 if measure.less else 1.0
        gain = paired_difference(*([None if each is None else sign * each for each in arm] for arm in values))
        wrecked = any(rule in symptoms_of(*_WRECKED) for rule, _ in gone - shown)
        verdict, why = verdict_of(gain, bool(explained) and not explained & gone and not wrecked)
        one = pairs[0][1]
        return TrialRecord(
            remedy=candidate.remedy,
            verdict=verdict,
            why=why,
            with_remedies=self._named(before),
            measure=measure.says,
            seeds=seeds,
            control=values[0],
            treated=values[1],
            difference=sign * gain.mean if gain else None,
            low=min(sign * gain.low, sign * gain.high) if gain else None,
            high=max(sign * gain.low, sign * gain.high) if gain else None,
            better="less" if measure.less else "more",
            symptoms_before=sorted({rule for rule, _ in shown}),
            symptoms_after=sorted({rule for rule, _ in gone}),
            rows=one.rows,
            epochs=one.epochs,
            updates=one.updates,
            seconds=sum(arm.seconds for pair in pairs for arm in pair),
            curves={
                "control": [list(arm.losses) for arm, _ in pairs],
                "treated": [list(arm.losses) for _, arm in pairs],
            },
            accuracy_curves=accuracy_curves(pairs),
        )


def _verdict(judged: dict[tuple[str, str], TrialRecord], candidate: Candidate) -> str:
    trial = judged.get(candidate.key)
    return trial.verdict if trial is not None else ""
