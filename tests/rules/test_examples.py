"""Every rule's own examples: what it must fire on, and what it must be quiet about."""

from dataclasses import replace

import pytest

from unstuck.evidence.facts import Environment
from unstuck.reading import read_text
from unstuck.rules.rule import catalogue, judge

#: What stands before each example in source, which shows only what it is about.
START = "import keras\nimport numpy as np\nfrom keras import layers\n"


def _examples(kind, of):
    for rule in catalogue().values():
        for check in of(rule):
            for number, given in enumerate(
                check.examples_fire if kind == "fires" else check.examples_quiet, 1
            ):
                yield pytest.param(check, given, id=f"{rule.name}-{number}")


def _in_training(rule):
    return [rule]


def _in_source(rule):
    return rule.source_checks


@pytest.mark.parametrize(("rule", "records"), list(_examples("fires", _in_training)))
def test_fires(rule, records):
    _is_told(rule, rule(*records))


@pytest.mark.parametrize(("rule", "records"), list(_examples("quiet", _in_training)))
def test_quiet(rule, records):
    assert rule(*records) is None


@pytest.mark.parametrize(("check", "text"), list(_examples("fires", _in_source)))
def test_fires_in_source(check, text):
    found = list(_found(check, *text))
    assert found
    for finding in found:
        _is_told(check, finding)
        assert finding.where is not None


@pytest.mark.parametrize(("check", "text"), list(_examples("quiet", _in_source)))
def test_quiet_in_source(check, text):
    assert not list(_found(check, *text))


def _is_told(rule, finding):
    assert finding is not None
    assert finding.rule == rule.name
    assert finding.says.rstrip(")").endswith(".")
    assert "nan" not in finding.says.split()


def _found(check, text):
    """What a check finds in the trainings that are read in a text, on every backend they may run on."""
    readings = [each for each in read_text(START + text, "train.py") if each.evidence.fit is not None]
    assert readings, "no training is read in it"
    for reading in readings:
        for backend in reading.backends:
            judged = judge(replace(reading.evidence, environment=Environment(backend=backend)), [check])
            assert (judged.errored, judged.not_checked) == ((), ())
            yield from (*judged.causes, *judged.notes)
