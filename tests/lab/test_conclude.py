"""What the proof makes of a diagnosis, from trials that are written down."""

import io

import pytest
from rich.console import Console

from unstuck.case.proofs import RemedyRecord, TrialRecord
from unstuck.case.schema import CauseRecord, RunRecord, Where
from unstuck.lab.clocks import Budget
from unstuck.lab.conclude import concluded
from unstuck.lab.known import ProofState
from unstuck.lab.trials import TrialResults
from unstuck.report.causes import tell_cause
from unstuck.report.paper import Paper

LONGER = RemedyRecord(name="train-longer", says="Train for 30 epochs.", diff="--- a\n+++ b\n-3\n+30\n")
WEIGH = RemedyRecord(name="weigh-classes", says="Weigh the classes.", diff="--- a\n+++ b\n-fit\n+weighed\n")


def proven(verdict, *remedies):
    """The cause after a trial of train-longer with this end."""
    cause = CauseRecord(rule="a", certainty="measured", impact="harms", remedies=list(remedies))
    trial = TrialRecord(remedy="train-longer", verdict=verdict, says=f"{verdict}.")
    known = ProofState(
        outcome=TrialResults(trials={("a", ""): [trial]}, left=frozenset({("accuracy-flat", "")}))
    )
    return concluded(RunRecord(status="stuck", causes=[cause]), known, Budget(60.0)).causes[0]


def told(cause):
    stream = io.StringIO()
    tell_cause(Paper(Console(file=stream, width=100)), 1, cause, [])
    return stream.getvalue()


@pytest.mark.parametrize(
    ("verdict", "word"), [("no effect", "Tried, no effect"), ("worse", "Tried, made it worse")]
)
def test_what_its_trial_spoke_against_is_not_recommended(verdict, word):
    cause = proven(verdict, LONGER, WEIGH)
    assert [remedy.name for remedy in cause.remedies] == ["weigh-classes", "train-longer"]
    page = told(cause)
    assert "Do: Weigh the classes." in page
    assert f"{word}: Train for 30 epochs." in page
    alone = told(proven(verdict, LONGER))
    assert "Do:" not in alone
    assert "+30" not in alone


@pytest.mark.parametrize("verdict", ["confirmed", "helped", "not proven"])
def test_what_its_trial_does_not_speak_against_stays_the_first(verdict):
    page = told(proven(verdict, LONGER, WEIGH))
    assert "Do: Train for 30 epochs." in page
    assert "Or: Weigh the classes." in page


def test_a_rule_that_names_what_is_wrong_in_a_network_stands_before_the_network_as_a_whole():
    known = ProofState(found=[whole("call"), whole("loss")])
    within = CauseRecord(rule="layer-constant-weights", certainty="measured", impact="blocks")
    run = RunRecord(status="stuck", causes=[within])
    told = [(each.rule, each.shows.get("kind")) for each in concluded(run, known, Budget(60.0)).causes]
    assert told == [("part-at-fault", "loss"), ("layer-constant-weights", None), ("part-at-fault", "call")]


def test_a_suspicion_that_an_answer_bears_out_gives_way_to_it_at_its_line():
    suspected = CauseRecord(
        rule="nothing-to-learn", certainty="suspected", impact="blocks", where=Where(file="a.py", line=22)
    )
    measured = CauseRecord(
        rule="nothing-to-learn", certainty="measured", impact="blocks", where=Where(file="a.py", line=49)
    )
    run = RunRecord(status="stuck", causes=[suspected])
    ended = concluded(run, ProofState(found=[measured]), Budget(60.0))
    assert [(each.certainty, each.where.line) for each in ended.causes] == [("measured", 22)]
    assert ended.status == "nothing-to-learn"


def test_a_part_that_heals_shows_that_there_is_something_to_learn():
    part = CauseRecord(
        rule="part-at-fault", certainty="confirmed", impact="blocks", explains=["nothing-to-learn"]
    )
    suspected = CauseRecord(rule="nothing-to-learn", certainty="suspected", impact="blocks")
    run = RunRecord(status="stuck", causes=[suspected])
    ended = concluded(run, ProofState(found=[part]), Budget(60.0))
    assert [each.rule for each in ended.causes] == ["part-at-fault"]


def whole(kind):
    return CauseRecord(rule="part-at-fault", certainty="confirmed", impact="blocks", shows={"kind": kind})
