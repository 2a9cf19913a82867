"""The order of trials and what follows from them, on trainings whose outcome is written down."""

import pytest

from unstuck.case.proofs import ChangeRecord
from unstuck.lab.arms import Arm
from unstuck.lab.candidates import Candidate, changes_of, stacked
from unstuck.lab.resize import Size
from unstuck.lab.trials import Trials

STUCK = ("accuracy-flat", "")
SLOW = ("learning-slow", "")


class Bench:
    """Trainings that come out as a function of the remedies and the seed says."""

    def __init__(self, outcome):
        self.outcome, self.done = outcome, {}

    def run(self, wanted, size):
        for changes, seed in wanted:
            remedies = frozenset(change.remedy for change in changes)
            right, symptoms = self.outcome(remedies)
            self.done[remedies, seed] = Arm(
                seed=seed, symptoms=tuple(symptoms), scores={"": {"right": right + 0.001 * seed}}
            )

    def arm(self, changes, seed, size):
        return self.done.get((frozenset(change.remedy for change in changes), seed))


def candidate(rule, *, established=True, supported=False, explains=("accuracy-flat",)):
    change = ChangeRecord(remedy=f"cure-{rule}")
    return Candidate(
        rule=rule,
        established=established,
        explains=explains,
        remedy=change.remedy,
        changes=(change,),
        supported=supported,
    )


def tried(outcome, candidates, seen=(STUCK,)):
    return Trials(Bench(outcome), Size(), seen).run(candidates)


def verdicts(outcome):
    return {rule: [trial.verdict for trial in trials] for (rule, _), trials in outcome.trials.items()}


def test_one_cause_is_confirmed():
    found = tried(lambda with_: (0.9, []) if "cure-a" in with_ else (0.5, [STUCK]), [candidate("a")])
    assert verdicts(found) == {"a": ["confirmed"]}
    assert [each.remedy for each in found.healed_by] == ["cure-a"]


def test_what_does_not_reproduce_claims_nothing():
    found = tried(lambda with_: (0.9, []), [candidate("a")])
    assert not found.reproduced
    assert not found.trials


def test_stacked_causes_need_both():
    def both(with_):
        return (0.9, []) if {"cure-a", "cure-b"} <= with_ else (0.5, [STUCK])

    found = tried(both, [candidate("a"), candidate("b")])
    assert verdicts(found) == {"a": ["confirmed"], "b": ["confirmed"]}
    assert [each.remedy for each in found.healed_by] == ["cure-a", "cure-b"]
    assert found.trials["a", ""][0].with_remedies == ["cure-b"]


def test_what_turns_out_unnecessary_is_dropped():
    found = tried(
        lambda with_: (0.9, []) if "cure-b" in with_ else (0.5, [STUCK]), [candidate("a"), candidate("b")]
    )
    assert [each.remedy for each in found.healed_by] == ["cure-b"]
    assert ("a", "") in found.left_out
    assert found.trials["b", ""][0].with_remedies == []  # judged anew without what was dropped


@pytest.mark.parametrize("established", [True, False])
def test_what_was_not_tried_as_nothing_was_left_is_left_out(established):
    found = tried(
        lambda with_: (0.9, []) if "cure-a" in with_ else (0.5, [STUCK]),
        [candidate("a"), candidate("b", established=established)],
    )
    assert found.left_out == {("b", ""): "cure-a heals without it"}
    assert verdicts(found) == {"a": ["confirmed"]}


def test_nothing_is_left_out_for_what_may_be_chance():
    found = tried(lambda with_: (0.5, [] if "cure-a" in with_ else [STUCK]), [candidate("a"), candidate("b")])
    assert verdicts(found) == {"a": ["not proven"]}
    assert not found.left_out


def test_the_suspect_that_heals_is_picked_and_the_other_refuted():
    suspects = [candidate("a", established=False), candidate("b", established=False)]
    found = tried(lambda with_: (0.9, []) if "cure-b" in with_ else (0.5, [STUCK]), suspects)
    assert verdicts(found)["b"] == ["confirmed"]
    assert ("a", "") in found.refuted
    assert [each.rule for each in found.healed_by] == ["b"]


def test_what_heals_is_proven_before_what_would_take_the_whole_budget():
    class Short(Bench):
        def run(self, wanted, size):
            """Nothing comes back from the first training with cure-b on."""
            cheap = [each for each in wanted if all(change.remedy != "cure-b" for change in each[0])]
            super().run(cheap if not self.over else [], size)
            self.over = self.over or len(cheap) < len(wanted)

        over = False

    suspects = [candidate("a", established=False), candidate("b", established=False)]
    bench = Short(lambda with_: (0.9, []) if with_ else (0.5, [STUCK]))
    found = Trials(bench, Size(), (STUCK,)).run(suspects)
    assert verdicts(found) == {"a": ["confirmed"]}
    assert [each.rule for each in found.healed_by] == ["a"]


