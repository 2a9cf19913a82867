"""See Model.compile and Model.fit, wherever the user's program calls them.

The patches sit on the class, so that Sequential, Functional and subclassed models, `tf.keras` and
`from tensorflow import keras` are all seen: they are the same objects. Keras is not imported here;
an import hook patches it when the script imports it, so a script may set KERAS_BACKEND first.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from unstuck.watch import adapters
from unstuck.watch.constructed import note, note_arguments
from unstuck.watch.observation import Observation, Rewired, clock
from unstuck.watch.onlooker import Onlooker
from unstuck.watch.places import calling_place, remember

#: Called with each ended fit, while its data is still alive.
Listener = Callable[[Observation], None]

#: Makes who looks on at a fit that begins, of the observation, what looks at its rows, and the vital signs.
Onlooking = Callable[[Observation, Callable[[int | None], Any], Any], Onlooker]

_COMPILED: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()
_LISTENERS: list[Listener] = []
_ONLOOKING: dict[Listener, Onlooking] = {}
_INSIDE = threading.local()

#: Fits may end in several threads; an examination patches a class for its time, so they take turns.
_ONE_AT_A_TIME = threading.Lock()

#: Names of Keras 2 packages whose fit was called: too old to be diagnosed, said so to the user.
legacy_fits: list[str] = []

#: Why a fit ran without being watched: a defect of unstuck, said so to the user.
unwatched: list[str] = []


def install() -> None:
    """Patch Keras now if it is imported, else when it will be."""
    if not any(isinstance(finder, _AfterImport) for finder in sys.meta_path):
        sys.meta_path.insert(0, _AfterImport())
    for name, patch in _PATCHES.items():
        module = sys.modules.get(name)
        if module is not None and hasattr(module, "Model"):
            patch(module)


def after_import(function: Callable[[ModuleType], None]) -> None:
    """Call the function with Keras right after it was imported and patched."""
    patched = _PATCHES["keras"]

    def patch(keras: ModuleType) -> None:
        patched(keras)
        function(keras)

    _PATCHES["keras"] = patch


def listen(listener: Listener, onlooking: Onlooking | None = None) -> None:
    """Be told of every fit from now on, when it has ended, and look on while it goes on.

    Of several who look on the last one does; what they would tell is the same.
    """
    if listener not in _LISTENERS:
        _LISTENERS.append(listener)
        if onlooking is not None:
            _ONLOOKING[listener] = onlooking


def stop_listening(listener: Listener) -> None:
    """Be told no more."""
    if listener in _LISTENERS:
        _LISTENERS.remove(listener)
        _ONLOOKING.pop(listener, None)


def is_watching() -> bool:
    """Whether the fit that this thread is in is watched."""
    return getattr(_INSIDE, "watched", False)


@contextmanager
def aside() -> Iterator[None]:
    """Fits in this block, made by unstuck itself, are not watched."""
    before = getattr(_INSIDE, "fit", False)
    _INSIDE.fit = True
    try:
        yield
    finally:
        _INSIDE.fit = before


def compile_place(model: Any) -> Any:
    """The place of the model's last compile call, None if it was not seen."""
    return _COMPILED.get(model)


