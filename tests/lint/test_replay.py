"""Later walks over a file pass only what may differ from the first, and find what whole walks find."""

from pathlib import Path

import pytest

from unstuck.lint.judge import judged
from unstuck.reading import program, read_text

HEAD = "from keras import Sequential, layers\nfrom keras.layers import *\nimport numpy as np\n"

#: One name for many things, as notebooks have it, with conditions that are not known between them.
REUSED = {
    "a name that is bound anew in each part": """
for width in (8, 16):
    model = Sequential([Dense(width), Dense(1, activation="softmax")])
    model.compile("adam", "binary_crossentropy")
    if model.fit(x, y).history["loss"][-1] < best:
        best, kept = 0, model
for width in (4, 5):
    model = Sequential([Dense(width), Dense(width, activation="relu")])
    model.compile("adam", "mse" if logs else "binary_crossentropy")
    model.fit(x, y)
if show:
    model.add(Dense(1, activation="softmax"))
model.fit(x, y)
""",
    "a name that only one side of a condition binds anew": """
loss = "binary_crossentropy"
if small:
    loss = "mse"
model = Sequential([Dense(1, activation="softmax")])
for k in folds:
    if k.size == 2:
        continue
    model = Sequential([Dense(1, activation="relu")])
model.compile("adam", loss)
model.fit(x, y)
""",
    "a name that a function of the file reads": """
units = 1 if small else 3
def build():
    return Sequential([Dense(units, activation="softmax")])
model = build()
units = 2 if large else 1
model = build()
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
""",
    "a method that changes what its class holds": """
class Trainer:
    last = "softmax"
    def __init__(self, units):
        self.units = units if units else 1
        self.model = Sequential([Dense(self.units, activation=self.last)])
    def train(self, x):
        if x.ndim == 3:
            self.model.add(Dense(4, activation="softmax"))
        self.model.compile("adam", "binary_crossentropy")
        self.model.fit(x, y)
one, other = Trainer(1), Trainer(3)
one.train(x)
if again:
    Trainer.last = "relu"
one = Trainer(1)
one.train(x)
""",
    "an array that is swapped before or after it is read": """
rows = np.random.rand(10, 3)
if mixed:
    rows[0], rows[1] = rows[1], rows[0]
model = Sequential([Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(rows, y)
rows = np.random.rand(10, 3) if fresh else rows
answers = model.predict(rows)
found = answers.argmax(axis=1) if answers.ndim > 1 else answers
model.fit(rows, found)
""",
    "a name that is bound to what it held": """
model = Sequential([Dense(1, activation="softmax")])
kept = model
if other:
    kept = Sequential([Dense(3, activation="softmax")])
kept = model
kept.compile("adam", "binary_crossentropy")
kept.fit(x, y)
""",
}

#: Every fifth: all of them take ten seconds.
STYLES = sorted((Path(__file__).parents[1] / "styles").rglob("*.py"))[::5]


def of(text, file):
    """All that is told of a text's trainings, and what they were judged by."""
    readings = read_text(text, file)
    told = [(each.finding.rule, each.says, each.place, each.finding.certainty) for each in judged(readings)]
    return told, [
        (each.sure, each.trains, each.doubts, each.conditions, each.left_out, each.evidence.model)
        for each in readings
    ]


@pytest.mark.parametrize("text", REUSED.values(), ids=REUSED)
def test_a_walk_in_part_finds_what_a_whole_one_finds(text, monkeypatch):
    in_part = of(HEAD + text, "train.py")
    monkeypatch.setattr(program, "MOST_WATCHED", 0)
    assert in_part == of(HEAD + text, "train.py")
    assert len({each.walk for each in read_text(HEAD + text, "train.py")}) > 1


def test_longer_programs_are_read_the_same_in_part(monkeypatch):
    texts = [file.read_text() for file in STYLES]
    in_part = [of(text, "train.py") for text in texts]
    monkeypatch.setattr(program, "MOST_WATCHED", 0)
    assert in_part == [of(text, "train.py") for text in texts]


SEARCH = (
    HEAD
    + """
best, kept = 0, None
for width in (8, 16):
    model = Sequential([Dense(width), Dense(1, activation="softmax")])
    model.compile("adam", "binary_crossentropy")
    score = model.fit(x, y).history["accuracy"][-1]
    if score > best:
        best, kept = score, model
        print(f"better: {score}")
print("best", best)
"""
)


@pytest.mark.parametrize(
    ("more", "walks"),
    [
        ("", 1),
        ("kept.fit(x, y)", 2),
        ("best = best or print", 2),
        ("def print(*each): model.add(each)", 2),
        ("from mine import print", 2),
    ],
)
def test_a_condition_is_taken_both_ways_where_a_training_could_notice(more, walks):
    assert len({each.walk for each in read_text(f"{SEARCH}{more}\n", "train.py")}) == walks
