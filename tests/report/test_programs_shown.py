"""Programs and curves on the pages of the guide are those of the clinic."""

import json
import subprocess
import sys
from pathlib import Path

from unstuck.report.pages import page
from unstuck.report.programs import PICTURED, SHOWN_BY, Programs, panels, told
from unstuck.report.seen import SEEN, causes_of
from unstuck.rules.rule import catalogue

ROOT = Path(__file__).parents[2]
PROGRAMS = Programs.beside(ROOT / "docs")


def test_figures_and_pictures_are_those_of_the_programs():
    """After a change that is meant: python bench/curves.py --run."""
    checked = subprocess.run(
        [sys.executable, "bench/curves.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stderr


def test_a_heading_is_pictured_by_a_cause_that_stands_under_it():
    causes = {seen.anchor: {cause.name for cause in causes_of(seen)} for seen in SEEN}
    for anchor, cause in PICTURED.items():
        assert cause in causes[anchor], anchor
        assert PROGRAMS.picture(cause), f"{cause} has no curves"


def test_a_symptom_is_shown_by_a_cause_that_explains_it():
    every = catalogue()
    for symptom, cause in SHOWN_BY.items():
        assert every[symptom].kind == "symptom"
        assert symptom in every[cause].explains, symptom
        assert cause in PROGRAMS.folders, cause


def test_a_page_shows_the_program_and_its_cure():
    text = page(catalogue()["class-imbalance"], PROGRAMS)
    broken, fixed = (
        (ROOT / f"tests/clinic/class-imbalance/{kind}.py").read_text() for kind in ("broken", "fixed")
    )
    assert broken.strip() in text
    changed = [line for line in fixed.splitlines() if line not in broken.splitlines()]
    assert all(f"\n+{line}\n" in text for line in changed)
    assert "](../images/curves/class-imbalance.svg)" in text
    assert "The tests run it" in text
    assert (
        "unstuck lint"
        in page(catalogue()["stateful-rnn-shuffled"], PROGRAMS).split("A program that has it")[1]
    )
    assert "That of [class-imbalance](class-imbalance.md)" in page(
        catalogue()["accuracy-at-constant-baseline"], PROGRAMS
    )


def test_without_a_repository_there_are_no_programs(tmp_path):
    alone = Programs.beside(tmp_path / "docs")
    assert alone.section("class-imbalance") == []
    assert alone.pictured("loss-is-nan") == []
    assert "A program that" not in page(catalogue()["class-imbalance"], alone)


def test_a_picture_says_what_it_shows():
    figures = json.loads((ROOT / "docs" / "curves.json").read_text())
    assert told(figures["nan-loss"]).startswith("Over 6 epochs: loss nan, accuracy 0.09")
    assert panels({"val_loss": [1.0], "mae": [1.0], "loss": [1.0], "accuracy": [0.5]}) == ["loss", "accuracy"]
    one = {"broken": {"loss": [2.5]}, "fixed": {"loss": [1.5], "mae": [1.0]}}
    assert told(one) == "Over 1 epoch: loss 2.5. With the cure: loss 1.5."
