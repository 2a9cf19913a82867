"""Recording, building and training again, on real Keras objects."""

import itertools
import pickle
from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import layers
from recipes import recipe_of

from unstuck.case.proofs import ChangeRecord
from unstuck.lab.arms import ArmTask, run_arm
from unstuck.lab.build import build
from unstuck.lab.executors import packed
from unstuck.lab.record import NoRecipeError
from unstuck.lab.resize import Size, resized

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*You are using a softmax over axis -1"),
    pytest.mark.filterwarnings("ignore:.*`shuffle=True` was passed"),
    pytest.mark.filterwarnings("ignore:Learning rate reduction is conditioned"),
]

RNG = np.random.default_rng(0)
X = RNG.normal(size=(240, 6)).astype("float32")
Y = (X[:, 0] + X[:, 1] > 0).astype("int64")


class Net(keras.Model):
    def __init__(self, units=8, activation="softmax"):
        super().__init__()
        self.body = layers.Dense(units, activation="relu")
        self.head = layers.Dense(1, activation=activation)

    def call(self, x):
        return self.head(self.body(x))


class Gate(layers.Layer):
    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],), initializer="ones")

    def call(self, x):
        return x * self.scale


def weighted(y_true, y_pred):
    return keras.ops.mean(keras.ops.square(keras.ops.cast(y_true, "float32") - y_pred[:, 0]))


def sequential(activation="softmax"):
    return keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(1, activation=activation)])


def functional():
    inputs = keras.Input((6,))
    hidden = layers.Lambda(lambda x: x * np.float32(2.0))(layers.Dense(8, activation="relu")(inputs))
    return keras.Model(inputs, layers.Dense(1, activation="softmax")(hidden))


def compiled(model, **arguments):
    keras.utils.set_random_seed(1)
    usual = {"loss": "binary_crossentropy", "metrics": ["accuracy"]}
    model.compile(**{"optimizer": keras.optimizers.Adam(0.01), **usual, **arguments})
    return model


@pytest.mark.backend
@pytest.mark.parametrize("make", [sequential, functional, Net])
def test_the_model_is_built_again_with_its_weights(make):
    model = compiled(make())
    recipe = recipe_of(model, X, Y, epochs=1)
    for _ in range(2):  # building must leave the recipe as it was
        again = build(recipe, weights="trained")
        same = [np.asarray(keras.ops.convert_to_numpy(a)) for a in again.weights]
        assert all((a == b).all() for a, b in zip(same, recipe.trained, strict=True))
    assert np.allclose(again.predict_on_batch(X[:5]), model.predict_on_batch(X[:5]))


def test_a_layer_of_the_users_with_its_own_build_travels_to_the_workers():
    recipe = recipe_of(compiled(keras.Sequential([Gate(), layers.Dense(1)])), X, Y, epochs=1)
    assert set(recipe.custom.values()) == {Gate}  # not Keras's wrapper around build, which holds the layer
    again = build(pickle.loads(packed(recipe)), weights="trained")
    assert isinstance(again.layers[0], Gate)


@pytest.mark.backend
@pytest.mark.parametrize("make", [sequential, Net])
def test_an_arm_shows_the_symptom_and_its_cure(make):
    recipe = recipe_of(compiled(make()), X, Y, epochs=12, batch_size=16, validation_split=0.2)
    cure = ChangeRecord(remedy="set-output-activation", values={"activation": "sigmoid"})
    stuck = run_arm(recipe, ArmTask(seed=1))
    assert "predictions-constant" in {rule for rule, _ in stuck.symptoms}
    healed = run_arm(recipe, ArmTask(changes=(cure,), seed=1))
    assert not healed.symptoms
    assert healed.scores[""]["right"] > 0.8
    assert healed.rows == stuck.rows == 192


def test_equal_seeds_are_equal_trainings():
    recipe = recipe_of(compiled(sequential("sigmoid")), X, Y, epochs=2)
    one, same, other = (run_arm(recipe, ArmTask(seed=seed)) for seed in (1, 1, 2))
    assert one.losses == same.losses
    assert one.losses != other.losses


