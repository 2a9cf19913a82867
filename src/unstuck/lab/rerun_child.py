"""One arm of a trial by running the user's script: `python -m unstuck.lab.rerun_child PLAN`."""

from __future__ import annotations

import functools
import inspect
import os
import pickle
import sys
import time
from pathlib import Path
from typing import Any

#: Modes of `open` that change a file, and the events of other calls that do.
_WRITING = frozenset("wax+")
_CHANGING = (
    "os.chmod",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.symlink",
    "os.truncate",
    "shutil.move",
    "shutil.rmtree",
    "sqlite3.connect",
)

#: Events that start another program, which no hook would see.
_STARTING = ("os.exec", "os.posix_spawn", "os.spawn", "os.system", "subprocess.Popen")


def main(plan_file: str) -> None:
    """Run the script up to its fit and save what became of that."""
    plan = pickle.loads(Path(plan_file).read_bytes())  # written by our own parent process
    from unstuck.lab.executors.executor import end_with
    from unstuck.watch import hook
    from unstuck.watch.edited import run_instead
    from unstuck.watch.runner import run_script

    sys.dont_write_bytecode = True
    edited = run_instead(plan["edited"])
    hook.install()
    hook.after_import(functools.partial(_prepare, plan))
    sys.addaudithook(_guard(plan["scratch"]))
    end_with(plan["parent"])
    script = plan["script"]
    run_script(script, plan["arguments"], source=edited.get(os.path.realpath(script)))


def _prepare(plan: dict[str, Any], keras: Any) -> None:
    """Set the seed as soon as Keras is there, whatever the script sets, and wait for the fit."""
    from unstuck.lab.arms import stopper

    seeded = keras.utils.set_random_seed
    keras.utils.set_random_seed = lambda _: seeded(plan["seed"])
    seeded(plan["seed"])
    original, count = keras.Model.fit, [0]
    signature = inspect.signature(original)
    keras.Model.save = keras.Model.save_weights = _refused  # written by libraries of C, unseen by any hook

    @functools.wraps(original)
    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        number, count[0] = count[0], count[0] + 1
        if number != plan["fit"]:
            return original(self, *args, **kwargs)
        bound = signature.bind(self, *args, **kwargs)
        bound.apply_defaults()
        asked = bound.arguments
        asked["epochs"] = max(1, round(asked["epochs"] * plan["epochs"]))
        stop = stopper(time.monotonic() + plan["seconds"])
        asked["callbacks"] = [*_learning(asked["callbacks"]), keras.callbacks.TerminateOnNaN(), stop]
        asked["verbose"] = 0
        _conclude_with(plan, stop)
        seeded(plan["seed"])
        original(*bound.args, **bound.kwargs)
        raise SystemExit(0)

    keras.Model.fit = fit


def _refused(*_: Any, **__: Any) -> None:
    raise PermissionError("a trial saves no model")


def _learning(given: Any) -> list[Any]:
    """The user's callbacks that belong to the training; those that save and log stay out."""
    from unstuck.lab.record import CALLBACKS

    given = getattr(given, "callbacks", given) or []
    listed = given if isinstance(given, (list, tuple)) else [given]
    return [each for each in listed if type(each).__name__ in CALLBACKS]


def _conclude_with(plan: dict[str, Any], stop: Any) -> None:
    """Save the arm when the fit has ended, however it ends."""
    from unstuck.lab.arms import arm_of
    from unstuck.watch import hook

    started = time.monotonic()

    def conclude(seen: Any) -> None:
        rows = (seen.training.count if seen.training is not None else 0) or 0
        arm = arm_of(seen, plan["seed"], rows, started, cut=stop.cut)
        Path(plan["result"]).write_bytes(pickle.dumps(arm))

    hook.listen(conclude)


def _guard(scratch: str) -> Any:
    """An audit hook that lets nothing be written outside the scratch folder and the devices."""
    folders = [scratch, os.environ.get("JAX_COMPILATION_CACHE_DIR") or scratch]
    allowed = (*(os.path.realpath(folder) + os.sep for folder in folders), "/dev/", "/proc/")

    def refuse(name: Any) -> None:
        if isinstance(name, (str, bytes, os.PathLike)):
            real = os.path.realpath(os.fsdecode(name))
            if not real.startswith(allowed):
                raise PermissionError(f"a trial writes no files: {real}")

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            name, mode, flags = (*arguments, None, None)[:3]
            writes = bool(_WRITING & set(mode)) if isinstance(mode, str) else False
            if writes or (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_TRUNC)):
                refuse(name)
        elif event in _CHANGING:
            for name in arguments[:2]:
                refuse(name)
        elif event in _STARTING and not _of_library(arguments):
            raise PermissionError(f"a trial starts no other program: {event}")

    return audit


def _of_library(arguments: tuple[Any, ...]) -> bool:
    """Whether a library asks the machine what it is, as torch and platform do, and nothing else."""
    words = [str(each) for each in arguments if isinstance(each, (str, list, tuple))]
    return any(name in " ".join(words) for name in ("uname", "lscpu", "ldconfig", "gcc", "cc ", "nvidia-smi"))


if __name__ == "__main__":
    main(sys.argv[1])
