"""What the hand-written pages promise holds."""

import json
import re
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import unstuck
from unstuck.case.schema import Case
from unstuck.cli import main
from unstuck.report.pages import page
from unstuck.rules import rule as rules

ROOT = Path(__file__).parents[2]
WALK_THROUGH = ROOT / "docs" / "adding-a-rule.md"
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
    ROOT.glob("docs/*.md")
)


def blocks(file, language):
    return re.findall(rf"```{language}\n(.*?)```", file.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_links_lead_somewhere(file):
    text = file.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        assert target.startswith("http") or (file.parent / target).exists(), target


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_commands_exist(file):
    text = file.read_text(encoding="utf-8")
    for verb in set(re.findall(r"(?:^    |`|&& )unstuck (\w+)", text, re.MULTILINE)):
        assert verb in main.commands, verb
    for option in set(re.findall(r"unstuck run (--[\w-]+)", text)):
        assert option in CliRunner().invoke(main, ["run", "--help"]).output


@pytest.fixture
def pasted(monkeypatch):
    """The rule of the walk-through, as if its file stood in the folder."""
    rules.catalogue()
    monkeypatch.setattr(rules.CATALOGUE, "_held", dict(rules.CATALOGUE._held))
    module = types.ModuleType("unstuck.rules.objective.zero_loss_weight")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(blocks(WALK_THROUGH, "python")[0], module.__dict__)
    return module.zero_loss_weight


def test_the_rule_of_the_walk_through_works(pasted):
    made = pasted
    assert all(made(*records) for records in made.examples_fire)
    assert not any(made(*records) for records in made.examples_quiet)
    assert set(made.explains) <= set(rules.catalogue())
    assert made.group == "objective"
    assert "multiplied by zero" in page(made)


def test_the_example_in_source_is_one_that_a_rule_finds():
    (example,) = blocks(WALK_THROUGH, "python")[1:]
    (check,) = rules.catalogue()["regression-loss-for-classes"].source_checks
    held = types.SimpleNamespace(fires=lambda text: given.append((text,)))
    given = []
    exec(example, {"in_source": held})
    assert given == check.examples_fire[:1]


@pytest.mark.usefixtures("pasted", "seeded")
def test_the_rule_of_the_walk_through_leads_in_its_own_situation():
    import keras

    x = np.random.default_rng(0).normal(size=(400, 8)).astype("float32")
    rows, ends = keras.Input((8,)), ("left", "right")
    body = keras.layers.Dense(16, activation="relu")(rows)
    heads = {end: keras.layers.Dense(1, activation="sigmoid", name=end)(body) for end in ends}
    model = keras.Model(rows, heads)
    model.compile(
        "adam",
        dict.fromkeys(ends, "binary_crossentropy"),
        loss_weights={"left": 1.0, "right": 0.0},
        metrics={end: ["accuracy"] for end in ends},
    )
    watch = unstuck.Watch()
    sides = {"left": x[:, :1] > 0, "right": x[:, 1:2] > 0}
    model.fit(
        x,
        {end: side.astype("float32") for end, side in sides.items()},
        epochs=30,
        verbose=0,
        callbacks=[watch],
    )
    run = watch.diagnosis.run
    assert [(cause.rule, cause.output) for cause in run.causes] == [("zero-loss-weight", "right")]
    assert run.causes[0].certainty == "proved"
    assert "zero-sample-weights" not in [note.rule for note in run.notes]  # says the same at the same line


def test_the_json_of_the_guide_is_a_case(tmp_path):
    example = blocks(ROOT / "docs" / "diagnosis.md", "json")[0]
    (tmp_path / "case.json").write_text(example)
    case = Case.load(tmp_path / "case.json")
    assert case.runs[0].causes[0].rule == "accuracy-on-continuous-target"
    assert json.loads(case.to_json())["runs"][0]["not_checked"]
