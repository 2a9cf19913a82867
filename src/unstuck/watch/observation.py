"""One fit as it is observed: what it was called with, what passes, what became of it."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from unstuck.evidence.facts import Place
from unstuck.watch.adapters import expect
from unstuck.watch.recorder import VitalSigns
from unstuck.watch.rows import Rows, as_rows, map_leaves
from unstuck.watch.taps import Tap, kind_of, leaves


@dataclass(kw_only=True)
class Observation:
    """A fit under observation. It holds the user's data, so it lives only as long as the fit does.

    `arguments` are those of fit by name; `place` is the fit call, `compile_place` the compile call.
    `training` and `validation` are filled when the fit has ended; `vitals` likewise. `begun` is when fit was
    called, by `clock`; `told` holds what was told of it before it had ended, `stopped_at` the number of
    steps after which unstuck ended it, as was asked for.
    """

    model: Any
    arguments: Mapping[str, Any]
    place: Place | None = None
    compile_place: Place | None = None
    vitals: VitalSigns | None = None
    training: Rows | None = None
    validation: Rows | None = None
    data: str = "arrays"
    raised: str | None = None
    interrupted: bool = False
    seconds: float = 0.0
    watch_seconds: float = 0.0
    begun: float = 0.0
    told: list[Any] = field(default_factory=list)
    stopped_at: int | None = None
    errors: list[tuple[str, str]] = field(default_factory=list)

    def attempt(self, what: str, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a probe; what it raises becomes one line of `errors`, and None comes back."""
        try:
            return function(*args, **kwargs)
        except Exception as error:  # the border: nothing of ours may end or alter the user's training
            self.errors.append((what, f"{type(error).__name__}: {error}"))
            return None


class Rewired:
    """The arguments of fit with a callback added, streams seen where Keras takes them, and the way back.

    `arguments` is what to call fit with: the user's own objects, but for the callbacks. `undo` takes
    the taps and the callback off again.
    """

    def __init__(self, model: Any, arguments: dict[str, Any], vitals: Any) -> None:
        self._training, self._validation = Tap(), Tap()
        self._undo: list[Callable[[], None]] = []
        self.arguments = dict(arguments)
        try:
            self._rewire(model, arguments, vitals)
        except BaseException:
            self.undo()
            raise

    def _rewire(self, model: Any, arguments: dict[str, Any], vitals: Any) -> None:
        x, validation = arguments.get("x"), arguments.get("validation_data")
        if kind_of(x) != "arrays":
            self._undo.append(expect(x, self._training))
        if validation is not x and kind_of(validation) != "arrays":  # one object, one tap
            self._undo.append(expect(validation, self._validation))
        given = arguments.get("callbacks")
        self.arguments["callbacks"] = _with_callback(given, vitals, model)
        if self.arguments["callbacks"] is given:  # the user's own CallbackList: ours goes again
            self._undo.append(lambda: given.callbacks.remove(vitals))

    def undo(self) -> None:
        """Take the taps and the callback off, the last one first. Never raises."""
        while self._undo:
            with contextlib.suppress(Exception):
                self._undo.pop()()

    def rows(self, steps_per_epoch: int | None) -> tuple[Rows | None, Rows | None]:
        """The training and the validation rows, as far as they can be looked at."""
        return look_at_rows(self.arguments, self._training, self._validation, steps_per_epoch)


def _with_callback(given: Any, ours: Any, model: Any) -> Any:
    """The user's callbacks with ours behind them, in a form that fit takes."""
    if given is None:
        return [ours]
    if hasattr(given, "append") and hasattr(given, "set_model"):  # a CallbackList
        ours.set_model(model)
        ours.set_params(getattr(given, "params", None))
        given.append(ours)
        return given
    return [*leaves(given), ours]


def look_at_rows(
    arguments: Mapping[str, Any], training: Tap, validation: Tap, steps_per_epoch: int | None
) -> tuple[Rows | None, Rows | None]:
    """The rows that fit was given, split as Keras splits them; views, no copies."""
    x, y = arguments.get("x"), arguments.get("y")
    if kind_of(x) != "arrays" or x is None:
        taught = training.rows(steps_per_epoch)
    else:
        weights = arguments.get("sample_weight")
        by_row = isinstance(weights, np.ndarray) and weights.ndim == 1
        taught = _of_arrays(x, y, np.asarray(weights) if by_row else None)
    if taught is not None and _some_are_zero(arguments.get("sample_weight"), arguments.get("class_weight")):
        taught = replace(taught, left_out=True)
    data, fraction = arguments.get("validation_data"), arguments.get("validation_split") or 0.0
    if isinstance(data, (tuple, list)) and data:
        parts = (*data, None)[:2]
        return taught, _of_arrays(*parts)
    if data is not None:
        return taught, validation.rows(None)
    if fraction and taught is not None and taught.complete and taught.count:
        return split_tail(taught, fraction)
    return taught, None


def _some_are_zero(sample_weight: Any, class_weight: Any) -> bool:
    """Whether the weights given to fit leave out rows, entries or classes; True where that is not told."""
    if isinstance(class_weight, Mapping) and not all(class_weight.values()):
        return True
    given = as_rows(sample_weight)
    try:
        return sample_weight is not None and not all(np.all(leaf) for leaf in leaves(given))
    except (TypeError, ValueError):
        return True


def _of_arrays(x: Any, y: Any, weights: np.ndarray | None = None) -> Rows:
    """Rows of arrays that were given whole, each converted once."""
    inputs = as_rows(x)
    return Rows(x=inputs, y=as_rows(y), count=_count(inputs), weights=weights)


def split_tail(rows: Rows, fraction: float) -> tuple[Rows, Rows]:
    """The last `fraction` of the rows for validation, cut where Keras cuts."""
    cut = math.floor((rows.count or 0) * (1.0 - fraction))

    def part(chosen: slice) -> Rows:
        x = map_leaves(lambda leaf: leaf[chosen], rows.x)
        weights = rows.weights[chosen] if rows.weights is not None else None
        y = map_leaves(lambda leaf: leaf[chosen], rows.y)
        return Rows(x=x, y=y, count=_count(x), weights=weights, left_out=rows.left_out)

    return part(slice(0, cut)), part(slice(cut, None))


def _count(structure: Any) -> int | None:
    first = next(iter(leaves(structure)), None)
    return len(first) if first is not None and np.ndim(first) else None


def clock() -> float:
    """Seconds of wall time, for the cost that is shown to the user."""
    return time.perf_counter()
