"""The shape of a tool: what it takes, what it answers, and whether it runs anything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from unstuck.serve.places import Places


class CallError(Exception):
    """A call that cannot be answered. The text says what was given and what to do."""


@dataclass(frozen=True)
class ToolResult:
    """What a tool says: texts for reading (the first is ours, the others quote what a program printed),
    and the same as a record for programs.
    """

    texts: tuple[str, ...]
    record: dict[str, Any] | None = None


#: Is told how far a call is: seconds gone, seconds it may take, and what was seen last.
SayProgress = Callable[[float, float, str], Awaitable[None]]


@dataclass(frozen=True)
class Tool:
    """A tool. `description` tells an agent when to use it and what comes back.

    `arguments` is the record that it takes, `gives` that of its answer (None where it has none or only
    one when asked). Either `reads` answers, which runs nothing, or `runs` does, which executes code of
    the user's; `destroys` says whether that code may change anything at all. What `reads` works `apart`, in a
    process of its own for the `seconds` of its arguments, where files may be large.
    """

    name: str
    title: str
    description: str
    arguments: type[msgspec.Struct]
    gives: type[msgspec.Struct] | None = None
    reads: Callable[[Any, Places], ToolResult] | None = None
    runs: Callable[[Any, Places, SayProgress], Awaitable[ToolResult]] | None = None
    destroys: bool = False
    apart: bool = False

    @property
    def input_schema(self) -> dict[str, Any]:
        """The JSON Schema of its arguments."""
        return object_schema(self.arguments)

    @property
    def output_schema(self) -> dict[str, Any] | None:
        """The JSON Schema of its record."""
        return None if self.gives is None else object_schema(self.gives)

    def taken(self, arguments: dict[str, Any] | None) -> msgspec.Struct:
        """The arguments of a call, checked.

        Raises:
            CallError: one is missing, unknown or of the wrong kind.
        """
        try:
            return msgspec.convert(arguments or {}, self.arguments, strict=False)
        except msgspec.ValidationError as error:
            names = ", ".join(self.arguments.__struct_fields__) or "none"
            raise CallError(
                f"The arguments of {self.name} are not understood: {error}. It takes: {names}."
            ) from None


def object_schema(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of a record with its type at the root, where the protocol asks for it."""
    (whole,), parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    root = parts.pop(whole["$ref"].rpartition("/")[2])
    return {**root, "$defs": parts} if parts else root
