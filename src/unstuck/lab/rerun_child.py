"""One arm of a trial by running the user's script: `python -m unstuck.lab.rerun_child PLAN`."""

from __future__ import annotations

import functools
import importlib
import inspect
import os
import pickle
import sys
from pathlib import Path
from typing import Any

#: Callbacks of Keras that write files, by libraries of C too, or reach the network.
_SAVING = ("BackupAndRestore", "CSVLogger", "ModelCheckpoint", "RemoteMonitor", "TensorBoard")


def main(plan_file: str) -> None:
    """Run the script up to its fit and save what became of that."""
    plan = pickle.loads(Path(plan_file).read_bytes())  # written by our own parent process
    from unstuck.lab.executors.executor import end_with
    from unstuck.lab.guard import begin
    from unstuck.watch import hook
    from unstuck.watch.edited import run_instead
    from unstuck.watch.runner import execute

    sys.dont_write_bytecode = True
    edited = run_instead(plan["edited"])
    hook.install()
    hook.after_import(functools.partial(_prepare, plan))
    begin(plan["scratch"])
    end_with(plan["parent"], plan["scratch"])
    script = plan["script"]
    execute(script, plan["arguments"], edited.get(os.path.realpath(script)))


def _prepare(plan: dict[str, Any], keras: Any) -> None:
    """Set the seed as soon as Keras is there, whatever the script sets, and wait for the fit."""
    from unstuck.lab.arms import stopper
    from unstuck.lab.clocks import WorkClock

    seeded = keras.utils.set_random_seed
    keras.utils.set_random_seed = lambda _: seeded(plan["seed"])
    seeded(plan["seed"])
    original, count = keras.Model.fit, [0]
    signature = inspect.signature(original)
    keras.Model.save = keras.Model.save_weights = keras.Model.export = _refused
    _announce_writers()

    @functools.wraps(original)
    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        number, count[0] = count[0], count[0] + 1
        bound = signature.bind(self, *args, **kwargs)
        bound.apply_defaults()
        asked = bound.arguments
        if number != plan["fit"]:
            asked["callbacks"] = [each for each in _listed(asked["callbacks"]) if not _saves(each)]
            return original(*bound.args, **bound.kwargs)
        asked["epochs"] = max(1, round(asked["epochs"] * plan["epochs"]))
        clock = WorkClock(plan["seconds"], plan["deadline"])
        stop = stopper(clock, plan["share"])
        asked["callbacks"] = [*_learning(asked["callbacks"]), keras.callbacks.TerminateOnNaN(), stop]
        asked["verbose"] = 0
        _conclude_with(plan, clock, stop)
        seeded(plan["seed"])
        original(*bound.args, **bound.kwargs)
        raise SystemExit(0)

    keras.Model.fit = fit


def _refused(*_: Any, **__: Any) -> None:
    raise PermissionError("a trial saves no model")


def _announce_writers() -> None:
    """Let the libraries of C that the frameworks save by tell what they write: no hook would see it."""
    h5py: Any = importlib.import_module("h5py")

    from unstuck.lab.guard import announced

    original = h5py.File.__init__

    def opening(self: Any, name: Any, mode: str = "r", *args: Any, **kwargs: Any) -> None:
        (original if mode == "r" else announced(original, 1))(self, name, mode, *args, **kwargs)

    h5py.File.__init__ = opening
    torch: Any = sys.modules.get("torch")
    if torch is not None:
        torch.save = torch.serialization.save = announced(torch.save, 1)
    tensorflow: Any = sys.modules.get("tensorflow")
    if tensorflow is not None:
        for module, name, position in (
            (tensorflow.io, "write_file", 0),
            (tensorflow.saved_model, "save", 1),
            (tensorflow.summary, "create_file_writer", 0),
        ):
            setattr(module, name, announced(getattr(module, name), position))


def _listed(given: Any) -> list[Any]:
    """The callbacks that fit was given, in whatever way."""
    given = getattr(given, "callbacks", given) or []
    return list(given) if isinstance(given, (list, tuple)) else [given]


def _learning(given: Any) -> list[Any]:
    """The user's callbacks that belong to the training; those that save and log stay out."""
    from unstuck.lab.record import CALLBACKS

    return [each for each in _listed(given) if type(each).__name__ in CALLBACKS]


def _saves(callback: Any) -> bool:
    """Whether it is one of Keras's that write files or send what they see."""
    import keras

    return isinstance(callback, tuple(getattr(keras.callbacks, name) for name in _SAVING))


def _conclude_with(plan: dict[str, Any], clock: Any, stop: Any) -> None:
    """Save the arm when the fit has ended, however it ends."""
    from unstuck.lab.arms import arm_of
    from unstuck.watch import hook

    def conclude(seen: Any) -> None:
        rows = (seen.training.count if seen.training is not None else 0) or 0
        arm = arm_of(seen, plan["seed"], rows, clock, stop)
        Path(plan["result"]).write_bytes(pickle.dumps(arm))

    hook.listen(conclude)


if __name__ == "__main__":
    main(sys.argv[1])
