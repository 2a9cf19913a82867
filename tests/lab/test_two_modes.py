"""Two modes: a gap that batch statistics make, and that fresh ones mend; dropout the other way round."""

import keras
import numpy as np
from recipes import recipe_of

from unstuck.evidence.probe import Clock
from unstuck.lab.experiment import experiments

ASK = experiments()["two-modes"]


def _rows(count=256):
    x = np.random.default_rng(0).normal(3, 2, size=(count, 4)).astype("float32")
    return x, (x[:, 0] > 3).astype("float32")


def _recipe(layers, epochs=4, rate=0.3):
    keras.utils.set_random_seed(0)
    x, y = _rows()
    model = keras.Sequential([keras.Input((4,)), *layers, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="binary_crossentropy", metrics=["accuracy"])
    return recipe_of(model, x, y, epochs=epochs, batch_size=32)


def test_running_averages_that_never_arrived():
    recipe = _recipe([keras.layers.BatchNormalization(momentum=0.999)])
    answer = ASK(recipe, Clock(30))
    assert answer.supports == ("batchnorm-inference-gap",)
    training, inference, renewed = (answer.shows[k] for k in ("training", "inference", "recomputed"))
    assert inference["loss"] > 2 * training["loss"]
    assert renewed["loss"] < 1.2 * training["loss"]
    assert "The running averages are what is wrong." in answer.says


def test_recomputed_statistics_are_those_of_the_rows():
    # One normalisation straight on the inputs: its fresh statistics are the mean and variance of x.
    from unstuck.lab.experiments import two_modes
    from unstuck.lab.experiments._same import Subject

    subject = Subject(_recipe([keras.layers.BatchNormalization(name="norm")]), Clock(30), size=32)
    norms = two_modes._norms(subject)
    _, fixed = two_modes._recomputed(subject, norms)
    place = {variable.path: i for i, variable in enumerate(subject.model.non_trainable_variables)}
    mean, variance = (
        keras.ops.convert_to_numpy(fixed[place[f"norm/moving_{what}"]]) for what in ("mean", "variance")
    )
    np.testing.assert_allclose(mean, subject.taught.x.mean(axis=0), rtol=1e-4)
    np.testing.assert_allclose(variance, subject.taught.x.var(axis=0), rtol=1e-3)
    assert norms[0].momentum == 0.99


def test_heavy_dropout_costs_training_mode():
    answer = ASK(
        _recipe([keras.layers.Dense(32, activation="relu"), keras.layers.Dropout(0.9)], rate=0.01), Clock(30)
    )
    assert answer.supports == ("over-regularised",)
    assert "batchnorm-inference-gap" in answer.refutes


def test_a_model_without_modes_is_cleared():
    answer = ASK(_recipe([]), Clock(30))
    assert answer.supports == ()
    assert set(answer.refutes) == set(ASK.decides)
    assert answer.shows["training"] == answer.shows["inference"]


def test_good_averages_are_cleared():
    answer = ASK(_recipe([keras.layers.BatchNormalization(momentum=0.5)], epochs=8, rate=0.05), Clock(30))
    assert answer.supports == ()
    assert "batchnorm-inference-gap" in answer.refutes
