import io
import re

import msgspec
import pytest
from golden import GOLDEN, VOICE, golden, voice
from odd_cases import HOSTILE, MANY_FITS, NO_FIT
from report_cases import CASES, HEALTHY, STUCK
from status_cases import CONFIRMED, DIAGNOSED

from unstuck.case.proofs import Proof
from unstuck.case.schema import Case, RunRecord, Where
from unstuck.report.groups import group
from unstuck.report.terminal import render, tell, tell_what_the_proof_changed


def test_every_text_is_the_golden_one():
    """After a change that is meant: python tests/report/golden.py."""
    assert golden() == GOLDEN.read_text(encoding="utf-8")
    assert voice() == VOICE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_piped_output_is_plain_text_within_80_columns(name, monkeypatch):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    stream = io.StringIO()
    tell(CASES[name], stream)
    lines = stream.getvalue().splitlines()
    assert "\x1b" not in stream.getvalue()
    # Lines of a diff stay whole, so that they can be copied.
    assert [line for line in lines if len(line) > 80 and not re.match(r"\s+(\d+ )?[-+]", line)] == []
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize("width", [20, 40, 120, 400])
def test_width_follows_the_terminal(width):
    text = render(STUCK, width=width)
    told = " ".join(text.split())
    assert "A softmax over one number is exp(z)/exp(z) = 1 for every input" in told
    changed = re.compile(r"\s+(\d+ )?[-+]")
    prose = [line for line in text.splitlines() if " " in line.strip() and not changed.match(line)]
    assert max(map(len, prose)) <= max(min(width, 120), 40)


def test_colours_in_a_terminal_and_none_with_no_color(monkeypatch):
    assert '+     layers.Dense(1, activation="sigmoid"),\x1b[0m' in render(STUCK, colour=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", render(STUCK, colour=True)) == render(STUCK)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    stream = io.StringIO()
    tell(STUCK, stream)
    assert re.findall(r"\x1b\[(?:[0-9;]*;)?3[0-7]m", stream.getvalue()) == []


def test_user_strings_are_neither_markup_nor_terminal_commands():
    text = render(HOSTILE, colour=True, verbose=True)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert "[bold]project[/bold]" in plain
    assert "[link=http://example.org]press[/link]" in plain
    assert ":smile:" in plain
    assert not any(mark in plain for mark in ("\x1b", "\x07", "\x08", "\x00", "\u202e"))


def test_healthy_takes_two_lines():
    assert len(render(HEALTHY, width=120).strip().splitlines()) == 2


def test_like_fits_are_told_once():
    text = render(MANY_FITS)
    assert text.count("learning-rate-too-high at") == 1
    assert "The same in fits 2, 4 to 6 and 8 to 10" in text
    assert [held.numbers for held in group(MANY_FITS.runs)] == [(1, 2, 4, 5, 6, 8, 9, 10), (3, 7)]


def test_a_fit_that_another_one_was_tried_for_is_told_with_it():
    first, *rest = MANY_FITS.runs
    tried = msgspec.structs.replace(first, causes=[], proof=Proof(says="Refuted."))
    stands = [msgspec.structs.replace(run, proof=Proof(says="Not tried.", of_fit=1)) for run in rest[:1]]
    assert [held.numbers for held in group([tried, *stands, first])] == [(1, 2), (3,)]


def test_with_verbose_the_evidence_follows_what_the_trials_came_to():
    paper = io.StringIO()
    tell_what_the_proof_changed(DIAGNOSED, CONFIRMED, paper, verbose=True)
    told = paper.getvalue()
    order = [
        "Confirmed by training: ",
        "the evidence of fit at",
        "What is seen",
        "Why, the first",
        "Refuted: ",
    ]
    assert [told.index(each) for each in order] == sorted(told.index(each) for each in order)


def test_a_case_without_runs_is_its_message():
    assert render(NO_FIT).strip() == f"unstuck: {NO_FIT.message}"
    assert "nothing to diagnose" in render(Case())


def test_a_run_of_which_nothing_is_known_is_told():
    for status in ("unknown", "interrupted", "healthy", "stuck"):
        assert "model" in render(Case(runs=[RunRecord(status=status)]))


def test_a_case_read_back_is_told_the_same(tmp_path):
    for name, case in CASES.items():
        if case is HOSTILE:
            continue
        case.save(tmp_path / "case.json")
        assert render(Case.load(tmp_path / "case.json")) == render(case), name


def test_characters_that_the_stream_lacks_do_not_end_the_report():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    tell(Case(runs=[RunRecord(fit=Where(file="schätzung_模型.py", line=1), headline="ok")]), stream)
    stream.flush()
    assert b"sch?tzung_??.py:1" in stream.buffer.getvalue()
