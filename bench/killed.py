"""What is left of a training that a signal ends at a random moment?

    python bench/killed.py [--moments N] [--seed N] [--signal NAME ...] [--stage STAGE ...]

A program with two stuck fits is run with `unstuck run --json`, and a signal is sent to it from outside, at
random moments of its second fit, of that fit's examination, and of the proof. Then the journal and the
JSON are read: each file must be whole, every ended fit be there, and of a fit that was cut every epoch that
had ended when it was last written. No half file and no process may be left. "behind" is the age of what was
written last, when the signal came, in seconds.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from unstuck.case.journal import kept
from unstuck.case.schema import Case, CaseError
from unstuck.verbs.show import judged

SIGNALS = ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT")
#: Where the program may be, and the seconds after its beginning among which the moment is drawn.
STAGES = {"training": 6.0, "examining": 0.3, "proving": 8.0}

SCRIPT = """
import sys, time
import keras
import numpy as np

FITS = []


class Noting(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        FITS.append(self)

    def on_epoch_end(self, epoch, logs=None):
        with open("epochs.txt", "a") as file:
            print(len(FITS), time.time(), file=file)


x = np.random.default_rng(0).normal(size=(8192, 3)).astype("float32")
y = (x[:, 0] > 0).astype("int32")
for epochs in (2, int(sys.argv[1])):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="softmax")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=epochs, batch_size=32, verbose=0, callbacks=[Noting()])
"""


@dataclass
class Outcome:
    """What was found after one signal: how old the last writing was, and what should not be so."""

    behind: float | None = None
    wrong: list[str] = field(default_factory=list)


def main() -> None:
    """Send every signal at random moments of every stage, and print a row for each pair."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--moments", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--signal", nargs="+", default=SIGNALS, choices=SIGNALS)
    parser.add_argument("--stage", nargs="+", default=list(STAGES), choices=list(STAGES))
    asked = parser.parse_args()
    for name in SIGNALS[1:]:  # what nohup or a shell's background starts is deaf to some of them
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    draw = random.Random(asked.seed)
    print(f"{'signal':<8} {'in':<10} {'runs':>4} {'behind, median':>15} {'most':>6}  what should not be so")
    failed = False
    for name in asked.signal:
        for stage in asked.stage:
            outcomes = [_once(name, stage, draw.uniform(0.0, STAGES[stage])) for _ in range(asked.moments)]
            behind = [each.behind for each in outcomes if each.behind is not None] or [0.0]
            wrong = [text for each in outcomes for text in each.wrong]
            failed = failed or bool(wrong)
            figures = f"{len(outcomes):>4} {statistics.median(behind):>15.2f} {max(behind):>6.2f}"
            print(f"{name:<8} {stage:<10} {figures}  {'; '.join(wrong) or 'nothing'}", flush=True)
    sys.exit(1 if failed else 0)


def _once(name: str, stage: str, delay: float) -> Outcome:
    """Run the program, send the signal so many seconds after its stage has begun, and look."""
    with tempfile.TemporaryDirectory(prefix="killed-") as place:
        folder = Path(place)
        (folder / "train.py").write_text(SCRIPT)
        os.environ["UNSTUCK_CACHE"] = str(folder / "cache")
        environment = {**os.environ, "TMPDIR": place}
        proof = ["--budget", "20"] if stage == "proving" else ["--no-prove"]
        epochs = "400" if stage == "training" else "2"
        command = [
            "-m",
            "unstuck",
            "run",
            *proof,
            "--no-reference",
            "--json",
            "case.json",
            "train.py",
            epochs,
        ]
        with (folder / "printed.txt").open("wb") as printed:
            child = subprocess.Popen(
                [sys.executable, *command],
                cwd=folder,
                env=environment,
                stdout=printed,
                stderr=printed,
                start_new_session=True,
            )
        _wait_for(stage, child)
        with suppress(subprocess.TimeoutExpired):
            child.wait(delay)
        sent = time.time()
        child.send_signal(getattr(signal, name))
        child.wait(120)
        return _found(folder, stage, sent, child.pid, name)


def _wait_for(stage: str, child: subprocess.Popen[bytes]) -> None:
    """Return when the second fit is at this stage, or the program has ended."""
    while child.poll() is None:
        for run in kept():
            with suppress(CaseError):
                growing = run.head().growing
                if growing is not None and growing.stage == stage and growing.fit == 2:
                    return
        time.sleep(0.02)


def _found(folder: Path, stage: str, sent: float, session: int, name: str) -> Outcome:
    """What was left."""
    outcome = Outcome()
    runs = kept()
    if len(runs) != 1:
        return Outcome(wrong=[f"{len(runs)} runs are kept"])
    for text, read in (("the journal", runs[0].case), ("the JSON", lambda: Case.load(folder / "case.json"))):
        try:
            _check(outcome, text, read(), folder, sent)
        except CaseError as error:
            outcome.wrong.append(str(error))
    outcome.wrong += [f"{each.name} is left" for each in folder.rglob(".*")]
    outcome.wrong += [f"a process is left: {each}" for each in _left_behind(session)]
    outcome.wrong = [f"{stage} {name}: {each}" for each in outcome.wrong]
    return outcome


def _check(outcome: Outcome, text: str, case: Case, folder: Path, sent: float) -> None:
    """Whether a Case holds all that had ended when it was written."""
    told, growing = judged(case), case.growing
    if len(told.runs) != 2:
        outcome.wrong.append(f"{text} tells of {len(told.runs)} fits")
        return
    lines = [line.split() for line in (folder / "epochs.txt").read_text().splitlines()]
    written = growing.written if growing is not None and growing.stage == "training" else time.time()
    if growing is not None and growing.stage == "training":
        outcome.behind = max(0.0, sent - growing.written)
    for at, run in enumerate(told.runs, 1):
        ended = sum(int(fit) == at and float(when) <= written for fit, when in lines)
        held = len(run.curves.get("", {}).get("loss", []))
        if held != ended:
            outcome.wrong.append(f"{text} holds {held} of {ended} epochs of fit {at}")


def _left_behind(session: int) -> list[str]:
    """The processes of the session that do not end by themselves within some seconds."""
    held = []
    for each in psutil.process_iter():
        with suppress(ProcessLookupError, psutil.Error):
            if os.getsid(each.pid) == session:
                held.append(each)
    _, alive = psutil.wait_procs(held, timeout=10)
    names = []
    for each in alive:
        with suppress(psutil.Error):
            names.append(" ".join(each.cmdline()[:4]))
    return names


if __name__ == "__main__":
    main()
