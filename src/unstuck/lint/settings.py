"""What the user wants: options of a call, `[tool.unstuck]` of pyproject.toml, comments in the code."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from unstuck.rules.rule import catalogue

_ALLOW = re.compile(r"#\s*unstuck:\s*allow\[([^\]\n]*)\]")


class SettingsError(Exception):
    """A setting that cannot be followed. The text says which and what to do."""


class _Table(msgspec.Struct, rename="kebab", forbid_unknown_fields=True):
    select: list[str] = []
    ignore: list[str] = []
    exclude: list[str] = []
    per_file_ignores: dict[str, list[str]] = {}


@dataclass(frozen=True)
class Settings:
    """Which rules to apply where. An empty `select` means all; `per_file` maps patterns as in .gitignore,
    relative to `root`, to rules that are left out there.
    """

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    exclude: tuple[str, ...] = ()
    per_file: Mapping[str, frozenset[str]] = field(default_factory=dict)
    root: Path = field(default_factory=Path.cwd)

    def wants(self, rule: str, file: str) -> bool:
        """Whether a rule's findings in this file are wanted."""
        if (self.select and rule not in self.select) or rule in self.ignore:
            return False
        left_out = (pattern for pattern, names in self.per_file.items() if rule in names)
        return not any(self._matches(pattern, file) for pattern in left_out)

    def _matches(self, pattern: str, file: str) -> bool:
        from pathspec import GitIgnoreSpec

        try:
            inside = Path(file).resolve().relative_to(self.root.resolve())
        except ValueError:
            return False
        return bool(GitIgnoreSpec.from_lines([pattern]).match_file(inside.as_posix()))


def settings(start: Path, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> Settings:
    """The settings for a call: those of the nearest pyproject.toml, overruled by the command line.

    Args:
        start: the folder to look from, upwards.
        select: rules asked for on the command line; if any, they replace those of the file.
        ignore: rules left out on the command line, beside those of the file.

    Raises:
        SettingsError: a file cannot be read, a key or a rule does not exist.
    """
    table, root = _Table(), start
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / "pyproject.toml").is_file():
            table, root = _read(folder / "pyproject.toml"), folder
            break
    asked = [*select, *ignore, *table.select, *table.ignore]
    asked += [name for names in table.per_file_ignores.values() for name in names]
    _known(asked)
    return Settings(
        select=frozenset(select or table.select),
        ignore=frozenset((*ignore, *table.ignore)),
        exclude=tuple(table.exclude),
        per_file={pattern: frozenset(names) for pattern, names in table.per_file_ignores.items()},
        root=root,
    )


def _read(file: Path) -> _Table:
    try:
        table = tomllib.loads(file.read_text("utf-8")).get("tool", {}).get("unstuck", {})
        return msgspec.convert(table, _Table)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read: {error}.") from None
    except msgspec.ValidationError as error:
        raise SettingsError(
            f"[tool.unstuck] in {file} is not understood: {error}. Its keys are select, ignore, exclude "
            "(lists) and per-file-ignores (a table of lists)."
        ) from None


def _known(names: Iterable[str]) -> None:
    """Check that rules exist.

    Raises:
        SettingsError: one does not.
    """
    for name in names:
        if name not in catalogue():
            near = difflib.get_close_matches(name, catalogue(), n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise SettingsError(f"there is no rule {name!r}.{hint} `unstuck rules` lists them.")


def allowed(text: str) -> dict[int, frozenset[str]]:
    """The rules that comments allow, by line from 1: `# unstuck: allow[NAME, NAME]`."""
    found: dict[int, frozenset[str]] = {}
    if "unstuck:" not in text:
        return found
    for number, line in enumerate(text.split("\n"), start=1):
        names = [name.strip() for match in _ALLOW.finditer(line) for name in match.group(1).split(",")]
        if names:
            found[number] = frozenset(name for name in names if name)
    return found
