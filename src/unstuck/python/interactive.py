"""The same diagnosis from Python or a notebook: diagnose, check, Watch, observe."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from unstuck import __version__
from unstuck.case.journal import own
from unstuck.case.schema import Case
from unstuck.fix.cure import with_cures
from unstuck.lab.keeping import Keeps, Recipes
from unstuck.python.diagnosis import Diagnosis, show
from unstuck.told.outlet import Outlet
from unstuck.told.telling import Telling
from unstuck.verbs.diagnose import NOT_WANTED, Session, diagnose_fit
from unstuck.watch.observation import Observation, look_at_rows
from unstuck.watch.places import calling_place
from unstuck.watch.taps import Tap, kind_of

if TYPE_CHECKING:
    from unstuck.tracking.wanted import Log, Wanted


def diagnose(
    model: Any,
    x: Any,
    y: Any = None,
    *,
    validation_data: Any = None,
    history: Any = None,
    batch_size: int | None = None,
    sample_weight: Any = None,
    class_weight: Mapping[int, float] | None = None,
    reference: bool = True,
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
        sample_weight: as given to fit.
        class_weight: as given to fit.
        reference: whether to hold the model against simple models on the same rows, which takes up to
            2 seconds.

    Raises:
        TypeError: `model` is no Keras 3 model.
        ValueError: the model was never compiled or has not been built.
    """
    weights = {"sample_weight": sample_weight, "class_weight": class_weight}
    seen = _observation(model, x, y, validation_data, batch_size=batch_size, **weights)
    seen.vitals = _vitals_from(history, x, batch_size)
    return _diagnosed(seen, reference)


def _diagnosed(seen: Observation, reference: bool) -> Diagnosis:
    """The diagnosis of one fit, with what its proof would need."""
    recipes = Recipes()
    without = "" if reference else NOT_WANTED
    run = diagnose_fit(seen, without_reference=without, keep=partial(recipes.keep, 0))
    return Diagnosis(with_cures(Case(version=__version__, runs=[run])), recipes)


def check(
    model: Any,
    x: Any,
    y: Any = None,
    *,
    validation_data: Any = None,
    sample_weight: Any = None,
    class_weight: Mapping[int, float] | None = None,
) -> Diagnosis:
    """Look at a compiled model and its data before any training; only what is certain is a cause.

    Takes and raises what `diagnose` does.
    """
    weights = {"sample_weight": sample_weight, "class_weight": class_weight}
    seen = _observation(model, x, y, validation_data, **weights)
    run = diagnose_fit(seen, before_training=True)
    return Diagnosis(with_cures(Case(version=__version__, runs=[run])))


