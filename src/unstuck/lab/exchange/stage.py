"""A training about to happen: the live model and how it is compiled and fitted, for parts to change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from unstuck.evidence.sample import leaves
from unstuck.lab.arms import stopper
from unstuck.lab.clocks import WorkClock
from unstuck.lab.quiet import quiet
from unstuck.lab.recipe import taken
from unstuck.watch.hook import aside

#: Rows by which callbacks watch a training.
_WATCHED = 256


@dataclass
class Stage:
    """The user's training, set up and not begun.

    `compiled` are live arguments of compile, `fitted` those of fit beside the rows; `watches` says that a
    callback reads validation figures. `raised` is why the training failed, "" where it did not.
    """

    model: Any
    compiled: dict[str, Any]
    fitted: dict[str, Any]
    x: Any
    y: Any
    judged: tuple[Any, Any]
    watches: bool = False
    raised: str = ""
    calls: list[Callable[[], None]] = field(default_factory=list)

    def train(self, seed: int, seconds: float) -> bool:
        """Compile and fit; whether it came to its end."""
        import keras

        stop = stopper(WorkClock(seconds))
        some = slice(0, _WATCHED)
        held = tuple(taken(each, some) for each in self.judged) if self.watches else None
        try:
            with quiet():
                keras.Model.compile(self.model, **self.compiled)
                keras.utils.set_random_seed(seed)
                own = list(self.fitted.get("callbacks") or ())
                arguments = {**self.fitted, "callbacks": [*own, keras.callbacks.TerminateOnNaN(), stop]}
                with aside():
                    self.model.fit(self.x, self.y, validation_data=held, verbose=0, **arguments)
        except Exception as error:  # whatever the user's part raises beside standard ones
            self.raised = " ".join(f"{type(error).__name__}: {error}".split())[:160]
            return False
        return not stop.cut

    def answers(self) -> np.ndarray:
        """The model's answers to the judged rows."""
        with quiet():
            made = self.model.predict(self.judged[0], verbose=0)
        found = leaves(made)
        return np.asarray(found[0])

    def substitute(self, layer: Any, stand_in: Any, *, alone: bool = False) -> None:
        """Let a layer compute what another one does, which is trained in its place.

        Args:
            layer: a layer or the model itself, wherever the model keeps it.
            stand_in: takes and gives the same shapes.
            alone: none of the layer's own weights is trained, nor of what it holds.
        """
        held = list(layer._flatten_layers(include_self=False))
        if alone:
            for each in held:
                each.trainable = False
        for weight in [*layer.weights] if layer is not self.model else ():
            weight.trainable = False
        layer._layers.append(stand_in)
        if hasattr(layer, "add_module"):  # torch clears the gradients of what it knows
            layer.add_module("_stand_in", stand_in)

        def call(*given: Any, **_: Any) -> Any:
            return stand_in(given[0] if len(given) == 1 else list(given))

        object.__setattr__(layer, "call", call)
