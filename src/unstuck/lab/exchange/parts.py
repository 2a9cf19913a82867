"""The parts of the user's training that can be exchanged for standard ones, each with its place."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from unstuck.evidence.facts import Place
from unstuck.evidence.layers import is_keras
from unstuck.lab.exchange.stage import Stage
from unstuck.watch.places import defined_at

Side = Literal["training", "network"]


@dataclass(frozen=True)
class Part:
    """One piece of the user's training.

    `kind` is "loss", "train_step", "layer" ...; `name` the user's word for it; `place` where the user wrote
    it. `instead` names the standard part in the words of source; `swap` puts it in. `inside` is the
    part that holds this one, "" for none.
    """

    kind: str
    name: str
    side: Side
    instead: str
    swap: Callable[[Stage], None]
    place: Place | None = None
    inside: str = ""

    @property
    def key(self) -> str:
        """What tells it from the other parts."""
        return f"{self.kind} {self.name}"

    @property
    def says(self) -> str:
        """What it is, in a sentence."""
        if self.kind in ("call", "initial weights", "constraint"):
            return f"the {self.kind} of {self.name}"
        return f"your {self.kind} {self.name}" if self.kind != self.name else f"your own {self.name}"


def is_own(thing: Any) -> bool:
    """Whether a function, or the class of an object, is the user's."""
    if isinstance(thing, (types.FunctionType, types.MethodType)):
        return not thing.__module__.startswith("keras.")
    function = getattr(thing, "fn", None)  # a function that Keras wrapped
    if isinstance(function, types.FunctionType) and not function.__module__.startswith("keras."):
        return True
    return hasattr(thing, "__dict__") and not isinstance(thing, (str, type)) and not is_keras(type(thing))


def name_of(thing: Any) -> str:
    """What the user calls a function, or the class of an object."""
    wrapped = getattr(thing, "fn", None)
    thing = wrapped if isinstance(wrapped, types.FunctionType) else thing
    return str(getattr(thing, "__name__", None) or type(thing).__name__)


def written_at(thing: Any) -> Place | None:
    """Where the user wrote it, None for what a library wrote."""
    wrapped = getattr(thing, "fn", None)
    return defined_at(wrapped if isinstance(wrapped, types.FunctionType) else thing)
