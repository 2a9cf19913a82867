"""The rules' pages as Markdown and the published JSON Schemas: everything in docs/ made from the code.

`python -m unstuck.report.pages docs` writes it, with `--check` it only says what is out of date.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from unstuck.case.published import json_schema
from unstuck.lint.record import json_schema as lint_schema
from unstuck.report.programs import Programs
from unstuck.report.seen import by_symptom, fitted
from unstuck.report.text import listing
from unstuck.report.words import CERTAINTY, IMPACT
from unstuck.rules import families
from unstuck.rules.rule import Rule, catalogue
from unstuck.rules.sign import IN_FIGURES, signs

_MADE = "<!-- Made from the rule by `python -m unstuck.report.pages docs`; edit the rule instead. -->"

_MADE_BY_SYMPTOM = (
    "<!-- Made by `python -m unstuck.report.pages docs`; the words stand in src/unstuck/report/seen.py, the "
    "rest in the rules. -->"
)

_SIGNS = (
    "What `unstuck log` looks for in the figures of a training. A sign is no cause: it names the causes that "
    "it fits, and the report says for each what would decide. `unstuck explain NAME` prints the same pages."
)


def facts_of(rule: Rule) -> list[tuple[str, str]]:
    """What stands in the head of a page: (label, text)."""
    if rule.group == IN_FIGURES:
        fitting = fitted(rule)
        return [("Kind", "sign in a log"), *([("Fits", listing(fitting))] if fitting else [])]
    facts = [("Kind", f"{rule.kind}, group {rule.group}")]
    if rule.family is not None:
        facts.append(("Family", f"{rule.family.name} ({_lowered(rule.family.says.rstrip('.'))})"))
    if rule.kind == "cause":
        facts.append(("Certainty", f"{CERTAINTY[rule.certainty]}, unless a finding says otherwise"))
        facts.append(("Impact", IMPACT[rule.impact]))
    needed = [kind.__name__ for kind, required in rule.needs.values() if required]
    helpful = [kind.__name__ for kind, required in rule.needs.values() if not required]
    looked_at = [listing(needed)] * bool(needed) + [f"where known, {listing(helpful)}"] * bool(helpful)
    facts.append(("Looks at", "; ".join(looked_at)))
    if rule.explains:
        facts.append(("Explains", listing(rule.explains)))
    explained_by = sorted(other.name for other in catalogue().values() if rule.name in other.explains)
    if explained_by:
        facts.append(("Explained by", listing(explained_by)))
    return facts


def sample(rule: Rule) -> str:
    """What the rule says on the first of its own examples, "" when it carries none."""
    if not rule.examples_fire:
        return ""
    finding = rule(*rule.examples_fire[0])
    return " ".join(finding.says.split()) if finding else ""


def signs_page() -> str:
    """All signs in printed figures as Markdown."""
    lines = [_MADE, "", "# Signs in logs", "", _SIGNS, ""]
    for sign in signs():
        lines += [f"## {sign.name}", "", sign.page, "", f"> {sample(sign)}", ""]
        if fitted(sign):
            lines += [f"Fits: {listing(fitted(sign))}.", ""]
    return "\n".join(lines)


def _lowered(sentence: str) -> str:
    """A sentence as the end of another one; what begins with a name keeps it."""
    return sentence[0].lower() + sentence[1:] if sentence[1:2].islower() else sentence


def page(rule: Rule, programs: Programs | None = None) -> str:
    """The page of one rule as Markdown, with its program where there are any."""
    names = set(catalogue())
    lines = [_MADE, "", f"# {rule.name}", ""]
    for label, text in facts_of(rule):
        lines.append(f"- **{label}:** {_linked(text, names) if label.startswith('Explain') else text}")
    lines += ["", rule.page]
    for check in rule.source_checks:
        lines += ["", f"In source alone, with `unstuck lint` ({check.certainty}): {_lowered(check.page)}"]
        lines += [line for text in check.examples_fire[0] for line in ("", "```python", text.strip(), "```")]
    said = sample(rule)
    if said:
        lines += ["", "## What it says, for example", "", f"> {said}"]
    lines += programs.section(rule.name) if programs is not None else []
    return "\n".join(lines) + "\n"


def _linked(text: str, names: set[str]) -> str:
    """The text with the names of rules as links to their pages."""
    return re.sub(
        r"[a-z0-9-]+", lambda word: _link(word.group()) if word.group() in names else word.group(), text
    )


def _link(name: str) -> str:
    return f"[{name}]({name}.md)"


def ours() -> list[Rule]:
    """The rules of this package, without those that others have installed."""
    return [rule for rule in catalogue().values() if rule.check.__module__.startswith("unstuck.rules.")]


def by_group(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """The rules by their group, symptoms first."""
    groups: dict[str, list[Rule]] = {}
    for rule in sorted(rules, key=lambda rule: (rule.group != "symptoms", rule.group, rule.name)):
        groups.setdefault(rule.group, []).append(rule)
    return groups


def index() -> str:
    """The table of all rules as Markdown."""
    opening = f"{len(ours())} rules. `unstuck explain NAME` prints the same pages."
    lines = [_MADE, "", "# Rules", "", opening, ""]
    for group, rules in by_group(ours()).items():
        lines += [f"## {group}", "", "| rule | what it finds |", "| --- | --- |"]
        for rule in rules:
            cell = rule.title.replace("|", "\\|")
            lines.append(f"| [{rule.name}]({rule.name}.md) | {cell} |")
        lines.append("")
    return "\n".join([*lines, *_families()]) + "\n"


def _families() -> list[str]:
    """The table of the families of symptoms, as lines of Markdown."""
    lines = ["## families of symptoms", "", "| family | mechanism | symptoms |", "| --- | --- | --- |"]
    for family in families.ALL:
        members = listing([_link(rule.name) for rule in ours() if family.holds(rule.family)])
        lines.append(f"| {family.name} | {family.says} | {members} |")
    return lines


def made(docs: Path) -> dict[str, str]:
    """Every made file: its path under docs/ and its content, with the programs that stand beside it."""
    programs = Programs.beside(docs)
    files = {f"rules/{rule.name}.md": page(rule, programs) for rule in ours()}
    files["rules/index.md"] = index()
    files["case.schema.json"] = json.dumps(json_schema(), indent=2) + "\n"
    files["signs.md"] = signs_page()
    files["by-symptom.md"] = f"{_MADE_BY_SYMPTOM}\n\n{by_symptom(programs.pictured)}"
    files["lint.schema.json"] = json.dumps(lint_schema(), indent=2) + "\n"
    return files


def stale(docs: Path) -> list[str]:
    """Paths under `docs` that are missing, differ, or belong to a rule that is gone."""
    wanted = made(docs)
    wrong = {name for name, content in wanted.items() if _read(docs / name) != content}
    there = {f"rules/{file.name}" for file in (docs / "rules").glob("*.md")}
    return sorted(wrong | (there - set(wanted)))


def write(docs: Path) -> list[str]:
    """Bring `docs` up to date and name what changed. Pages of rules that are gone are removed."""
    wanted, changed = made(docs), stale(docs)
    (docs / "rules").mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in wanted:
            (docs / name).write_text(wanted[name], encoding="utf-8")
        else:
            (docs / name).unlink()
    return changed


def _read(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None


def main(arguments: list[str]) -> int:
    """The command: FOLDER, and `--check` to change nothing and give status 1 where a file is out of date."""
    check = "--check" in arguments
    folders = [argument for argument in arguments if argument != "--check"]
    if len(folders) != 1 or not Path(folders[0]).is_dir():
        usage = "Give one existing folder: python -m unstuck.report.pages docs [--check]"
        print(usage, file=sys.stderr)  # noqa: T201
        return 2
    wrong = (stale if check else write)(Path(folders[0]))
    for name in wrong:
        print(f"{'out of date' if check else 'written'}: {name}")  # noqa: T201
    return 1 if check and wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
