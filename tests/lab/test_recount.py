"""Counting the same answers in two ways: the figures by hand, and what is no proof."""

import keras
import numpy as np
import pytest
from recipes import recipe_of

from unstuck.case.proofs import ChangeRecord, Recounted
from unstuck.lab.experiment import UnaskableError
from unstuck.lab.recount import RecountTask, only_counts, recount, verdict_of
from unstuck.lab.verdicts import Difference, paired_difference
from unstuck.rules.objective.accuracy_on_signed_labels import BY_SIGN

RNG = np.random.default_rng(0)
X = RNG.normal(size=(600, 3)).astype("float32")
LABELS = (X > 0).astype("float32")


def _recipe(units=1, y=None, activation="sigmoid", split=0.3, callbacks=(), epochs=12, x=X, **compiled):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(units, activation=activation)])
    model.compile(optimizer=keras.optimizers.Adam(0.05), **{"loss": "binary_crossentropy", **compiled})
    held = {"validation_split": split} if split else {}
    y = X[:, 0] > 0 if y is None else y
    y = y.astype("float32")
    return recipe_of(model, x, y, epochs=epochs, batch_size=20, callbacks=list(callbacks), **held)


def _swap(old, *new, remedy="set-metrics", **values):
    return (ChangeRecord(remedy=remedy, values={"replace": old, "metrics": list(new), **values}),)


def test_single_labels_under_a_metric_of_the_largest():
    recipe = _recipe(3, LABELS, metrics=["categorical_accuracy"])
    found = recount(recipe, RecountTask(changes=_swap("categorical_accuracy", "binary_accuracy")))
    assert found.verdict == "confirmed"
    figures = found.figures
    assert (figures.metric, figures.instead, figures.on) == (
        "categorical_accuracy",
        "binary_accuracy",
        "validation",
    )
    assert figures.counts == "share of right single labels"
    assert figures.right == pytest.approx(figures.then, abs=1e-6)  # Keras's count is the same
    assert figures.right > 0.95 > 0.8 > figures.figure
    assert found.rows == 168  # whole batches of 180
    assert found.difference.mean == pytest.approx(figures.right - figures.figure, abs=1e-6)
    assert 0 < found.difference.low < found.difference.mean < found.difference.high
    assert 0.4 < figures.constant < 0.6


def test_rows_that_trained_it_judge_where_there_are_no_others():
    recipe = _recipe(metrics=[keras.metrics.Accuracy()], split=0.0)
    found = recount(recipe, RecountTask(changes=_swap("accuracy", "binary_accuracy")))
    assert found.verdict == "confirmed"
    assert found.figures.on == "training"
    assert found.figures.figure < 0.1


def test_a_higher_figure_alone_is_no_proof():
    """Single columns of one-hot rows flatter a model that knows nothing: the right decisions are as few."""
    y = np.eye(3)[RNG.integers(0, 3, len(X))]
    recipe = _recipe(3, y, "softmax", loss="categorical_crossentropy", metrics=["categorical_accuracy"])
    found = recount(recipe, RecountTask(changes=_swap("categorical_accuracy", "binary_accuracy")))
    assert found.verdict == "no effect"
    assert found.figures.then > found.figures.figure + 0.2


def test_a_wrong_metric_on_answers_that_know_nothing_confirms_nothing():
    y = RNG.integers(0, 2, (len(X), 3))
    recipe = _recipe(3, y, metrics=["categorical_accuracy"])
    found = recount(recipe, RecountTask(changes=_swap("categorical_accuracy", "binary_accuracy")))
    assert found.verdict == "helped"
    assert "hardly right" in found.why


def test_a_metric_that_does_not_count_by_row_is_judged_by_its_one_figure():
    classes = np.argmax(X, axis=1)
    recipe = _recipe(
        3,
        classes,
        "softmax",
        loss="sparse_categorical_crossentropy",
        metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
    )
    found = recount(recipe, RecountTask(changes=_swap("accuracy", "sparse_categorical_accuracy")))
    assert found.verdict == "confirmed"
    assert found.figures.right == pytest.approx(found.figures.then, abs=1e-6)
    assert found.figures.figure < 0.5 < 0.8 < found.figures.right


