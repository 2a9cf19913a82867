"""Which remedies `unstuck fix` takes."""

import io

import pytest
from fixes import (
    ACTIVATION,
    EPOCHS,
    LOSS,
    RATE,
    TEXT,
    case_of,
    cause,
    each_confirmed,
    fixed,
    remedy,
    script,
)

from unstuck.case.proofs import Proof, TrialRecord
from unstuck.case.schema import Case, NoteRecord, RunRecord, Where
from unstuck.fix.choice import ChoiceError
from unstuck.verbs.fix import take_back


def test_nothing_is_taken_that_no_trial_confirmed(here):
    file = script(here)
    case = case_of(
        file,
        cause(file, ACTIVATION, EPOCHS, certainty="proved"),
        cause(file, RATE, rule="b-cause", certainty="suspected"),
    )
    status, said = fixed(case, write=True)
    assert status == 1
    assert "No remedy for the fit at train.py:5 is confirmed by a trial" in said
    assert "--all takes set-output-activation (for a-cause, proved)" in said
    assert "--remedy NAME takes one of: set-output-activation, train-longer, set-learning-rate." in said
    assert file.read_text() == TEXT
    status, said = fixed(case, everything=True)
    assert status == 0
    assert "One remedy is taken: - set-output-activation" in said
    status, said = fixed(case, remedies=("set-learning-rate", "train-longer"))
    assert status == 0
    assert "2 remedies are taken: - set-learning-rate (for b-cause, suspected)" in said


def test_the_confirmed_trial_decides_between_the_remedies_of_a_cause(here):
    file = script(here)
    trial = TrialRecord(remedy="train-longer", verdict="confirmed", says="")
    case = case_of(file, cause(file, ACTIVATION, EPOCHS, certainty="measured", trials=[trial]))
    assert "One remedy is taken: - train-longer" in fixed(case)[1]


@pytest.mark.parametrize(
    ("verdict", "found"), [("no effect", "its trial found no effect"), ("worse", "a worse training")]
)
def test_what_its_own_trial_speaks_against_is_not_taken(here, verdict, found):
    file = script(here)
    trial = TrialRecord(remedy="train-longer", verdict=verdict, says="")
    alone = cause(file, EPOCHS, certainty="measured", trials=[trial])
    status, said = fixed(case_of(file, alone), everything=True)
    assert status == 1
    assert "is left to take" in said
    assert found in said
    two = cause(file, EPOCHS, RATE, certainty="measured", trials=[trial])
    said = fixed(case_of(file, two), everything=True)[1]
    assert "One remedy is taken: - set-learning-rate" in said
    assert "Not taken, train-longer" in said
    beside = cause(file, LOSS, rule="b-cause", certainty="proved")
    said = fixed(case_of(file, alone, beside), everything=True)[1]
    assert "One remedy is taken: - set-loss" in said
    assert "Not taken, train-longer (for a-cause, measured): its trial" in said
    assert "- train-longer" in fixed(case_of(file, alone), remedies=("train-longer",))[1]  # asked for by name


def test_what_heals_together_is_taken_exactly(here):
    file = script(here)
    case = case_of(
        file,
        cause(file, ACTIVATION, EPOCHS),
        cause(file, LOSS, rule="b-cause", certainty="proved"),
        proof=Proof(healed_by=["set-loss", "train-longer"]),
    )
    said = fixed(case)[1]
    assert "2 remedies are taken: - set-loss (for b-cause, proved)" in said
    assert "- train-longer (for a-cause, confirmed)" in said


def test_a_note_is_taken_only_by_name(here):
    file = script(here)
    note = NoteRecord(
        rule="a-note", certainty="proved", impact="harms", remedies=[remedy(file, *EPOCHS)], because="risk"
    )
    case = case_of(file, notes=[note])
    assert fixed(case, everything=True)[0] == 1
    assert "- train-longer (for a-note, proved)" in fixed(case, remedies=("train-longer",))[1]


def test_an_unknown_remedy_or_fit_lists_those_there_are(here):
    case = each_confirmed(script(here), ACTIVATION, LOSS)
    with pytest.raises(ChoiceError, match=r"named 'x'. It has: set-output-activation, set-loss\."):
        fixed(case, remedies=("x",))
    with pytest.raises(ChoiceError, match="no fit 2 in this case: it holds 1 only"):
        fixed(case, run=2)


def test_a_healthy_case_has_nothing_to_fix(here):
    healthy = Case(script="train.py", runs=[RunRecord(fit=Where(file="train.py", line=5), status="healthy")])
    status, said = fixed(healthy, write=True)
    assert status == 1
    assert said == "unstuck: There is nothing to fix: the fit at train.py:5 is healthy."
    status, said = fixed(Case(message="The script never called fit."))
    assert status == 1
    assert "There is nothing to fix: The script never called fit." in said


def test_the_first_fit_with_a_remedy_is_taken_and_the_others_are_named(here):
    file = script(here)
    first, second = each_confirmed(file, EPOCHS).runs[0], each_confirmed(file, LOSS).runs[0]
    case = Case(script="train.py", runs=[RunRecord(status="healthy"), first, first, second])
    status, said = fixed(case)
    assert status == 0
    assert "- train-longer" in said
    assert "Fit 4 has remedies of its own" in said
    assert "- set-loss" in fixed(case, run=4)[1]


def test_the_case_may_be_fixed_from_another_folder(here, monkeypatch):
    file = script(here)
    case = each_confirmed(file, ACTIVATION)
    (here / "elsewhere").mkdir()
    monkeypatch.chdir(here / "elsewhere")
    status, said = fixed(case, write=True)
    assert status == 0
    assert "sigmoid" in file.read_text()
    assert take_back(f"{file}.unstuck.patch", io.StringIO()) == 0
    status, said = fixed(case, verify=True)
    assert status == 1
    assert "train.py is not here, so it cannot be run" in said
