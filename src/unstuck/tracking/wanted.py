"""What `Watch(log=...)` asks for, checked before the training begins."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

NAMES: Final = ("tensorboard", "mlflow", "wandb")

#: What `log` may be given.
Log = bool | str | Path | Sequence[str | Path]

_FORMS = (
    'Give True for whatever is active, "tensorboard", "mlflow", "wandb", a folder for TensorBoard events '
    '("logs/run1" or a pathlib.Path), or a list of these.'
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The trackers to write to, by name. `folder` is where TensorBoard events go, None beside its callback's.

    `by_name` is true where the user named them: then one that is not active is worth a line.
    """

    trackers: tuple[str, ...]
    folder: Path | None = None
    by_name: bool = True


def wanted(log: Log) -> Wanted | None:
    """Read the parameter; None where nothing is to be logged.

    Raises:
        ValueError: it is none of the forms, names an unknown tracker, two folders, or a file.
    """
    if isinstance(log, bool):
        return Wanted(trackers=NAMES, by_name=False) if log else None
    if isinstance(log, (str, Path)):
        log = [log]
    if not isinstance(log, Sequence) or isinstance(log, bytes):
        raise ValueError(f"log={log!r} is a {type(log).__name__}. {_FORMS}")
    named = [each for each in log if isinstance(each, str) and each in NAMES]
    folders = [_folder(each) for each in log if each not in NAMES]
    if len(folders) > 1:
        raise ValueError(f"log names {len(folders)} folders; TensorBoard events go to one. {_FORMS}")
    trackers = dict.fromkeys(["tensorboard"] * len(folders) + named)
    return Wanted(trackers=tuple(trackers), folder=folders[0] if folders else None) if trackers else None


def _folder(given: object) -> Path:
    """A folder, as the user wrote it; it need not exist yet."""
    if not isinstance(given, (str, Path)):
        raise ValueError(f"log holds {given!r}, a {type(given).__name__}. {_FORMS}")
    text = str(given)
    if isinstance(given, str) and not any(mark in text for mark in (os.sep, os.altsep or os.sep)):
        raise ValueError(f'log="{text}" is no tracker; a folder of this name is "./{text}". {_FORMS}')
    if "://" in text:
        raise ValueError(
            f'log="{text}" is not on this machine; TensorBoard events go to a local folder. {_FORMS}'
        )
    try:
        folder = Path(text).expanduser().absolute()
        is_file = folder.exists() and not folder.is_dir()
    except (OSError, RuntimeError) as error:  # a name that is too long, nobody's home
        reason = getattr(error, "strerror", None) or str(error).rstrip(".")
        raise ValueError(f'log="{text}" is no folder that can be read ({reason}). {_FORMS}') from None
    if is_file:
        raise ValueError(f'log="{text}" is a file; TensorBoard events go to a folder. {_FORMS}')
    return folder
