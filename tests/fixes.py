"""Cases with remedies for small scripts, for the tests of `unstuck fix`."""

import hashlib
import io

from unstuck.case.recording import write as written
from unstuck.case.schema import Case, CauseRecord, RunRecord, Where
from unstuck.evidence.facts import Place
from unstuck.evidence.source import SourceReader
from unstuck.judgement.findings import propose
from unstuck.verbs.fix import FixOptions, Scene, fix

TEXT = """\
import keras

model = keras.Sequential([keras.layers.Dense(1, activation="softmax")])
model.compile("adam", loss="mse")
model.fit(data.x / 255, data.y, epochs=3)
print("done")
"""
ACTIVATION = ("set-output-activation", 3, {"activation": "sigmoid"})
LOSS = ("set-loss", 4, {"loss": "binary_crossentropy"})
OTHER_LOSS = ("set-loss", 4, {"loss": "mae"})
RATE = ("set-learning-rate", 4, {"value": 0.01})
INPUTS = ("standardise-inputs", 5, {})
EPOCHS = ("train-longer", 5, {"epochs": 30})
DROPOUT = ("lower-dropout", 3, {"rate": 0.1})


def remedy(file, name, place, values):
    """A remedy as a diagnosis writes it; `place` is a line, or the fields of an exact place."""
    at = Place(file=str(file), **(place if isinstance(place, dict) else {"line": place}))
    return written(propose(name, at=at, **values), SourceReader(main=str(file)))


def cause(file, *asked, rule="a-cause", certainty="confirmed", trials=()):
    remedies = [remedy(file, *each) for each in asked]
    return CauseRecord(
        rule=rule, certainty=certainty, impact="blocks", says="So.", remedies=remedies, trials=list(trials)
    )


def case_of(file, *causes, **fields):
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    run = RunRecord(
        fit=Where(file=str(file), line=5),
        status="stuck",
        causes=list(causes),
        sources={str(file): digest},
        **fields,
    )
    return Case(script="train.py", runs=[run])


def script(folder, text=TEXT, name="train.py"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def each_confirmed(file, *asked):
    """A Case with a confirmed cause for each of these remedies."""
    return case_of(file, *(cause(file, each, rule=f"cause-{at}") for at, each in enumerate(asked)))


def fixed(case, **options):
    """The exit status and what is told, on one line."""
    stream = io.StringIO()
    status = fix(case, FixOptions(**options), stream, Scene.now())
    return status, " ".join(stream.getvalue().split())
