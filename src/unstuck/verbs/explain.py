"""What names mean, in the terminal: one page, or the table of all rules."""

from __future__ import annotations

import difflib
from typing import Any

from rich.console import Console

from unstuck.report.glossary import GlossaryEntry, entries
from unstuck.report.pages import by_group, facts_of, sample
from unstuck.report.paper import Paper
from unstuck.rules.rule import Rule, catalogue
from unstuck.rules.sign import signs


class UnknownRuleError(Exception):
    """Nothing has this name. The text names the nearest ones."""


def find(name: str) -> Rule | GlossaryEntry:
    """The rule of this name, the sign in printed figures, or what else a report may name.

    Underscores and capitals are forgiven.

    Raises:
        UnknownRuleError: there is none.
    """
    wanted = _plain(name)
    rules: dict[str, Rule | GlossaryEntry] = {**{sign.name: sign for sign in signs()}, **catalogue()}
    if wanted in rules:
        return rules[wanted]
    rules = {**{_plain(each.name): each for each in entries().values()}, **rules}
    if wanted in rules:
        return rules[wanted]
    near = difflib.get_close_matches(wanted, rules, n=3, cutoff=0.5)
    near += [rule for rule in rules if len(wanted) > 3 and wanted in rule and rule not in near][:3]
    hint = f"Did you mean {' or '.join(near)}?" if near else "`unstuck rules` lists all names."
    raise UnknownRuleError(f"No rule is named {name!r}. {hint}")


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(" ", "-")


def explain(name: str, console: Console | None = None) -> None:
    """Print the page of a rule, of a sign in a log, or of anything else that a report names.

    Raises:
        UnknownRuleError: there is none of that name.
    """
    paper = Paper(console or Console(force_jupyter=False))
    rule = find(name)
    paper.write((rule.name, "bold"))
    facts = [("Kind", rule.kind)] if isinstance(rule, GlossaryEntry) else facts_of(rule)
    for label, text in facts:
        paper.write((f"{label}: ", "dim"), text, indent=2)
    for paragraph in rule.page.split("\n\n"):
        paper.gap()
        for line in paragraph.splitlines() if "\n  " in paragraph else [" ".join(paragraph.split())]:
            paper.write(line)
    said = "" if isinstance(rule, GlossaryEntry) else sample(rule)
    if said:
        paper.gap()
        paper.write(("It says, for example: ", "dim"), said)


def list_rules(console: Console | None = None) -> None:
    """Print all rules by group, a line each."""
    paper = Paper(console or Console(force_jupyter=False))
    rules = catalogue().values()
    widest = max((len(rule.name) for rule in rules), default=0)
    for at, (group, members) in enumerate(by_group(rules).items()):
        if at:
            paper.gap()
        paper.write((group, "bold"))
        for rule in members:
            paper.write(rule.title, lead=rule.name.ljust(widest + 2), indent=2)


def rules_as_records() -> list[dict[str, Any]]:
    """All rules as plain records, by name."""
    return [
        {
            "name": rule.name,
            "group": rule.group,
            "kind": rule.kind,
            "certainty": rule.certainty.value,
            "impact": rule.impact.value if rule.kind == "cause" else None,
            "family": rule.family.name if rule.family is not None else None,
            "explains": list(rule.explains),
            "title": rule.title,
        }
        for rule in catalogue().values()
    ]
