"""The one diff that cures: of what heals, of what is established, or of the first suspect."""

import pytest
from fixes import ACTIVATION, EPOCHS, LOSS, OTHER_LOSS, RATE, case_of, cause, script

from unstuck.case.proofs import Proof, RemedyRecord, TrialRecord
from unstuck.fix.cure import with_cures
from unstuck.report.changes import changes_in


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return script(tmp_path)


def cure_of(case):
    return with_cures(case).runs[0].cure


def changed(cure):
    """The file, and its changed lines with their signs and numbers."""
    (change,) = changes_in(cure.diff)
    return change.name, [(line.sign, line.number, line.text) for line in change.lines]


def test_established_causes_are_cured_in_one_diff(file):
    case = case_of(
        file,
        cause(file, ACTIVATION, certainty="proved"),
        cause(file, RATE, rule="b-cause", certainty="measured"),
        cause(file, EPOCHS, rule="c-cause", certainty="suspected"),
    )
    cure = cure_of(case)
    assert cure.remedies == ["set-output-activation", "set-learning-rate"]
    assert cure.by_hand == []
    name, lines = changed(cure)
    assert name == "train.py"
    assert [(sign, number) for sign, number, _ in lines] == [("-", 3), ("-", None), ("+", None), ("+", None)]
    assert 'activation="sigmoid"' in lines[2][2]
    assert "learning_rate=0.01" in lines[3][2]


def test_one_remedy_has_its_own_diff(file):
    proved = cause(file, EPOCHS, ACTIVATION, certainty="proved")
    assert cure_of(case_of(file, proved)).diff == proved.remedies[0].diff
    suspected = cause(file, ACTIVATION, certainty="suspected")
    assert cure_of(case_of(file, suspected)).remedies == ["set-output-activation"]


def test_what_heals_in_the_trials_is_all_that_is_needed(file):
    case = case_of(
        file,
        cause(file, ACTIVATION, certainty="proved"),
        cause(file, RATE, rule="b-cause"),
        proof=Proof(says="", healed_by=["set-learning-rate"]),
    )
    assert cure_of(case).remedies == ["set-learning-rate"]


def test_what_no_trial_spoke_for_is_not_shown_below_what_trials_put_first(file):
    found = cause(file, rule="part-at-fault", certainty="confirmed")
    advice = RemedyRecord(name="advise", says="Look at your layer.")
    leader = type(found)(**{**as_fields(found), "remedies": [advice]})
    cure = cure_of(case_of(file, leader, cause(file, RATE, rule="b-cause", certainty="measured")))
    assert (cure.remedies, cure.diff, cure.by_hand) == (["advise"], None, ["Look at your layer."])


def test_what_its_trial_spoke_against_is_not_shown(file):
    trial = TrialRecord(remedy="set-output-activation", verdict="worse", says="")
    case = case_of(file, cause(file, ACTIVATION, EPOCHS, certainty="proved", trials=[trial]))
    assert cure_of(case).remedies == ["train-longer"]


def test_what_meets_the_lines_of_another_remedy_is_told_besides(file):
    case = case_of(
        file,
        cause(file, LOSS, certainty="proved"),
        cause(file, OTHER_LOSS, rule="b-cause", certainty="proved"),
    )
    cure = cure_of(case)
    assert cure.remedies == ["set-loss"]
    assert [each.partition(":")[0] for each in cure.by_hand] == ["When that is written, set-loss"]


def test_advice_stands_in_words(file):
    advised = cause(file, certainty="proved")
    advice = RemedyRecord(name="advise", says="Look at the labels.")
    alone = case_of(file, type(advised)(**{**as_fields(advised), "remedies": [advice]}))
    cure = cure_of(alone)
    assert (cure.remedies, cure.diff, cure.by_hand) == (["advise"], None, ["Look at the labels."])
    assert cure_of(case_of(file)) is None


def as_fields(record):
    return {name: getattr(record, name) for name in record.__struct_fields__}


def test_a_file_that_changed_has_no_diff_of_all(file):
    case = case_of(
        file,
        cause(file, ACTIVATION, certainty="proved"),
        cause(file, RATE, rule="b-cause", certainty="measured"),
    )
    file.write_text("import keras\n")
    assert cure_of(case) is None
