"""The rooms of the package stand in one order, and imports point one way: a room knows those before it."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import unstuck

SOURCE = Path(unstuck.__file__).parent

#: Every folder and every module at the top, from what knows nothing of the others to what knows all of them.
#: Some rooms are spoken of before their own work begins: their records stand in the order by themselves.
ORDER = (
    "registry",
    "evidence.pictures",
    "evidence.printed",
    "evidence.facts",
    "watch",
    "evidence",
    "reading",
    "logbook",
    "judgement",
    "rules",
    "lab.recipe",
    "remedies",
    "case",
    "lab",
    "fix",
    "lint",
    "report",
    "told",
    "tracking",
    "verbs",
    "python",
    "notebook",
    "serve",
    "demo",
    "cli",
    "__main__",
    "__init__",
)

#: A text that is the name of a module: what `-m` starts, what is imported later by its name.
NAMED = re.compile(r"unstuck(\.\w+)+")


def module_of(file: Path) -> str:
    """A file as it is imported, without the package's own name; the package itself is `__init__`."""
    parts = file.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


MODULES = {module_of(file): file for file in sorted(SOURCE.rglob("*.py"))}


def room_of(module: str) -> str:
    """The narrowest room that a module stands in."""
    rooms = [room for room in ORDER if f"{module}.".startswith(f"{room}.")]
    return max(rooms, key=len, default="")


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def named_in(file: Path) -> set[str]:
    """All that a file imports, at any time and for whatever purpose, or names as a module in a text."""
    found = set()
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are written from the top"
            found |= {f"{node.module}.{each.name}" for each in node.names}
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "unstuck"
        ):
            found.add(f"unstuck.{node.attr}")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and NAMED.fullmatch(node.value):
            found.add(node.value)
    return {name for name in found if name.startswith("unstuck.")}


def meant(name: str) -> str | None:
    """The module that holds a name, None for one of the package itself, which is there before all modules."""
    _, *parts = name.split(".")
    if parts[0] in unstuck._HOMES:
        _, *parts = unstuck._HOMES[parts[0]].split(".")
    while parts and ".".join(parts) not in MODULES:
        parts.pop()
    return ".".join(parts) or None


@pytest.mark.parametrize("room", ORDER)
def test_a_room_imports_only_what_stands_before_it(room):
    known = ORDER[: ORDER.index(room) + 1]
    here = [file for module, file in MODULES.items() if room_of(module) == room]
    assert here, f"there is no {room}"
    back = [
        f"{file.relative_to(SOURCE)} names {name}"
        for file in here
        for name in sorted(named_in(file))
        if (module := meant(name)) is not None and room_of(module) not in known
    ]
    assert not back, "\n".join(back)


def test_every_module_stands_in_a_room_and_none_is_loose():
    assert not [module for module in MODULES if not room_of(module)]
    assert {file.stem for file in SOURCE.glob("*.py")} == {"__init__", "__main__", "cli", "registry"}


def test_a_name_of_a_class_means_one_thing():
    homes = {}
    for module, file in MODULES.items():
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(module)
    assert {name: where for name, where in homes.items() if len(where) > 1} == {}


def test_the_package_itself_loads_none_of_its_rooms():
    code = "import sys, unstuck; print([name for name in sys.modules if name.startswith('unstuck.')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_rules_import_neither_keras_nor_a_stage_that_touches_it():
    code = (
        "import sys; from unstuck.rules.rule import catalogue; catalogue(); print([m for m in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for heavy in ("'keras'", "'jax'", "'torch'", "'tensorflow'", "'sklearn'", "'unstuck.watch.hook'"):
        assert heavy not in loaded
