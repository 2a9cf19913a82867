"""A program that ends itself by a signal at a moment of its own choice, and what must be left of it then."""

import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path

import psutil

from unstuck.case.journal import Kept, kept
from unstuck.case.schema import Case
from unstuck.verbs.show import judged

#: Where a program may be: in its second fit, where that is examined, in the proof.
MOMENTS = ("fit", "examination", "proof")

#: Epochs of either fit that have ended where the signal comes in the fit.
EPOCHS = 3

SCRIPT = """
import os, signal, sys, time
import keras
import numpy as np

MOMENT, SIGNAL, TIMES = sys.argv[1], getattr(signal, sys.argv[2]), int(sys.argv[3])
MAIN, STATE = os.getpid(), {"fits": 0, "fitting": False, "sent": 0}


def send():
    if STATE["sent"] < TIMES:
        STATE["sent"] += 1
        STATE["fitting"] = False
        os.kill(MAIN, SIGNAL)


class Plain(keras.layers.Layer):
    def call(self, x):
        if STATE["fits"] == 2 and not STATE["fitting"] and (MOMENT == "examination" or STATE["sent"]):
            send()
        if MOMENT == "proof" and os.getpid() != MAIN:
            send()
        return x


class Moments(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        STATE["fits"] += 1
        STATE["fitting"] = True

    def on_epoch_begin(self, epoch, logs=None):
        if MOMENT == "fit" and STATE["fits"] == 2 and epoch == EPOCHS:
            send()

    def on_epoch_end(self, epoch, logs=None):
        with open("epochs.txt", "a") as file:
            print(STATE["fits"], time.time(), file=file)

    def on_train_end(self, logs=None):
        STATE["fitting"] = False


x = np.random.default_rng(0).normal(size=(WORK, 3)).astype("float32")
y = (x[:, 0] > 0).astype("int32")
for _ in range(2):
    model = keras.Sequential([keras.Input((3,)), Plain(), keras.layers.Dense(1, activation="softmax")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=EPOCHS + 2, batch_size=32, verbose=0, callbacks=[Moments()])
"""


@dataclass(frozen=True)
class Left:
    """What a program left behind: its exit status, its folder, its run in the journal, what it printed."""

    status: int
    folder: Path
    run: Kept
    printed: str

    @property
    def saved(self) -> Case:
        """The file of --json, as it stands there."""
        return Case.load(self.folder / "case.json")


def run(forks, folder: Path, moment: str, number: signal.Signals, times: int = 1) -> Left:
    """Run the program up to its end."""
    script = SCRIPT.replace("EPOCHS", str(EPOCHS)).replace("WORK", "4096")
    (folder / "train.py").write_text(script)
    proof = ["--budget", "60"] if moment == "proof" else ["--no-prove"]
    command = ["unstuck", "run", *proof, "--no-reference", "--json", "case.json", "train.py"]
    status = forks.run([*command, moment, number.name, str(times)], folder, folder / "printed.txt", 600)
    return Left(status, folder, kept()[0], (folder / "printed.txt").read_text(errors="replace"))


def ended_by(left: Left, fit: int, when: float) -> int:
    """How many epochs of a fit had ended by then, as the program itself noted it."""
    lines = [line.split() for line in (left.folder / "epochs.txt").read_text().splitlines()]
    return sum(int(number) == fit and float(at) <= when for number, at in lines)


def problems(left: Left, moment: str, forks) -> list[str]:
    """What should not be so, in words."""
    found = []
    for case, name in ((left.run.case(), "the journal"), (left.saved, "the JSON")):
        whole = judged(case)
        if len(whole.runs) != 2:
            found.append(f"{name} tells of {len(whole.runs)} fits")
            continue
        for at, run in enumerate(whole.runs):
            epochs = EPOCHS if at == 1 and moment == "fit" else EPOCHS + 2
            if case.growing is not None and case.growing.stage == "training" and at == 1:
                epochs = ended_by(left, 2, case.growing.written)
            curve = run.curves.get("", {}).get("loss", [])
            if len(curve) != epochs:
                found.append(f"{name} holds {len(curve)} of {epochs} epochs of fit {at + 1}")
            if [cause.rule for cause in run.causes][:1] != ["softmax-over-one-unit"]:
                found.append(f"{name} judges fit {at + 1}: {run.headline}")
    half = [each.name for place in (left.folder, left.run.folder) for each in place.rglob(".*")]
    found += [f"{name} is left" for name in half]
    found += [f"process {each} is left" for each in left_behind(forks.pid)]
    found += [f"{each.name} is left" for each in forks.scratch.glob("unstuck-*")]
    return found


def left_behind(session: int) -> list[str]:
    """The processes of a session, but for the one that leads it, that do not end by themselves."""
    held = []
    for each in psutil.process_iter():
        try:
            if each.pid != session and os.getsid(each.pid) == session:
                held.append(each)
        except (ProcessLookupError, psutil.Error):
            continue
    _, alive = psutil.wait_procs(held, timeout=60)
    return [" ".join(each.cmdline()[:6]) for each in alive]


def is_json(file: Path) -> bool:
    """Whether a file can be read whole."""
    try:
        json.loads(file.read_bytes())
    except ValueError:
        return False
    return True
