"""Data flows one way: watch, evidence, rules, remedies, lab, report, tracking. Imports must not run back."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "unstuck"
PIPELINE = ["watch", "evidence", "rules", "remedies", "lab", "report", "told", "tracking"]
#: The records are the vocabulary that every stage speaks; they import nothing of ours.
SHARED = (
    "unstuck.evidence.facts",
    "unstuck.evidence.pictures",
    "unstuck.evidence.rows",
    "unstuck.lab.recipe",
)


def imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{each.name}" for each in node.names}
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
    return {name for name in found if name.startswith("unstuck")}


@pytest.mark.parametrize("stage", PIPELINE)
def test_a_stage_imports_only_what_stands_before_it(stage):
    later = PIPELINE[PIPELINE.index(stage) + 1 :]
    for file in (SOURCE / stage).rglob("*.py"):
        for name in imports(file):
            if name.startswith(SHARED):
                continue
            part = name.split(".")[1] if "." in name else ""
            assert part not in later, f"{file.relative_to(SOURCE)} imports {name}"


def test_judging_knows_no_reader_of_logs():
    for file in [*(SOURCE / "evidence").rglob("*.py"), *(SOURCE / "rules").rglob("*.py")]:
        assert not any(name.startswith("unstuck.logbook") for name in imports(file)), file


def test_records_import_no_stage():
    for file in [*(SOURCE / "evidence" / "facts").rglob("*.py"), SOURCE / "evidence" / "rows.py"]:
        assert all(
            name.startswith(("unstuck.evidence.facts", "unstuck.evidence.rows", "unstuck.evidence.pictures"))
            for name in imports(file)
        )


def test_rules_import_neither_keras_nor_a_stage_that_touches_it():
    code = (
        "import sys; from unstuck.rules.rule import catalogue; catalogue(); print([m for m in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for heavy in ("'keras'", "'jax'", "'torch'", "'tensorflow'", "'sklearn'", "'unstuck.watch.hook'"):
        assert heavy not in loaded