class _AfterImport(MetaPathFinder):
    """Runs a patch right after the named module has been executed."""

    def __init__(self) -> None:
        self._busy: set[str] = set()

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the import system's signature
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if fullname not in _PATCHES or fullname in self._busy:
            return None
        self._busy.add(fullname)
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._busy.discard(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _PatchingLoader(spec.loader, _PATCHES[fullname])
        return spec


class _PatchingLoader(Loader):
    def __init__(self, loader: Any, patch: Callable[[ModuleType], None]) -> None:
        self._loader, self._patch = loader, patch

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        try:
            self._patch(module)
        except Exception as error:  # an unknown Keras: the script runs, unwatched
            sys.stderr.write(f"unstuck: this Keras cannot be watched ({type(error).__name__}: {error})\n")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


def _patch_keras(keras: ModuleType) -> None:
    """Wrap the five places where a user's program meets Keras."""
    if str(getattr(keras, "__version__", "3")).startswith(("1.", "2.")):
        _patch_legacy(keras)
        return
    model = keras.Model
    if hasattr(model.fit, "__unstuck__"):
        return
    model.fit = _watched_fit(model.fit)
    # On the class that defines it: Keras compares a model's compile with that one when it loads a model.
    owner = next(cls for cls in model.__mro__ if "compile" in cls.__dict__)
    owner.compile = _noted_compile(owner.compile)
    _note_construction(keras.layers.Layer)
    note_arguments(keras)
    optimizer = next(cls for cls in keras.optimizers.Optimizer.__mro__ if "__init__" in cls.__dict__)
    optimizer.__init__ = _noted_init(optimizer.__init__)
    adapters.patch(importlib.import_module("keras.src.trainers.epoch_iterator").EpochIterator)


def _patch_legacy(keras: ModuleType) -> None:
    """Only note that the fit of a Keras 2 package was called."""
    model = keras.Model
    original = model.fit

    @functools.wraps(original)
    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        legacy_fits.append(f"{keras.__name__} {getattr(keras, '__version__', '2')}")
        return original(self, *args, **kwargs)

    model.fit = fit


_PATCHES: dict[str, Callable[[ModuleType], None]] = {"keras": _patch_keras, "tf_keras": _patch_legacy}


def _note_construction(layer: Any) -> None:
    original = layer.__new__

    @functools.wraps(original)
    def __new__(cls: Any, *args: Any, **kwargs: Any) -> Any:
        made = original(cls, *args, **kwargs)
        _quietly(lambda: remember(made, calling_place()))
        note(made, cls, args, kwargs)
        return made

    layer.__new__ = __new__


def _noted_init(original: Any) -> Any:
    @functools.wraps(original)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        _quietly(lambda: remember(self, calling_place()))

    return __init__


def _noted_compile(original: Any) -> Any:
    @functools.wraps(original)
    def compile(self: Any, *args: Any, **kwargs: Any) -> Any:
        _quietly(lambda: _COMPILED.__setitem__(self, calling_place()))
        return original(self, *args, **kwargs)

    return compile


def _quietly(note: Callable[[], None]) -> None:
    """Note something; a failure only means that a place stays unknown."""
    try:
        note()
    except Exception:
        return


def _watched_fit(original: Any) -> Any:
    signature = inspect.signature(original)

    @functools.wraps(original)
    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not _LISTENERS or getattr(_INSIDE, "fit", False):
            return original(self, *args, **kwargs)
        begun = _begin(signature, self, args, kwargs)
        if begun is None:
            return original(self, *args, **kwargs)
        observation, rewired, vitals, bound = begun
        _INSIDE.fit = _INSIDE.watched = True
        started = clock()
        try:
            result = original(*bound.args, **bound.kwargs)
        except BaseException as error:
            _end(observation, rewired, vitals, clock() - started, error)
            raise
        finally:
            _INSIDE.fit = _INSIDE.watched = False
        _end(observation, rewired, vitals, clock() - started, None)
        return result

    fit.__unstuck__ = True  # type: ignore[attr-defined]
    return fit


def _begin(signature: inspect.Signature, model: Any, args: Any, kwargs: Any) -> Any:
    """Everything that is put in place before the fit, None where that fails: fit then runs alone."""
    try:
        bound = signature.bind(model, *args, **kwargs)
    except TypeError:  # a wrong call: Keras will say so itself
        return None
    try:
        from unstuck.watch.vitals import make_vitals

        arguments = {k: v for k, v in bound.arguments.items() if k != "self"}
        place, compiled = calling_place(), compile_place(model)
        vitals = make_vitals()
        rewired = Rewired(model, arguments, vitals)
        observation = Observation(
            model=model, arguments=arguments, place=place, compile_place=compiled, begun=clock()
        )
        if _ONLOOKING:
            vitals.onlooker = next(reversed(_ONLOOKING.values()))(observation, rewired.rows, vitals)
        bound.arguments.update(rewired.arguments)
    except Exception as error:  # a defect of ours: the user's fit runs all the same
        unwatched.append(f"{type(error).__name__}: {error}")
        sys.stderr.write(f"unstuck: a fit could not be watched, a defect of unstuck ({unwatched[-1]})\n")
        return None
    return observation, rewired, vitals, bound


def _end(
    observation: Observation, rewired: Rewired, vitals: Any, seconds: float, error: BaseException | None
) -> None:
    """Gather what was seen, tell the listeners, and put everything back. Never raises.

    Ctrl-C in here ends the diagnosis only: the fit is over, and its result or error is the user's.
    """
    try:
        if vitals.onlooker is not None:
            vitals.onlooker.ended()
            vitals.onlooker = None
        _conclude(observation, rewired, vitals, seconds, error)
    except KeyboardInterrupt:
        sys.stderr.write("unstuck: the diagnosis of this fit was interrupted\n")
    except Exception as defect:
        sys.stderr.write(f"unstuck: the diagnosis of this fit failed ({type(defect).__name__})\n")
    finally:
        rewired.undo()


def _conclude(
    observation: Observation, rewired: Rewired, vitals: Any, seconds: float, error: BaseException | None
) -> None:
    from unstuck.watch.taps import kind_of
    from unstuck.watch.unseen import unseen

    started = clock()
    observation.seconds = seconds
    if error is not None:
        observation.interrupted = isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit))
        observation.raised = f"{type(error).__name__}: {error}".strip()
    observation.data = kind_of(observation.arguments.get("x"))
    with unseen(observation.model):  # a schedule and rows that convert themselves are the user's own code
        signs = observation.vitals = observation.attempt("vital signs", vitals.result)
        steps = getattr(signs, "steps_per_epoch", None)
        rows = observation.attempt("rows", rewired.rows, steps)
    if signs is not None:
        observation.errors.extend(signs.errors)
    observation.training, observation.validation = rows or (None, None)
    observation.watch_seconds += (signs.seconds if signs is not None else 0.0) + clock() - started
    with _ONE_AT_A_TIME:
        for listener in tuple(_LISTENERS):
            listener(observation)
