"""The first lines: short, whole somewhere, and in words that mean what they seem to."""

import re

import msgspec
import pytest
from report_cases import CASES, STUCK
from status_cases import CONFIRMED, STATUSES, case, symptom

from unstuck.case.proofs import RemedyRecord
from unstuck.case.schema import CauseRecord, NoteRecord
from unstuck.report.glossary import entries
from unstuck.report.short import ShortReport
from unstuck.report.terminal import render
from unstuck.rules.rule import catalogue

ALL = {**CASES, **STATUSES}

#: Lines that a report of so many causes may have at 100 columns.
MOST = {0: 30, 1: 30, 2: 38, 3: 45}


@pytest.mark.parametrize("name", ALL)
def test_a_report_is_short(name):
    for run in ALL[name].runs:
        alone = type(ALL[name])(runs=[run])
        assert len(render(alone, width=100, rest="-v").splitlines()) <= MOST[len(run.causes)]


def test_the_answer_of_one_cause_is_the_first_ten_lines():
    text = render(CONFIRMED, width=100).strip("\n")
    assert len(text.splitlines()) <= 10
    told = " ".join(text.split())
    parts = ("accuracy 0.1010 to 0.1040", "train.py:31", "Adam(0.001)", "0.95 to 0.97 with it")
    assert [told.index(each) for each in parts] == sorted(told.index(each) for each in parts)


def test_one_diff_holds_all_changes_and_its_lines_once():
    text = render(STUCK, width=100)
    for line in ('activation="sigmoid"', "mask_zero=True", "x, y = x[order], y[order]"):
        assert text.count(line) == 1
    assert "-    layers.Embedding" not in render(STUCK, verbose=True)  # nor are they shown again with -v


def test_what_is_cut_off_is_whole_with_verbose():
    says = "Of the rows " + "many " * 60 + "are wrong. " + "And more. " * 40 + "The end."
    cause = CauseRecord(rule="dead-relu", certainty="proved", impact="blocks", says=says)
    lines = "".join(f"-old {at}\n+new {at}\n" for at in range(30))
    diff = f"--- a/x\n+++ b/x\n@@ -1,30 +1,30 @@\n{lines}"
    with_diff = msgspec.structs.replace(
        cause, remedies=[RemedyRecord(name="set-loss", says="So.", diff=diff)]
    )
    found = case("stuck", symptoms=[symptom("accuracy-flat", "Flat.")], causes=[with_diff, cause])
    short, long = (" ".join(render(found, verbose=verbose).split()) for verbose in (False, True))
    assert "The end." not in short
    assert "48 more lines of this change with -v" in short
    assert "The end." in long
    assert "+ new 29" in long


def test_every_name_in_a_report_has_a_page():
    known = {*catalogue(), *(name.replace(" ", "-") for name in entries())}
    for told in (*ALL.values(), CONFIRMED):
        for run in told.runs:
            short = ShortReport.of(run)
            text = render(type(told)(runs=[run]), width=400, verbose=True)
            names = {*short.remedies, *re.findall(r" \[([\w-]+)\]", text)}
            names |= {cause.certainty for cause in run.causes} | {run.status}
            own = {"made-up-by-a-plugin", "b", "a", "link", "dim", "bold", "blink"}
            assert {name for name in names - own if name not in known and name in text} == set()


def test_words_of_a_training_do_not_contradict_each_other():
    for name, told in ALL.items():
        for run in told.runs:
            text = render(type(told)(runs=[run]), width=200, verbose=True)
            assert not ("stuck" in text.replace("unstuck", "") and re.search(r"\blearns:|it learns", text)), (
                name
            )
            assert "may be right" not in text
            assert "negated" not in text
            assert "Figures:" not in text


def test_what_a_note_explains_is_not_left_without_a_cause():
    note = NoteRecord(
        rule="unmasked-padding",
        certainty="measured",
        impact="blocks",
        explains=["loss-at-chance"],
        explained_by="dead-relu",
    )
    cause = CauseRecord(
        rule="dead-relu", certainty="proved", impact="blocks", says="So.", explains=["accuracy-flat"]
    )
    seen = [symptom("accuracy-flat", "Flat."), symptom("loss-at-chance", "There.")]
    assert "No cause found for" not in render(case("stuck", symptoms=seen, causes=[cause], notes=[note]))
    assert "No cause found for: loss-at-chance." in render(case("stuck", symptoms=seen, causes=[cause]))


@pytest.mark.parametrize(
    ("family", "words"),
    [
        ("nothing-learned", "is stuck"),
        ("score-stays", "is stuck"),
        ("learning-ends", "has come to a standstill"),
        ("learns-little", "falls short"),
        ("validation-apart", "does well on its own rows only"),
        ("metric-lies", "contradict each other"),
    ],
)
def test_what_became_of_a_training_is_said_by_its_gravest_symptom(family, words):
    assert words in render(case("stuck", symptoms=[symptom("accuracy-flat", "Flat.", family)]), width=200)


def test_a_run_that_a_simple_model_beats_and_nothing_else_falls_short():
    beaten = symptom("beaten-by-simple-model", "Beaten.")
    assert "falls short of a simple model" in render(case("stuck", symptoms=[beaten]), width=200)
