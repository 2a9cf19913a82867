"""The published JSON Schema of a Case, and of any other record that is saved."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec

from unstuck.case.schema import Case


def json_schema() -> dict[str, Any]:
    """The published JSON Schema of a Case."""
    return schema_of(Case)


def schema_of(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of a record, the same with every version of msgspec.

    Versions differ in the indentation of its texts and in the place of null among alternatives.
    """
    schema: dict[str, Any] = _alike(msgspec.json.schema(kind))
    return schema


def _alike(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_alike(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _alike(value) for key, value in schema.items()}
    if isinstance(plain.get("description"), str):
        plain["description"] = inspect.cleandoc(plain["description"])
    if isinstance(plain.get("anyOf"), list):
        plain["anyOf"].sort(key=lambda one: one == {"type": "null"})
    return plain