def _observation(model: Any, x: Any, y: Any, validation_data: Any, **given: Any) -> Observation:
    """A fit as it would be observed with these arguments."""
    _require_model(model)
    arguments = {"x": x, "y": y, "validation_data": validation_data, **given}
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
    from unstuck.watch.recorder import VitalSigns
    from unstuck.watch.taps import leaves

    if history is None:
        return None
    table: Mapping[str, Sequence[float]] = getattr(history, "history", history)
    epochs = {name: tuple(float(value) for value in values) for name, values in table.items()}
    done = max((len(values) for values in epochs.values()), default=0)
    rows = len(leaves(x)[0]) if leaves(x) else 0
    steps = -(-rows // (batch_size or 32))
    return VitalSigns(epochs=epochs, epochs_done=done, updates=done * steps, steps_per_epoch=steps)


def Watch(
    *,
    report: bool = True,
    log: Log = False,
    reference: bool = True,
    stop: Literal["proved", "measured"] | None = None,
    journal: bool = True,
) -> Any:
    """A callback for `model.fit(..., callbacks=[unstuck.Watch()])`: diagnoses that fit.

    It reads the arguments of fit and changes nothing; the diagnosis is kept as `.diagnosis`. What is proved
    before the first step is told then, on standard error, and what is sure later as soon as it is. A fit that
    raises ends before a callback can speak: `unstuck run` and `unstuck.observe()` diagnose that one too.

    Args:
        report: show the diagnosis when the fit has ended: displayed in a notebook, else printed.
        log: write findings and vital signs to a tracker as well, when the fit has ended. True for
            whatever is active then: the folder of the fit's `keras.callbacks.TensorBoard`, the
            active MLflow run, the active Weights & Biases run; "tensorboard", "mlflow" or "wandb" for
            that one; a folder ("logs/run1", a pathlib.Path) for TensorBoard events; or a list of
            these. No run is started and nobody is signed in.
        reference: whether to hold the training against simple models on the same rows, which takes up
            to 2 seconds or 2% of the fit.
        stop: end the fit, through `model.stop_training`, as soon as a cause that blocks it is this sure:
            "proved" or "measured". None never ends it.
        journal: keep what is known of the fit in the user's cache folder while it goes on, as `unstuck run`
            does: `unstuck show` tells it, also of a process that was killed.

    Raises:
        ImportError: Keras 3 is not installed.
        ValueError: `log` or `stop` is none of these.
    """
    from unstuck.tracking.wanted import wanted
    from unstuck.watch import hook
    from unstuck.watch.callback import make_watch

    trackers = wanted(log)
    if stop not in (None, "proved", "measured"):
        raise ValueError(f'stop is {stop!r}; it takes "proved", "measured" or None.')

    writes = own() if journal else None

    def conclude(seen: Observation) -> Diagnosis:
        diagnosis = _diagnosed(seen, reference)
        if writes is not None and not hook.is_watching():  # else who watches the fit keeps it
            writes.has_ended(writes.fits, diagnosis.run)
        if report:
            show(diagnosis)
        if trackers is not None:
            _log(seen, diagnosis, trackers, report)
        return diagnosis

    telling = Telling(Outlet() if report else None, stop=stop, journal=writes)
    return make_watch(conclude, telling.onlooker)


def _log(seen: Observation, diagnosis: Diagnosis, trackers: Wanted, report: bool) -> None:
    """Write the diagnosis to the trackers; where to is a line of the report."""
    from unstuck.tracking.log import log_fit

    told = log_fit(seen, diagnosis.case, trackers)
    if told and report:
        sys.stdout.write(f"{told}\n")


_SESSION: Session | None = None

#: Sessions that tell of the fits of one cell themselves; `observe` keeps silent meanwhile.
_OF_CELLS: list[Session] = []


def observe(*, reference: bool = True, journal: bool = True) -> None:
    """Diagnose every fit from here on, each as it ends; for notebooks. Calling it again is harmless.

    What is proved before the first step of a fit is told then, and what is sure later as soon as it is.

    Args:
        reference: whether to hold each training against simple models on the same rows.
        journal: keep what is known of each fit in the user's cache folder, as `Watch` does.
    """
    global _SESSION
    from unstuck.watch import hook

    if _SESSION is not None:
        return
    writes = own() if journal else None
    _SESSION = session = Session(reference=reference, journal=writes)

    def tell(seen: Observation) -> None:
        if _OF_CELLS:
            return
        known = len(session.runs)
        session.observe(seen)
        if len(session.runs) > known:
            show(Diagnosis(with_cures(Case(version=__version__, runs=session.runs[-1:]))))

    hook.install()
    hook.listen(tell, Telling(Outlet(), journal=writes).onlooker)


@contextmanager
def watched(keeps_recipes: Keeps = "none", journal: bool = True) -> Iterator[Session]:
    """Every fit in this block is diagnosed, into the session that the block is given.

    `journal` says whether what is known of it is kept in the user's cache folder.
    """
    from unstuck.watch import hook

    writes = own() if journal else None
    session = Session(keeps_recipes=keeps_recipes, journal=writes)
    # What earlier cells did is not this block's.
    hook.legacy_fits.clear()
    hook.unwatched.clear()
    hook.install()
    hook.listen(session.observe, Telling(Outlet(), journal=writes).onlooker)
    _OF_CELLS.append(session)
    try:
        yield session
    finally:
        _OF_CELLS.remove(session)
        hook.stop_listening(session.observe)
