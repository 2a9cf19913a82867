"""Whole programs through `unstuck lint`: the clinic's causes at their lines, silence on what is well."""

import tomllib
from pathlib import Path

import pytest

from unstuck.lint.check import check
from unstuck.lint.files import read
from unstuck.lint.settings import Settings

ROOT = Path(__file__).parents[2]
CLINIC = ROOT / "tests" / "clinic"
EXPECT = {
    folder.name: tomllib.loads((folder / "expect.toml").read_text()) for folder in sorted(CLINIC.glob("*/"))
}
READABLE = [case for case, expect in EXPECT.items() if "lint" in expect]
#: Cases that values or weights decide, so that lint leaves them to a training.
ONLY_IN_A_TRAINING = {
    "added-term-drowns-reconstruction",
    "answers-out-of-order",
    "bad-initial-weights",
    "batch-size-too-large",
    "batchnorm-inference-gap",
    "class-imbalance",
    "inverted-labels",
    "constant-labels",
    "copies-disagree",
    "decisions-do-not-change",
    "decoder-not-shifted",
    "embedding-collapse",
    "embedding-rows-empty",
    "exploding-gradient",
    "gradient-check-fails",
    "inputs-not-scaled",
    "layer-constant-weights",
    "layer-not-finite",
    "learning-rate-decays-away",
    "looks-ahead",
    "nan-loss",
    "no-gradient-path",
    "non-finite-inputs",
    "normalization-never-adapted",
    "nothing-beyond-last-value",
    "nothing-to-learn",
    "one-sided-validation-split",
    "output-range-excludes-targets",
    "overfitting",
    "padding-counted-in-metric",
    "part-at-fault",
    "pretrained-weights-not-loaded",
    "quantile-turned-round",
    "rare-class-counts-less",
    "return-sequences-mismatch",
    "rows-in-another-order",
    "rows-levelled",
    "saturated-divergence",
    "scaled-apart",
    "signal-lost-before-fit",
    "split-redrawn-each-epoch",
    "statistics-never-updated",
    "target-broadcasts-against-output",
    "target-not-scaled",
    "target-too-far-ahead",
    "too-few-updates",
    "validation-targets-all-zero",
}
WELL = [
    *sorted((ROOT / "tests" / "healthy").glob("*.py")),
    *sorted(CLINIC.glob("*/fixed.py")),
]


def findings(path):
    found, problem, *_ = check(read(path), Settings())
    assert problem == ""
    return [each.record for each in found]


@pytest.mark.parametrize("case", READABLE)
def test_a_cause_that_the_source_shows_is_named_at_its_line(case):
    path = CLINIC / case / "broken.py"
    lines = path.read_text().split("\n")
    named = [each for each in findings(path) if each.rule == EXPECT[case]["cause"]]
    assert {lines[each.line - 1].strip() for each in named} == {EXPECT[case]["lint"]}


@pytest.mark.parametrize("case", READABLE)
def test_the_cured_twin_is_not_told_the_cause(case):
    assert EXPECT[case]["cause"] not in {each.rule for each in findings(CLINIC / case / "fixed.py")}


@pytest.mark.parametrize("path", WELL, ids=lambda path: "-".join(path.with_suffix("").parts[-2:]))
def test_nothing_is_sure_about_a_program_that_is_well(path):
    assert [each.rule for each in findings(path) if each.certainty != "suspected"] == []


@pytest.mark.parametrize("path", WELL[: len(WELL) - len(EXPECT)], ids=lambda path: path.stem)
def test_a_healthy_program_is_not_even_suspected(path):
    assert findings(path) == []


def test_each_cause_is_read_in_source_or_known_to_show_only_in_a_training():
    assert set(EXPECT) - set(READABLE) == ONLY_IN_A_TRAINING


@pytest.mark.parametrize(
    ("name", "first"),
    [("imdb_sentiment", "softmax-over-one-unit"), ("price_series", "accuracy-on-continuous-target")],
)
def test_the_problems_it_was_born_from_are_named_without_running_them(name, first):
    assert first in {each.rule for each in findings(ROOT / "examples" / f"{name}.py")}
