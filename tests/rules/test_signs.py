"""The signs as a catalogue, and each on its own examples."""

import ast
import inspect
import math
import re
from pathlib import Path

import numpy as np
import pytest

from unstuck.evidence.printed.figure import Figure
from unstuck.logbook.notices import WARNINGS
from unstuck.rules import arithmetic
from unstuck.rules.figures.validation_rows_counted import smallest_count
from unstuck.rules.page import impact_of, page_of, title_of
from unstuck.rules.rule import catalogue
from unstuck.rules.sign import signs

#: The shape of a name of a rule or a sign.
_NAME = r"[a-z0-9]+(-[a-z0-9]+)+"

RULES = catalogue()
SIGNS = {each.name: each for each in signs()}


def _examples(kind):
    for each in SIGNS.values():
        for number, given in enumerate(each.examples_fire if kind == "fires" else each.examples_quiet, 1):
            yield pytest.param(each, given, id=f"{each.name}-{number}")


@pytest.mark.parametrize(("sign", "given"), list(_examples("fires")))
def test_fires(sign, given):
    seen = sign(*given)
    assert seen is not None
    assert seen.rule == sign.name
    assert seen.explains[: len(sign.explains)] == sign.explains
    assert seen.says.endswith((".", ")."))
    assert "nan" not in seen.says.split()
    assert [fit.rule for fit in seen.fits if fit.rule not in RULES or not RULES[fit.rule].decides] == []
    assert all(fit.says for fit in seen.fits)


@pytest.mark.parametrize(("sign", "given"), list(_examples("quiet")))
def test_quiet(sign, given):
    assert sign(*given) is None


@pytest.mark.parametrize("sign", SIGNS.values(), ids=lambda each: each.name)
def test_a_sign_is_one_file_of_its_name_with_a_page(sign):
    file = Path(inspect.getsourcefile(sign.check))
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", sign.name)
    assert file.stem == sign.check.__name__ == sign.name.replace("-", "_")
    assert len(sign.page.splitlines()) > 2
    assert sign.examples_fire
    assert sign.examples_quiet
    assert [name for name in sign.explains if name not in SIGNS] == []
    assert sign.name not in sign.explains


def test_every_file_is_a_sign():
    folder = Path(inspect.getsourcefile(next(iter(SIGNS.values())).check)).parent
    assert {file.stem for file in folder.glob("[!_]*.py")} == {name.replace("-", "_") for name in SIGNS}


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.kind == "cause"])
def test_the_page_of_a_cause_is_read_without_the_rule(name):
    assert page_of(name) == RULES[name].page
    assert title_of(page_of(name)) == RULES[name].title
    assert impact_of(name) == RULES[name].impact
    assert RULES[name].decides.endswith((".", ").")) or not RULES[name].decides


def test_a_name_that_no_cause_has_has_no_page():
    assert page_of("accuracy-flat") == page_of("no-such-cause") == ""


def _named_causes():
    """Every cause that a sign names in its text, whether an example of it shows it or not."""
    for each in SIGNS.values():
        tree = ast.parse(Path(inspect.getsourcefile(each.check)).read_text(encoding="utf-8"))
        yield from (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))


def test_signs_name_causes_of_the_catalogue_alone():
    """A name with a hyphen in a sign's file is a rule, another sign or a warning of Keras."""
    words = {word for word in _named_causes() if isinstance(word, str) and re.fullmatch(_NAME, word)}
    assert words - set(RULES) - set(SIGNS) - set(WARNINGS) == set()
    assert [word for word in words & set(RULES) if word not in SIGNS and not RULES[word].decides] == []


def test_clip_constants_are_what_float32_makes_of_them():
    one = np.float32(1.0)
    eps = np.float32(1e-7)
    costs = {round(clip.cost, 3) for clip in arithmetic.CLIPS}
    high = one - eps
    assert round(float(-np.log(one - high)), 3) in costs
    assert round(float(-np.log(eps)), 3) in costs
    assert round(float(-np.log(one - high + eps)), 3) in costs
    assert round(float(-np.log(eps + eps)), 3) in costs
    assert round(float(-np.log(one - high + one - high)), 3) in costs
    assert round(float(-np.log(1e-15)), 3) in costs


@pytest.mark.parametrize(("classes", "floor"), [(2, 0.3133), (3, 0.5514), (5, 0.9048), (10, 1.4612)])
def test_the_floor_of_a_softmax_over_probabilities(classes, floor):
    right = np.eye(classes)[0]
    assert arithmetic.twice_softmax_floor(classes) == pytest.approx(floor, abs=5e-5)
    assert -math.log(np.exp(right)[0] / np.exp(right).sum()) == pytest.approx(floor, abs=5e-5)


@pytest.mark.parametrize(("classes", "floor"), [(2, 0.1985), (10, 0.5003)])
def test_the_floor_of_label_smoothing(classes, floor):
    assert arithmetic.smoothing_floor(classes, 0.1) == pytest.approx(floor, abs=5e-5)


@pytest.mark.parametrize(("classes", "entropy"), [(3, 0.6365), (10, 0.3251), (20, 0.1985)])
def test_the_entropy_of_one_column(classes, entropy):
    assert arithmetic.binary_entropy(1 / classes) == pytest.approx(entropy, abs=5e-5)


@pytest.mark.parametrize("rows", [7, 13, 25, 40, 73])
def test_small_validation_sets_are_counted(rows):
    rng = np.random.default_rng(rows)
    counts = rng.choice(np.arange(1, rows), size=6, replace=False)
    found = smallest_count([Figure.parse(f"{count / rows:.4f}") for count in counts])
    assert found == rows // math.gcd(rows, *map(int, counts))


def test_figures_of_large_validation_sets_are_not_taken_for_counts():
    rng = np.random.default_rng(0)
    wrong = 0
    for _ in range(300):
        figures = [Figure.parse(f"{share:.4f}") for share in rng.uniform(0.3, 0.9, size=4)]
        wrong += smallest_count(figures) is not None
    assert wrong <= 6
