"""Every rule's own examples: what it must fire on, and what it must be quiet about."""

import pytest

from unstuck.rules.rule import catalogue


def _examples(kind):
    for rule in catalogue().values():
        for check in (rule, *rule.source_checks):
            examples = check.examples_fire if kind == "fires" else check.examples_quiet
            side = "" if check is rule else "-in-source"
            for number, records in enumerate(examples, 1):
                yield pytest.param(check, records, id=f"{rule.name}{side}-{number}")


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
