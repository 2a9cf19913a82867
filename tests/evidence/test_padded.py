"""Decisions at padded steps and at the others, of real models and by hand."""

import keras
import numpy as np
import pytest

from unstuck.evidence.decisions import Answers, Task
from unstuck.evidence.facts import Evidence, Head, Inputs, Loss, Output
from unstuck.evidence.model import read_model
from unstuck.evidence.reference.chosen import choose
from unstuck.evidence.reference.framing import frame
from unstuck.evidence.reference.network import ask
from unstuck.evidence.reference.padded import padded_of
from unstuck.evidence.reference.table import Leaf
from unstuck.watch.rows import Rows

DRAW = np.random.default_rng(0)
LENGTHS = DRAW.integers(2, 6, 60)
INSIDE = np.arange(20) < LENGTHS[:, None]
X = np.where(INSIDE, DRAW.integers(1, 9, INSIDE.shape), 0)
Y = np.where(INSIDE, 1 + X % 3, 0)


def decided(decisions, y=Y):
    return Answers(Task(form="argmax"), np.eye(4)[decisions.reshape(-1)], y.reshape(-1).astype(float))


def leaf(x, *, embedded=True):
    return [Leaf(((x, np.arange(len(x))),), embedded=embedded)]


ALWAYS_TWO = np.where(INSIDE, 2, 0)


@pytest.mark.parametrize("x", [X, X[:, ::-1], np.repeat(X[:, :, None], 2, axis=2).astype("float32")])
def test_decisions_at_padding_and_elsewhere_are_counted_apart(x):
    turned = x is not X and x.ndim == 2
    y, decisions = (each[:, ::-1] if turned else each for each in (Y, ALWAYS_TWO))
    found = padded_of(leaf(x), decided(decisions, y))
    right = float((Y[INSIDE] == 2).mean())
    assert (found.value, found.label, found.at_padding, found.places) == (0, 0, 1.0, INSIDE.sum())
    assert found.share == pytest.approx(1 - INSIDE.mean())
    assert found.right == pytest.approx(right)
    assert found.everywhere == pytest.approx(1 - INSIDE.mean() * (1 - right))
    assert found.most == pytest.approx(np.bincount(Y[INSIDE]).max() / INSIDE.sum())


def test_masked_steps_do_not_count():
    assert padded_of(leaf(X), decided(ALWAYS_TWO), INSIDE) is None


@pytest.mark.parametrize(
    ("x", "y", "embedded"),
    [
        (DRAW.integers(0, 9, X.shape), Y, True),  # the value stands elsewhere, too
        (np.where(np.arange(20) < 5, X + 1, 0), Y, True),  # rows of one length
        (X, Y, False),  # columns of a table
        (X, np.where(INSIDE, Y, DRAW.integers(0, 3, X.shape)), True),  # not of one class
    ],
)
def test_what_is_no_padding_is_not_taken_for_it(x, y, embedded):
    assert padded_of(leaf(x, embedded=embedded), decided(ALWAYS_TWO, y)) is None


@pytest.mark.backend
@pytest.mark.parametrize("masked", [False, True])
def test_a_model_is_asked_at_each_step_that_counts(masked):
    model = keras.Sequential(
        [keras.Input((20,)), keras.layers.Embedding(9, 4, mask_zero=masked), keras.layers.Dense(4, "softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(X, Y, verbose=0)
    output = Output(head=Head(), loss=Loss(name="sparse_categorical_crossentropy"))
    chosen = choose(Rows(x=X, y=Y, count=len(Y)), None, {"": output.head}, "float32")
    answered = ask(model, chosen.sample, [""], None, 60.0)
    evidence = Evidence(outputs=(output,), model=read_model(model, lambda _: None), inputs=Inputs())
    found = frame(chosen, answered, evidence, output).padded
    if masked:
        assert found is None
        return
    decisions = model.predict(X, verbose=0).argmax(axis=-1)
    assert found.everywhere == pytest.approx((decisions == Y).mean())
    assert found.right == pytest.approx((decisions == Y)[INSIDE].mean())
