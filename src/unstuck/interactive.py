"""The same diagnosis from Python or a notebook: diagnose, check, Watch, observe."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from unstuck import __version__
from unstuck.case import Case
from unstuck.lab.keeping import Recipes
from unstuck.pipeline import Diagnosis, Session, diagnose_fit
from unstuck.watch.observation import Observation, look_at_rows
from unstuck.watch.places import calling_place
from unstuck.watch.taps import Tap, kind_of


def diagnose(
    model: Any,
    x: Any,
    y: Any = None,
    *,
    validation_data: Any = None,
    history: Any = None,
    batch_size: int | None = None,
) -> Diagnosis:
    """Diagnose a trained model on the rows it was trained on.

    Args:
        model: a compiled `keras.Model`, as it is after training.
        x: training inputs, as given to fit (arrays, or a list or dict of arrays).
        y: training targets.
        validation_data: `(x, y)` as given to fit.
        history: what fit returned, or a mapping from metric names to one value an epoch. Without
            it the curves are unknown, and what only they show is listed as not checked.
        batch_size: as given to fit, 32 if it was not.

    Raises:
        TypeError: `model` is no Keras 3 model.
        ValueError: the model was never compiled or has not been built.
    """
    seen = _observation(model, x, y, validation_data, batch_size)
    seen.vitals = _vitals_from(history, x, batch_size)
    return _diagnosed(seen)


def _diagnosed(seen: Observation) -> Diagnosis:
    """The diagnosis of one fit, with what its proof would need."""
    recipes = Recipes()
    run = diagnose_fit(seen, keep=partial(recipes.keep, 0))
    return Diagnosis(Case(version=__version__, runs=[run]), recipes)


def check(model: Any, x: Any, y: Any = None, *, validation_data: Any = None) -> Diagnosis:
    """Look at a compiled model and its data before any training; only what is certain is a cause.

    Takes and raises what `diagnose` does.
    """
    seen = _observation(model, x, y, validation_data, None)
    return Diagnosis(Case(version=__version__, runs=[diagnose_fit(seen, before_training=True)]))


def _observation(model: Any, x: Any, y: Any, validation_data: Any, batch_size: int | None) -> Observation:
    """A fit as it would be observed with these arguments."""
    _require_model(model)
    arguments = {"x": x, "y": y, "validation_data": validation_data, "batch_size": batch_size}
    if kind_of(x) != "arrays":
        raise TypeError(
            f"x is a {type(x).__name__}; unstuck does not draw from streams. Give some batches as arrays, "
            "or train with model.fit(..., callbacks=[unstuck.Watch()])."
        )
    seen = Observation(model=model, arguments=arguments, place=calling_place())
    seen.training, seen.validation = look_at_rows(arguments, Tap(), Tap(), None)
    return seen


def _require_model(model: Any) -> None:
    keras = sys.modules.get("keras")
    if keras is None or not isinstance(model, keras.Model):
        legacy = type(model).__module__.partition(".")[0] == "tf_keras"
        given = "a legacy Keras 2 (tf_keras) model" if legacy else f"a {type(model).__name__}"
        raise TypeError(f"model is {given}; unstuck reads keras.Model of Keras 3 (pip install 'keras>=3.3').")
    if not getattr(model, "compiled", False):
        raise ValueError("The model was never compiled. Call model.compile(optimizer=..., loss=...) first.")


def _vitals_from(history: Any, x: Any, batch_size: int | None) -> Any:
    """Vital signs as far as a history tells them."""
    from unstuck.watch.taps import leaves
    from unstuck.watch.vitals import VitalSigns

    if history is None:
        return None
    table: Mapping[str, Sequence[float]] = getattr(history, "history", history)
    epochs = {name: tuple(float(value) for value in values) for name, values in table.items()}
    done = max((len(values) for values in epochs.values()), default=0)
    rows = len(leaves(x)[0]) if leaves(x) else 0
    steps = -(-rows // (batch_size or 32))
    return VitalSigns(epochs=epochs, epochs_done=done, updates=done * steps, steps_per_epoch=steps)


def Watch(*, report: bool = True) -> Any:
    """A callback for `model.fit(..., callbacks=[unstuck.Watch()])`: diagnoses that fit.

    With `report` the diagnosis is printed when the fit has ended; it is kept as `.diagnosis` in
    either case. It reads the arguments of fit and changes nothing. A fit that raises ends before
    a callback can speak: `unstuck run` and `unstuck.observe()` diagnose that one too.

    Raises:
        ImportError: Keras 3 is not installed.
    """
    from unstuck.watch.callback import make_watch

    def conclude(seen: Observation) -> Diagnosis:
        diagnosis = _diagnosed(seen)
        if report:
            sys.stdout.write(f"\n{diagnosis}\n")
        return diagnosis

    return make_watch(conclude)


_SESSION: Session | None = None


def observe() -> None:
    """Diagnose every fit from here on, each as it ends; for notebooks. Calling it again is harmless."""
    global _SESSION
    from unstuck.watch import hook

    if _SESSION is not None:
        return
    _SESSION = session = Session()

    def tell(seen: Observation) -> None:
        session.observe(seen)
        sys.stdout.write(f"\n{Diagnosis(Case(version=__version__, runs=session.runs[-1:]))}\n")

    hook.install()
    hook.listen(tell)
