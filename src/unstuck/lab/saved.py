"""Recipes in a file, so that a proof can be made later: JSON and arrays, nothing that runs on reading."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from unstuck.case.writing import write_whole
from unstuck.evidence.facts import Place
from unstuck.lab.again import AGAIN
from unstuck.lab.configured import refuse_code
from unstuck.lab.recipe import LayerPlan, Recipe
from unstuck.lab.record import NoRecipeError
from unstuck.lab.rerun import Rerun

#: The first entry of the file; a later version that reads otherwise gets another one.
SCHEMA = "unstuck.recipe/1"

_RECORDS = {"place": Place, "layer": LayerPlan}


class SavedError(Exception):
    """Recipes cannot be saved or read. The text says why."""


def why_not(recipe: Recipe | Rerun) -> str:
    """Why a recipe cannot be saved, "" where it can."""
    if isinstance(recipe, Rerun):
        return "the model cannot be built apart from your script"
    if recipe.custom:
        own = sorted(name for name in recipe.custom if not name.startswith(AGAIN))
        names = ", ".join(own[:3]) or "a function or class"
        return f"it needs your own code ({names}), which a file of data cannot hold"
    try:
        refuse_code((recipe.model, recipe.compiled))
        _written(recipe_fields(recipe), [])
    except (NoRecipeError, SavedError) as error:
        return str(error)
    return ""


def save(recipes: Mapping[int, Recipe], path: Path) -> None:
    """Write the recipes of some runs, by the number of the run.

    Raises:
        SavedError: one holds what is no plain data.
        OSError: the file cannot be written.
    """
    arrays: list[np.ndarray] = []
    runs = {str(number): _written(recipe_fields(recipe), arrays) for number, recipe in recipes.items()}
    text = json.dumps({"schema": SCHEMA, "runs": runs}).encode()
    named: dict[str, Any] = {f"array_{index}": array for index, array in enumerate(arrays)}
    held = io.BytesIO()
    np.savez_compressed(held, recipe=np.frombuffer(text, dtype=np.uint8), **named)
    write_whole(path, held.getvalue())


def load(path: Path) -> dict[int, Recipe]:
    """Read saved recipes by the number of their run.

    Raises:
        SavedError: the file cannot be read or holds no recipes.
    """
    try:
        # Opened here: numpy leaves a broken file open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            document = json.loads(held["recipe"].tobytes())
            if document.get("schema") != SCHEMA:
                raise SavedError(f"{path} holds no recipes of this version ({SCHEMA}).")
            runs = document["runs"].items()
            return {
                int(number): Recipe(**{**_read(fields, held), "from_file": True}) for number, fields in runs
            }
    except SavedError:
        raise
    except Exception as error:  # a broken or foreign file breaks in many ways
        raise SavedError(f"{path} cannot be read ({type(error).__name__}: {error}).") from None


def recipe_fields(recipe: Recipe) -> dict[str, Any]:
    """The recipe field by field, not copied."""
    return {each.name: getattr(recipe, each.name) for each in dataclasses.fields(recipe)}


def _written(value: Any, arrays: list[np.ndarray]) -> Any:
    """The value as JSON; arrays by their place in the list."""
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject:
            raise SavedError("its rows are objects, not numbers or text")
        arrays.append(value)
        return {"array": len(arrays) - 1}
    if isinstance(value, Mapping):
        return {"map": [[_written(key, arrays), _written(part, arrays)] for key, part in value.items()]}
    if isinstance(value, (list, tuple)):
        kind = "list" if isinstance(value, list) else "tuple"
        return {kind: [_written(part, arrays) for part in value]}
    for name, kind_of in _RECORDS.items():
        if isinstance(value, kind_of):
            return {name: _written(vars(value), arrays)}
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise SavedError(f"it holds a {type(value).__name__}, which a file of data cannot hold")


def _read(value: Any, held: Any) -> Any:
    """What `_written` wrote."""
    if not isinstance(value, dict):
        return value
    ((kind, part),) = value.items()
    if kind == "array":
        return held[f"array_{part}"]
    if kind == "map":
        return {_read(key, held): _read(each, held) for key, each in part}
    if kind in _RECORDS:
        return _RECORDS[kind](**_read(part, held))
    parts = [_read(each, held) for each in part]
    return tuple(parts) if kind == "tuple" else parts
