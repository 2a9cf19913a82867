"""Where the parts of a live model stand in the user's code.

Under `unstuck run` their construction was seen. A model that was built before unstuck looked is
placed by reading the file that calls: the only call that can have built such a layer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from unstuck.evidence.facts import Place
from unstuck.evidence.parsed import Source
from unstuck.evidence.source import SourceReader, find_call, find_compile_call
from unstuck.watch.observation import Observation
from unstuck.watch.places import place_of, places_in

#: Constructor arguments that tell two layers of one class apart and that a live layer still has.
_TELLING = ("units", "filters", "rate", "input_dim", "output_dim", "return_sequences", "mask_zero")


def placing(seen: Observation) -> tuple[Callable[[Any], Place | None], Place | None]:
    """A look-up of places for the model's parts, and the place of its compile call."""
    model = seen.model
    optimizer = getattr(model, "optimizer", None)
    parts = [*model._flatten_layers(), *([optimizer] if optimizer is not None else [])]
    known = any(place_of(part) is not None for part in parts)
    if seen.place is None or (known and seen.compile_place is not None):
        return places_in(parts), seen.compile_place
    source = SourceReader().read(seen.place.file)
    look_up = places_in(parts) if known else lambda made: _read_off(source, made)
    return look_up, seen.compile_place or find_compile_call(source)


def _read_off(source: Source, made: Any) -> Place | None:
    """The only call of this class with the live object's arguments."""
    arguments = {name: getattr(made, name) for name in _TELLING if hasattr(made, name)}
    activation = getattr(getattr(made, "activation", None), "__name__", None)
    if activation is not None:
        arguments["activation"] = activation
    return find_call(source, type(made).__name__, arguments)
