"""The catalogue as a whole: names, pages, references and examples hold together."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from unstuck.judgement.findings import Proposal
from unstuck.rules.rule import catalogue

RULES = catalogue()
CAUSES = [rule for rule in RULES.values() if rule.kind == "cause"]
LONGEST_FILE = 400
REMEDIES = {
    "adapt-normalisation",
    "add-batch-normalisation",
    "add-dropout",
    "add-penalty",
    "advise",
    "binarise-targets",
    "clip-gradients",
    "column-targets",
    "deepen",
    "drop-non-finite-rows",
    "encode-labels",
    "enlarge-embedding",
    "leave-out-callback",
    "lower-dropout",
    "lower-penalty",
    "lower-rate-on-plateau",
    "mask-padding",
    "min-max-inputs",
    "move-threshold",
    "normalise-in-model",
    "oversample",
    "pad-in-front",
    "remap-signed-labels",
    "remove-layer",
    "rescale-inputs",
    "rescale-labels",
    "schedule-learning-rate",
    "set-batch-size",
    "set-batchnorm-momentum",
    "set-callback-mode",
    "set-hidden-activation",
    "set-initialiser",
    "set-learning-rate",
    "set-loss",
    "set-metrics",
    "set-output-activation",
    "set-output-units",
    "shift-labels",
    "shuffle-batches",
    "shuffle-before-split",
    "smote",
    "standardise-inputs",
    "standardise-targets",
    "stop-early",
    "train-longer",
    "truncate-padding",
    "undersample",
    "unfreeze-layers",
    "weigh-classes",
    "widen-layer",
}


def _each(rules):
    return [pytest.param(rule, id=rule.name) for rule in rules]


def _source(rule):
    return Path(inspect.getsourcefile(rule.check))


def test_there_are_symptoms_and_causes():
    assert {rule.kind for rule in RULES.values()} == {"symptom", "cause"}


@pytest.mark.parametrize("rule", _each(RULES.values()))
def test_a_rule_is_one_file_of_its_name(rule):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert _source(rule).stem == rule.name.replace("-", "_")
    assert rule.check.__name__ == _source(rule).stem
    assert (rule.group == "symptoms") == (rule.kind == "symptom")
    assert len(_source(rule).read_text().splitlines()) <= LONGEST_FILE


def test_every_file_in_a_group_is_a_rule():
    folders = {_source(rule).parent for rule in RULES.values() if "unstuck" in rule.check.__module__}
    files = {path.stem for folder in folders for path in folder.glob("[!_]*.py")}
    assert files == {_source(rule).stem for rule in RULES.values()}


@pytest.mark.parametrize("rule", _each(RULES.values()))
def test_the_page_is_complete(rule):
    assert rule.page
    assert rule.title.endswith(".")
    assert len(rule.page.splitlines()) > 2
    if rule.kind == "cause":
        paragraphs = rule.page.splitlines()
        assert any(line.startswith("Why it looks stuck:") for line in paragraphs)
        assert any(line.startswith("How it is proved:") for line in paragraphs)


@pytest.mark.parametrize("rule", _each(CAUSES))
def test_what_a_cause_explains_exists(rule):
    assert rule.explains
    assert len(set(rule.explains)) == len(rule.explains)
    assert rule.name not in rule.explains
    assert [name for name in rule.explains if name not in RULES] == []


@pytest.mark.parametrize("rule", _each(RULES.values()))
def test_a_rule_has_examples_of_both_kinds(rule):
    assert rule.examples_fire
    assert rule.examples_quiet


@pytest.mark.parametrize("rule", _each(rule for rule in CAUSES if rule.source_checks))
def test_a_check_on_source_stands_in_the_rules_own_file(rule):
    for check in rule.source_checks:
        assert _source(check) == _source(rule)
        assert check.page.endswith(".")
        assert check.examples_fire
        assert check.examples_quiet
        for example in (*check.examples_fire, *check.examples_quiet):
            assert [type(each) for each in example] == [str]  # source as users write it


def _proposed(proposals):
    for proposal in proposals:
        assert isinstance(proposal, Proposal)
        yield proposal
        yield from _proposed(proposal.also)


@pytest.mark.parametrize("rule", _each(CAUSES))
def test_remedies_are_known(rule):
    for records in rule.examples_fire:
        finding = rule(*records)
        assert finding.remedies
        for proposal in _proposed(finding.remedies):
            assert proposal.remedy in REMEDIES
            if proposal.remedy == "advise":
                assert proposal.values["text"].endswith(".")


@pytest.mark.parametrize("rule", _each(CAUSES))
def test_remedies_named_in_the_source_are_known(rule):
    calls = (node for node in ast.walk(ast.parse(_source(rule).read_text())) if isinstance(node, ast.Call))
    named = [
        call.args[0].value
        for call in calls
        if getattr(call.func, "id", "") == "propose" and call.args and isinstance(call.args[0], ast.Constant)
    ]
    assert set(named) <= REMEDIES


def test_the_catalogue_loads_without_keras():
    code = (
        "import sys; from unstuck.rules.rule import catalogue; catalogue(); "
        "print(sorted({'keras', 'tensorflow', 'jax', 'torch', 'sklearn', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
