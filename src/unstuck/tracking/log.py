"""Write what was found to every tracker that is wanted and active. Never raises: the fit is the user's."""

from __future__ import annotations

import sys
from typing import Any, Final

from unstuck.case.schema import Case
from unstuck.report.text import flat, listing
from unstuck.tracking.mlflow import MLFLOW
from unstuck.tracking.record import NotLoggedError, Record, Tracker
from unstuck.tracking.tensorboard import TENSORBOARD
from unstuck.tracking.wandb import WANDB
from unstuck.tracking.wanted import Wanted
from unstuck.watch.observation import Observation
from unstuck.watch.taps import leaves

TRACKERS: Final[dict[str, Tracker]] = {"tensorboard": TENSORBOARD, "mlflow": MLFLOW, "wandb": WANDB}

#: Characters of an error that are shown: a server's answer may be a whole page.
_ERROR = 300


def log_fit(seen: Observation, case: Case, wanted: Wanted) -> str:
    """Log one diagnosed fit.

    What went wrong, and what was asked for by name but is not active, is told on standard error, a
    line each.

    Returns:
        Where it was logged, in one sentence; empty where nowhere.
    """
    from unstuck.watch.randomness import shared_streams

    try:
        with shared_streams():  # names of files are drawn by some trackers
            return _logged(seen, case, wanted)
    except KeyboardInterrupt:
        _tell("logging was interrupted; the diagnosis stands")
    except Exception as error:  # the border: the user's fit must return
        _tell(f"nothing was logged ({_words(error)})")
    return ""


def _logged(seen: Observation, case: Case, wanted: Wanted) -> str:
    active = _active(seen, wanted)
    if not active:
        return ""
    record = _record(seen, case, active)
    places = [place for name, target in active.items() if (place := _written(name, target, record))]
    return f"Logged to {listing(places)}." if places else ""


def _active(seen: Observation, wanted: Wanted) -> dict[str, Any]:
    """What can be written to, by the tracker's name; says what cannot."""
    active, missing = {}, []
    for name in wanted.trackers:
        tracker, folder = TRACKERS[name], wanted.folder if name == "tensorboard" else None
        try:
            target = folder or tracker.find(_callbacks(seen))
        except Exception as error:
            _tell(_failed(tracker, error))
            continue
        if target is not None:
            active[name] = target
            continue
        missing.append(tracker.missing)
        if wanted.by_name:
            _tell(f"nothing was logged to {tracker.title}: {tracker.missing}")
    if len(missing) == len(wanted.trackers) and not wanted.by_name:
        _tell(f"log=True found nothing to log to: {'; '.join(missing)}")
    return active


def _callbacks(seen: Observation) -> list[Any]:
    """Those of the fit, out of Keras's own list of them."""
    given = seen.arguments.get("callbacks")
    return leaves(getattr(given, "callbacks", given))


def _record(seen: Observation, case: Case, active: dict[str, Any]) -> Record:
    from unstuck.tracking.build import build

    return build(seen, case, with_page=any(TRACKERS[name].takes_page for name in active))


def _written(name: str, target: Any, record: Record) -> str:
    """Where it was written, empty where that failed."""
    try:
        return TRACKERS[name].write(target, record)
    except Exception as error:  # a server that is gone, a full disk, a version of another shape
        _tell(_failed(TRACKERS[name], error))
    return ""


def _failed(tracker: Tracker, error: Exception) -> str:
    if isinstance(error, NotLoggedError):
        return str(error)
    return f"logging to {tracker.title} failed ({_words(error)}); the training was not touched by that"


def _words(error: Exception) -> str:
    return flat(f"{type(error).__name__}: {error}")[:_ERROR]


def _tell(line: str) -> None:
    sys.stderr.write(f"unstuck: {line}\n")
