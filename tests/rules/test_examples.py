"""Every rule's own examples: what it must fire on, and what it must be quiet about."""

import pytest

from unstuck.rules.rule import catalogue


def _examples(kind):
    for rule in catalogue().values():
        examples = rule.examples_fire if kind == "fires" else rule.examples_quiet
        for number, records in enumerate(examples, 1):
            yield pytest.param(rule, records, id=f"{rule.name}-{number}")


@pytest.mark.parametrize(("rule", "records"), list(_examples("fires")))
def test_fires(rule, records):
    finding = rule(*records)
    assert finding is not None
    assert finding.rule == rule.name
    assert finding.says.rstrip(")").endswith(".")
    assert "nan" not in finding.says.split()


@pytest.mark.parametrize(("rule", "records"), list(_examples("quiet")))
def test_quiet(rule, records):
    assert rule(*records) is None
