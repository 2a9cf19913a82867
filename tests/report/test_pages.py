import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from report_cases import CASES

from unstuck.case.published import json_schema
from unstuck.report import pages
from unstuck.report.glossary import entries
from unstuck.report.seen import SEEN, causes_of, decides, fitted
from unstuck.rules.rule import catalogue
from unstuck.rules.sign import signs
from unstuck.verbs.explain import UnknownRuleError, explain, find, list_rules, rules_as_records

ROOT = Path(__file__).parents[2]


def test_the_docs_are_those_of_the_code():
    """After a change that is meant: python -m unstuck.report.pages docs."""
    assert pages.stale(ROOT / "docs") == []


def test_every_rule_has_a_page_that_says_what_it_says():
    for rule in pages.ours():
        text = pages.page(rule)
        assert f"# {rule.name}" in text
        assert rule.title in text
        assert pages.sample(rule), f"{rule.name} carries no example on which it fires"


def test_every_symptom_and_every_cause_is_found_by_what_people_see():
    listed = [rule.name for seen in SEEN for rule in causes_of(seen)]
    missing = [rule.name for rule in pages.ours() if rule.kind == "cause" and rule.name not in listed]
    assert missing == [], "name these under a heading of report/seen.py"
    symptoms = {name for seen in SEEN for name in seen.symptoms}
    assert symptoms == {rule.name for rule in pages.ours() if rule.kind == "symptom"}
    assert {name for seen in SEEN for name in seen.signs} == {
        sign.name for sign in signs() if fitted(sign)
    } - {"keras-warned"}
    assert all(decides(rule) for seen in SEEN for rule in causes_of(seen))


def test_writing_brings_the_folder_up_to_date(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "gone.md").write_text("old")
    assert pages.main([str(tmp_path), "--check"]) == 1
    assert pages.main([str(tmp_path)]) == 0
    assert pages.main([str(tmp_path), "--check"]) == 0
    assert not (tmp_path / "rules" / "gone.md").exists()


def test_the_command_says_how_it_is_called(capsys, tmp_path):
    assert pages.main([]) == 2
    assert pages.main([str(tmp_path / "missing")]) == 2
    assert "existing folder" in capsys.readouterr().err


@pytest.mark.parametrize("name", CASES)
def test_saved_cases_follow_the_schema(name):
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(CASES[name].to_json()))


def test_every_page_can_be_printed(capsys):
    for name in catalogue():
        explain(name)
        assert name in capsys.readouterr().out
    list_rules()
    told = capsys.readouterr().out
    assert all(name in told for name in catalogue())


def test_every_other_name_that_a_report_prints_has_a_page(capsys):
    for name, entry in entries().items():
        explain(name)
        told = capsys.readouterr().out
        assert told.startswith(name)
        assert entry.kind in told or name in catalogue()
    assert {"proved", "no effect", "learnability", "set-loss", "nothing-learned"} <= set(entries())


def test_names_are_forgiven_case_and_underscores():
    name = next(iter(catalogue()))
    assert find(name.upper().replace("-", "_")).name == name


def test_a_mistyped_name_gets_the_nearest_ones():
    for name in catalogue():
        with pytest.raises(UnknownRuleError, match=f"Did you mean.*{name}"):
            find(name[:-1] + "x" + name[-1])
    with pytest.raises(UnknownRuleError, match="unstuck rules"):
        find("qqqqqqqq")


def test_records_of_rules_are_json():
    records = json.loads(json.dumps(rules_as_records()))
    assert {record["name"] for record in records} == set(catalogue())