def test_the_load_of_the_machine_changes_no_result(monkeypatch):
    many = np.tile(X, (3, 1)), np.tile(Y, 3)
    recipe = recipe_of(compiled(sequential("sigmoid")), *many, epochs=2, batch_size=16, validation_split=0.2)
    alone = run_arm(recipe, ArmTask(seed=1))
    later = itertools.count(0.0, 10.0)  # every look at the clock finds that ten seconds have passed
    monkeypatch.setattr("unstuck.evidence.passes.time.perf_counter", lambda: next(later))
    loaded = run_arm(recipe, ArmTask(seed=1, seconds=1e9))
    assert replace(loaded, seconds=0.0) == replace(alone, seconds=0.0)


def test_seed_0_begins_where_the_user_began_and_others_do_not():
    keras.utils.set_random_seed(7)  # none of the seeds that trials use
    model = compiled(sequential("sigmoid"))
    model.build((None, 6))
    recipe = recipe_of(model, X, Y, epochs=1)
    kernel = build(recipe, 0, "initial").weights[0]
    assert (keras.ops.convert_to_numpy(kernel) == recipe.initial[0]).all()
    fresh = keras.ops.convert_to_numpy(build(recipe, 1, "fresh").weights[0])
    assert (fresh != recipe.initial[0]).any()


def test_pretrained_and_frozen_layers_keep_their_weights():
    model = compiled(sequential("sigmoid"))
    model.build((None, 6))
    model.layers[0].set_weights([10 * RNG.normal(size=(6, 8)), RNG.normal(size=8)])
    recipe = recipe_of(model, X, Y, epochs=1)
    fresh = [keras.ops.convert_to_numpy(each) for each in build(recipe, 1, "fresh").weights]
    assert (fresh[0] == recipe.initial[0]).all()
    assert (fresh[1] == recipe.initial[1]).all()
    assert (fresh[2] != recipe.initial[2]).any()


def test_the_users_loss_metric_and_rate_come_along():
    model = compiled(
        sequential("linear"),
        loss=weighted,
        metrics=[keras.metrics.BinaryAccuracy(threshold=0.25)],
        optimizer=keras.optimizers.SGD(0.05, momentum=0.9),
    )
    recipe = recipe_of(model, X, Y, epochs=3, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=1)])
    again = build(recipe)
    assert again.loss is weighted
    assert float(again.optimizer.learning_rate) == pytest.approx(0.05)
    assert again.optimizer.momentum == 0.9
    assert recipe.callbacks[0][0] == "ReduceLROnPlateau"
    assert run_arm(recipe, ArmTask()).epochs == 3


def test_rows_of_a_generator_are_those_that_passed():
    def batches():
        while True:
            for start in range(0, 240, 40):
                yield X[start : start + 40], Y[start : start + 40]

    model = compiled(sequential())
    recipe = recipe_of(model, batches(), epochs=2, steps_per_epoch=6)
    assert (recipe.x == X).all()
    assert not recipe.complete
    assert "predictions-constant" in {rule for rule, _ in run_arm(recipe, ArmTask()).symptoms}


def test_fewer_rows_keep_their_order_and_mix():
    recipe = recipe_of(compiled(sequential()), X, np.sort(Y), epochs=4, validation_split=0.25)
    small = resized(recipe, Size(rows=60, epochs=0.5))
    assert small.rows == 60
    assert small.epochs == 2
    assert (np.diff(small.y) >= 0).all()
    assert small.y.mean() == pytest.approx(Y.mean(), abs=0.03)


def test_time_ends_an_arm():
    recipe = recipe_of(compiled(sequential()), X, Y, epochs=50)
    arm = run_arm(recipe, ArmTask(seconds=0.0))
    assert arm.cut
    assert arm.updates <= 1


def test_a_model_that_only_the_script_can_build_says_so():
    class Given(keras.Model):
        def __init__(self, rows):
            super().__init__()
            self.body = layers.Dense(rows.shape[1])

        def call(self, x):
            return self.body(x)

    gone = np.zeros((2**14, 1))  # an array that nothing holds any more, and too large to be copied
    model = Given(gone)
    del gone
    with pytest.raises(NoRecipeError, match="cannot be built again"):
        recipe_of(compiled(model), X, Y, epochs=1)
