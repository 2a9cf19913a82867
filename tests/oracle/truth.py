"""Whether a proved claim is true: one function a rule in the files on_*.py, by brute force on live objects.

A truth is written from the rule's page, not from its code. It gets a `Situation` and the `Claim`, and returns
"" where the claim is true, else why it is not.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .situation import Situation


@dataclass(frozen=True)
class Claim:
    """A proved finding: its rule, its text, its figures by name, and the output that it is about."""

    rule: str
    says: str
    shows: Mapping[str, Any]
    output: str = ""


Truth = Callable[[Situation, Claim], str]

_TRUTHS: dict[str, Truth] = {}


def truth(rule: str) -> Callable[[Truth], Truth]:
    """Make a function the oracle of a rule."""

    def register(function: Truth) -> Truth:
        _TRUTHS[rule] = function
        return function

    return register


@cache
def truths() -> Mapping[str, Truth]:
    """All oracles by the name of their rule, found by being there."""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name.startswith("on_"):
            importlib.import_module(f"{__package__}.{module.name}")
    return dict(sorted(_TRUTHS.items()))


def why_false(situation: Situation, claim: Claim) -> str:
    """Why a claim is not true, "" where it is.

    Raises:
        KeyError: nobody wrote an oracle for the rule.
    """
    return truths()[claim.rule](situation, claim)