def test_targets_of_one_column_less_are_counted_by_sign_row_by_row():
    signed = np.where(X[:, 0] > 0, 1.0, -1.0)
    recipe = _recipe(y=signed, activation="tanh", loss="hinge", metrics=["accuracy"])
    found = recount(recipe, RecountTask(changes=_swap("accuracy", BY_SIGN)))
    assert found.verdict == "confirmed"
    assert found.figures.right == pytest.approx(found.figures.then, abs=1e-6)


def test_numbers_are_judged_by_what_they_explain():
    y = X @ np.float32([1.0, 2.0, 3.0])
    recipe = _recipe(1, y, "linear", loss="mse", metrics=["accuracy"], epochs=40)
    found = recount(recipe, RecountTask(changes=_swap("accuracy", "mae")))
    assert found.verdict == "confirmed"
    assert (found.figures.figure, found.figures.counts) == (0.0, "R2")
    assert found.figures.right > 0.9
    assert found.figures.then is not None


def test_a_threshold_is_judged_on_rows_that_did_not_choose_it():
    x = RNG.normal(size=(3000, 3)).astype("float32")
    rare = x[:, 0] + RNG.normal(size=len(x)) > 1.8
    at = {"remedy": "move-threshold", "threshold": float(rare.mean())}
    recipe = _recipe(x=x, y=rare, epochs=3, metrics=["accuracy"])
    found = recount(recipe, RecountTask(changes=_swap("accuracy", **at), balanced=True))
    assert found.verdict == "confirmed"
    assert found.figures.figure < 0.65 < 0.7 < found.figures.right
    assert found.decided < 0.98
    alone = recount(recipe, RecountTask(changes=_swap("accuracy", **at)))
    assert alone.verdict in ("worse", "no effect", "not proven")  # of all rows it gets no more right
    unheld = _recipe(x=x, y=rare, epochs=3, metrics=["accuracy"], split=0.0)
    with pytest.raises(UnaskableError, match="did not choose"):
        recount(unheld, RecountTask(changes=_swap("accuracy", **at)))


def test_what_trains_otherwise_is_no_matter_of_counting():
    recipe = _recipe(3, LABELS, metrics=["categorical_accuracy"])
    swap = _swap("categorical_accuracy", "binary_accuracy")
    loss = (ChangeRecord(remedy="set-loss", values={"loss": "mean_squared_error"}),)
    assert only_counts(recipe, swap)
    assert not only_counts(recipe, loss)
    assert not only_counts(recipe, (*swap, *loss))
    assert not only_counts(recipe, _swap("no_such_metric", "binary_accuracy"))
    stop = keras.callbacks.EarlyStopping(monitor="val_categorical_accuracy", mode="max", patience=50)
    waiting = _recipe(3, LABELS, metrics=["categorical_accuracy"], callbacks=[stop])
    assert not only_counts(waiting, swap)


def _figures(**given):
    return Recounted(metric="accuracy", instead="binary_accuracy", **given)


def test_verdicts_from_figures():
    sure = paired_difference([0.0] * 100, [1.0] * 96 + [0.0] * 4)
    loose = Difference(mean=0.1, low=-0.05, high=0.25, pairs=100)
    same = Difference(mean=0.01, low=0.005, high=0.015, pairs=100)
    right = _figures(figure=0.0, then=0.96, right=0.96, constant=0.5)
    asked = {"moved": False, "alike": True}
    assert verdict_of(right, sure, 100, **asked)[0] == "confirmed"
    assert verdict_of(right, same, 100, **asked)[0] == "no effect"
    assert verdict_of(right, loose, 100, **asked)[0] == "not proven"
    other = _figures(figure=0.0, then=0.3, right=0.96, constant=0.5)
    assert verdict_of(other, sure, 100, **asked)[0] == "no effect"
    blind = _figures(figure=0.0, then=0.5, right=0.5, constant=0.5)
    assert verdict_of(blind, sure, 100, **asked)[0] == "helped"
    assert verdict_of(right, paired_difference([1.0] * 9, [0.0] * 9), 9, moved=True, alike=True)[0] == "worse"
