"""Run the user's script as Python would.

Its argv, working directory, paths, `__main__`, traceback and exit status are those of plain
`python script.py`. Keras is not imported here: the script may choose its backend first.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
import threading
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

#: What a shell reports for a program that Ctrl-C ended: 128 + SIGINT.
INTERRUPTED = 130

#: What Keras 3 can run on, its own default first.
BACKENDS = ("tensorflow", "jax", "torch")


def execute(
    script: str, arguments: list[str], source: bytes | None = None
) -> tuple[int, BaseException | None]:
    """Run the file as `__main__`; return its exit status and what ended it, None for its end.

    The script's own output goes where it goes; its uncaught exception is printed as Python prints
    it, without frames of unstuck. `source` is run in place of what the file holds, under its name.
    """
    path = Path(script)
    module = types.ModuleType("__main__")
    module.__dict__.update(__file__=str(path.absolute()), __builtins__=__builtins__, __cached__=None)
    # The module stays in sys.modules: classes of the script must remain importable afterwards.
    sys.modules["__main__"] = module
    sys.argv = [script, *arguments]
    sys.path[0] = str(path.resolve().parent)
    threading.excepthook = _in_threads_too(threading.excepthook)
    try:
        text = path.read_bytes() if source is None else source
        code = compile(text, str(path.absolute()), "exec", dont_inherit=True)
        exec(code, module.__dict__)
    except SystemExit as error:
        return _exit_status(error), error
    except KeyboardInterrupt as error:
        _print_as_python_would(error)
        return INTERRUPTED, error
    except BaseException as error:
        _print_as_python_would(error)
        return 1, error
    return 0, None


def _exit_status(error: SystemExit) -> int:
    """The status that Python makes of sys.exit's argument; a text is printed and counts as 1."""
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code & 0xFF
    sys.stderr.write(f"{error.code}\n")
    return 1


def _print_as_python_would(error: BaseException) -> None:
    with contextlib.suppress(Exception):
        sys.stdout.flush()
    leave_out_our_frames(error)
    hook = sys.excepthook
    try:
        hook(type(error), error, error.__traceback__)
    except Exception:
        traceback.print_exception(error)


def leave_out_our_frames(error: BaseException | None) -> None:
    """Take the frames of this package out of the traceback of an exception and of those it came from."""
    shown: set[int] = set()
    while error is not None and id(error) not in shown:
        shown.add(id(error))
        error.__traceback__ = _without_our_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


def _in_threads_too(original: Callable[[Any], object]) -> Callable[[Any], None]:
    """Tracebacks of the script's threads without our frames."""

    def show(failed: Any) -> None:
        if failed.exc_value is not None:
            failed.exc_value.__traceback__ = _without_our_frames(failed.exc_traceback)
            parts = (failed.exc_type, failed.exc_value, failed.exc_value.__traceback__, failed.thread)
            failed = threading.ExceptHookArgs(parts)
        original(failed)

    return show


def _without_our_frames(trace: TracebackType | None) -> TracebackType | None:
    """The traceback with the frames of this package taken out."""
    own = str(Path(__file__).parents[1]) + os.sep
    kept: TracebackType | None = None
    frames = []
    while trace is not None:
        if not trace.tb_frame.f_code.co_filename.startswith(own):
            frames.append(trace)
        trace = trace.tb_next
    for frame in reversed(frames):
        kept = TracebackType(kept, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return kept


def _no_backend(wanted: str) -> str:
    """What to do when the backend that Keras was to run on is not installed."""
    said = f"Keras has no backend to run on: {wanted} is not installed."
    there = [name for name in BACKENDS if name != wanted and importlib.util.find_spec(name) is not None]
    if there:
        return f"{said} {there[0]} is: set KERAS_BACKEND={there[0]}, or pip install {wanted}."
    return f"{said} Install one of {', '.join(BACKENDS)} (pip install {wanted})."


def why_nothing(runs: object, error: BaseException | None, program: str = "script") -> str:
    """One sentence for the user when no fit was diagnosed, "" when there are runs.

    Args:
        runs: those that were diagnosed.
        error: what ended the program, None for its end.
        program: what was run, in a word.
    """
    from unstuck.watch import hook

    if runs:
        return ""
    if hook.legacy_fits:
        return (
            f"The {program} trains with {hook.legacy_fits[0]}, the legacy Keras 2. unstuck reads Keras 3: "
            "remove TF_USE_LEGACY_KERAS and import keras (pip install 'keras>=3.3')."
        )
    if hook.unwatched:
        return f"A fit could not be watched, which is a defect of unstuck: {hook.unwatched[0]}."
    if isinstance(error, ModuleNotFoundError):
        name = (error.name or "").partition(".")[0]
        if name == "keras":
            return "Keras is not installed here. Install it with a backend: pip install keras jax."
        if name in BACKENDS:
            return _no_backend(name)
    if error is not None and not isinstance(error, SystemExit):
        ended = f"The {program} ended with the error above before any fit began"
        return f"{ended}: there is no training to diagnose."
    if "keras" not in sys.modules:
        return f"The {program} never imported Keras, so there is no training to diagnose."
    return (
        f"The {program} never called fit on a Keras model, so there is no training to diagnose. "
        "For a loop of your own, compile the model and call unstuck.diagnose(model, x, y) at its end."
    )
