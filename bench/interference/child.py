"""Run the programs of the table on the backend of this process and write down all that came out.

    python child.py OUT MODE [PROGRAM ...]

MODE is "alone" (nothing is added) or "watch" (each fit has an `unstuck.Watch()`).
Under `unstuck run` MODE is "alone" too: the script does not know of it.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import logging
import os
import random
import re
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

SEED = 11

#: What unstuck itself says, and what differs from run to run by nature.
_OWN = re.compile(r"^unstuck\b|^WARNING: All log messages before absl|^[IWE]0000 ")


def main(out: str, mode: str, names: list[str]) -> None:
    """Run them in the order of the table."""
    from interference import callbacks, data, flow, models, training, usercode  # noqa: F401 - they fill the table
    from interference.table import PROGRAMS

    watching = _watch if mode == "watch" else list
    here = os.environ["KERAS_BACKEND"]
    found = {}
    for name, each in PROGRAMS.items():
        if here in each.on and (not names or name in names):
            _examine_often(not each.many_fits)
            found[name] = _outcome(each.run, watching)
            Path(out).write_text(json.dumps(found))


def _examine_often(often: bool) -> None:
    """Let examinations take as long as all else: nearly every fit has one. Or a tenth, as users have it."""
    pipeline = sys.modules.get("unstuck.verbs.diagnose")
    if pipeline is not None:
        pipeline.EXAMINATION_SHARE = 1.0 if often else 0.1  # type: ignore[attr-defined]


def _watch() -> list[Any]:
    import unstuck

    return [unstuck.Watch(report=False)]


def _outcome(run: Any, watching: Any) -> dict[str, str]:
    """What a program returned, printed and left behind, as digests and texts."""
    import keras

    keras.utils.clear_session()
    keras.utils.set_random_seed(SEED)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(SEED)
    with _caught() as said:
        try:
            returned = plain(run(watching))
        except Exception:
            returned = "raised: " + traceback.format_exc(limit=-1)
        gc.collect()  # iterators that wait to be collected keep their workers' threads, in whatever mode
        _wait_for_pools()
    return {"values": _brief(returned), **said, **_streams(), **_process()}


def _wait_for_pools() -> None:
    """The thread of a pool that was collected ends by itself, on a busy machine a moment later: Keras leaves
    that of its callbacks behind where a fit raises.
    """
    import threading

    for thread in threading.enumerate():
        if thread.name.startswith("ThreadPoolExecutor"):
            thread.join(timeout=5)


def plain(value: Any) -> Any:
    """A value as text that is the same where every bit is."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, (set, frozenset)):
        return sorted(map(repr, value))
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        import numpy as np

        array = np.asarray(value)
        return f"{array.dtype}{array.shape}{hashlib.sha256(array.tobytes()).hexdigest()[:16]}"
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


def _brief(value: Any) -> str:
    """A text, in its first part as it is and as a digest of the whole."""
    text = json.dumps(value, sort_keys=True)
    return f"{hashlib.sha256(text.encode()).hexdigest()[:16]} {text[:2000]}"


@contextlib.contextmanager
def _caught() -> Iterator[dict[str, str]]:
    """What is written to the two streams in the block, by whatever library, without the words of unstuck."""
    said: dict[str, str] = {}
    sys.stdout.flush(), sys.stderr.flush()
    kept = [os.dup(number) for number in (1, 2)]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        os.dup2(out.fileno(), 1), os.dup2(err.fileno(), 2)
        try:
            yield said
        finally:
            sys.stdout.flush(), sys.stderr.flush()
            for number, before in zip((1, 2), kept, strict=True):
                os.dup2(before, number)
                os.close(before)
            for name, stream in (("out", out), ("err", err)):
                stream.seek(0)
                lines = stream.read().decode(errors="replace").splitlines()
                said[name] = "\n".join(re.sub(r"\d+(ms|us|s)/", "T/", each) for each in map(_timeless, lines))


def _timeless(line: str) -> str:
    """A line without times and without what unstuck says."""
    return "" if _OWN.match(line) else re.sub(r"\b\d+(ms|us|s)\b", "T", line)


def _streams() -> dict[str, str]:
    """The random streams as they stand."""
    import numpy as np
    from keras.src.backend.common import global_state

    held = global_state.get_global_attribute("global_seed_generator")
    found = {
        "python": repr(random.getstate()),
        "numpy": str([np.asarray(part).tolist() for part in np.random.get_state()[1:]]),
        "keras": repr(None if held is None else plain(held.state.value)),
        "names": repr(sorted((global_state.get_global_attribute("object_name_uids") or {}).items())),
    }
    if "torch" in sys.modules:
        found["torch"] = plain(sys.modules["torch"].get_rng_state())
    if "tensorflow" in sys.modules:
        from tensorflow.python.eager import context

        stream = getattr(context.context(), "_rng", None)
        found["tensorflow"] = repr(stream.getstate() if stream is not None else None)
    return {f"stream {name}": hashlib.sha256(text.encode()).hexdigest()[:16] for name, text in found.items()}


def _process() -> dict[str, str]:
    """The state of the process that a program could look at."""
    import threading
    import warnings

    import keras
    import numpy as np

    matplotlib = sys.modules.get("matplotlib")
    own = [thread.name for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)]
    found = {
        "warnings": str([str(each) for each in warnings.filters]),
        "numpy errors": str(np.geterr()),
        "logging": f"{logging.root.level} {logging.root.manager.disable} {len(logging.root.handlers)}",
        "policy": f"{keras.config.dtype_policy().name} {keras.config.floatx()} {keras.config.epsilon()}",
        "environment": str(sorted(os.environ.items())),
        "folder": str(Path.cwd()),
        "signals": str([str(signal.getsignal(each)) for each in (signal.SIGINT, signal.SIGTERM)]),
        "garbage": f"{gc.isenabled()} {gc.get_threshold()}",
        "threads": str(sorted({re.sub(r"[0-9]+", "", name) for name in own})),
        "streams": f"{type(sys.stdout).__name__} {type(sys.stderr).__name__}",
        "matplotlib": "" if matplotlib is None else str(matplotlib.rcParams.get("backend")),
    }
    return {f"process {name}": text for name, text in found.items()}


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