@pytest.mark.parametrize("supported", ["a", "b"])
def test_of_two_that_heal_an_answer_decides(supported):
    suspects = [candidate(rule, established=False, supported=rule == supported) for rule in "ab"]
    found = tried(lambda with_: (0.9, []) if with_ else (0.5, [STUCK]), suspects)
    assert [each.rule for each in found.healed_by] == [supported]
    assert len(found.left_out) == 1


def test_a_remedy_that_harms_is_not_kept():
    found = tried(lambda with_: (0.3, [STUCK]) if "cure-a" in with_ else (0.5, [STUCK]), [candidate("a")])
    assert verdicts(found) == {"a": ["worse"]}
    assert not found.healed


def test_a_cause_of_another_symptom_is_confirmed_beside_the_first():
    def each(with_):
        symptoms = [symptom for symptom, cure in ((STUCK, "cure-a"), (SLOW, "cure-b")) if cure not in with_]
        return 0.5 + 0.2 * len(with_), symptoms

    found = tried(each, [candidate("a"), candidate("b", explains=("learning-slow",))], (STUCK, SLOW))
    assert verdicts(found) == {"a": ["confirmed"], "b": ["confirmed"]}
    assert found.healed


def longer(rule, epochs, *, established):
    change = ChangeRecord(remedy="train-longer", values={"epochs": epochs})
    return Candidate(
        rule=rule,
        established=established,
        explains=("accuracy-flat",),
        remedy=change.remedy,
        changes=(change,),
    )


@pytest.mark.parametrize("epochs", [30, 44])
@pytest.mark.parametrize("established", [True, False])
def test_a_remedy_is_not_judged_beside_itself(epochs, established):
    """Two causes ask for the same remedy, or for the same one with another number."""
    outcome = tried(
        lambda with_: (0.5, [STUCK]),
        [longer("a", 30, established=True), candidate("b"), longer("c", epochs, established=established)],
    )
    assert {rule for rule, _ in outcome.trials} == {"a", "b", "c"}
    assert outcome.trials["c", ""][0].with_remedies == ["cure-b"]
    for trials in outcome.trials.values():
        for trial in trials:
            assert trial.remedy not in trial.with_remedies


def test_of_two_causes_with_one_remedy_both_are_told_apart_from_what_heals_without():
    outcome = tried(
        lambda with_: (0.9, []) if {"train-longer", "cure-b"} <= with_ else (0.5, [STUCK]),
        [longer("a", 30, established=True), candidate("b"), longer("c", 30, established=True)],
    )
    assert [each.remedy for each in outcome.healed_by] == ["train-longer", "cure-b"]
    assert outcome.left_out == {("c", ""): "train-longer is its remedy, too"}


def test_changes_that_two_causes_ask_for_are_made_once():
    first, other = longer("a", 30, established=True), longer("c", 30, established=True)
    assert changes_of([first, other]) == first.changes
    further = longer("c", 44, established=True)
    assert stacked([first, candidate("b"), further]) == [further, candidate("b")]


class Losses(Bench):
    """Trainings whose validation loss falls from 0.8 to 0.4 with a remedy, and the symptom with it."""

    def __init__(self):
        super().__init__(None)

    def run(self, wanted, size):
        for changes, seed in wanted:
            remedies = frozenset(change.remedy for change in changes)
            gap = () if remedies else (("train-validation-gap", ""),)
            scores = {"right": 1.0, "val_loss": (0.4 if remedies else 0.8) + 0.01 * seed}
            self.done[remedies, seed] = Arm(seed=seed, symptoms=gap, scores={"": scores})


def test_of_a_loss_less_is_better_and_its_figures_are_told_as_they_are():
    found = Trials(Losses(), Size(), [("train-validation-gap", "")]).run(
        [candidate("a", explains=("train-validation-gap",))]
    )
    (trial,) = found.trials["a", ""]
    assert (trial.verdict, trial.better, trial.measure) == ("confirmed", "less", "loss on the held-out rows")
    assert trial.control == pytest.approx([0.8, 0.81, 0.82])
    assert trial.difference == pytest.approx(-0.4)
    assert trial.low <= trial.difference <= trial.high
    assert trial.gain == pytest.approx(0.4)
