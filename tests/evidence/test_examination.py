"""The examination on live models: what it finds, and that it leaves no trace."""

import random

import numpy as np
import pytest

from unstuck.evidence.examination import examine
from unstuck.evidence.facts import Head, Loss, Metric, Metrics
from unstuck.watch.rows import Rows

pytestmark = pytest.mark.backend

#: Tests run on busy machines; what the time allows is not what they are about.
AMPLE = 300.0


def run(model, x, y, *, head=None, loss=None, metric=None, seconds=AMPLE, validation=None, **more):
    names = more.pop("names", ("",))
    return examine(
        model,
        training=Rows(x=x, y=y),
        validation=validation,
        heads=dict.fromkeys(names, head or Head()),
        losses=more.pop("losses", dict.fromkeys(names, loss or Loss())),
        metrics=dict.fromkeys(names, Metrics(uses=(metric,))) if metric else {},
        initial_weights=more.pop("initial_weights", None),
        last_weights=more.pop("last_weights", None),
        seconds=seconds,
    )


def dense(*layers, inputs=4, **compiled):
    import keras

    model = keras.Sequential([keras.Input((inputs,)), *layers])
    if compiled:
        model.compile(**compiled)
    return model


def table(rows=64, columns=4, seed=0):
    stream = np.random.default_rng(seed)
    x = stream.normal(size=(rows, columns)).astype("float32")
    return x, (x[:, 0] > 0).astype("float32")


def noisy_model():
    """Dropout, batch statistics, an unseeded Keras stream: all that an examination could disturb."""
    import keras

    # JAX refuses random operations without a generator of their own.
    seed = keras.random.SeedGenerator(1) if keras.backend.backend() == "jax" else None

    class Noise(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.stream = seed

        def call(self, x, training=False):
            print("a layer that prints")
            return x + 0.01 * keras.random.normal(keras.ops.shape(x), seed=self.stream) if training else x

    return dense(
        keras.layers.Dense(8, activation="relu", kernel_regularizer="l2"),
        keras.layers.BatchNormalization(),
        keras.layers.Dropout(0.5),
        Noise(),
        keras.layers.Dense(1, activation="sigmoid"),
        optimizer="adam",
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )


def test_it_leaves_every_bit_as_it_was(capsys):
    import keras

    x, y = table()

    def train(look):
        keras.utils.set_random_seed(3)
        model = noisy_model()
        model.fit(x, y, epochs=1, verbose=0)
        capsys.readouterr()
        if look:
            found = run(model, x, y, head=Head(activation="sigmoid"), validation=Rows(x=x[:20], y=y[:20]))
            assert found.errors == []
            assert found.absent == {"Predictions.decisions_changed": "the initial weights were not kept"}
            assert capsys.readouterr().out == ""
        history = model.fit(x, y, epochs=2, verbose=0).history
        left = [
            np.array(keras.ops.convert_to_numpy(v)) for v in (*model.variables, *model.optimizer.variables)
        ]
        return history, left, random.random(), np.random.random()

    plain, looked = train(False), train(True)
    assert plain[0] == looked[0]
    for first, second in zip(plain[1], looked[1], strict=True):
        np.testing.assert_array_equal(first, second)
    assert plain[2:] == looked[2:]


def test_answers_losses_and_metric_are_those_of_keras():
    import keras

    keras.utils.set_random_seed(0)
    x, y = table(96)
    model = dense(
        keras.layers.Dense(4, activation="relu", kernel_regularizer=keras.regularizers.L2(0.1)),
        keras.layers.BatchNormalization(),
        keras.layers.Dense(1, activation="sigmoid"),
        optimizer="adam",
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    before = model.get_weights()
    model.fit(x, y, epochs=2, verbose=0)
    found = run(
        model,
        x,
        y,
        head=Head(activation="sigmoid"),
        loss=Loss(name="binary_crossentropy"),
        metric=Metric(),
        validation=Rows(x=x[:32], y=y[:32]),
        initial_weights=before,
    )
    assert (found.errors, found.absent) == ([], {})
    record, judged = found.predictions[""], found.validation_predictions[""]
    assert (record.rows, judged.rows) == (96, 32)
    total, accuracy = model.evaluate(x, y, verbose=0)
    assert record.loss + found.regularisation == pytest.approx(total, rel=1e-4)
    assert found.regularisation == pytest.approx(0.1 * float(np.sum(model.get_weights()[0] ** 2)), rel=1e-4)
    assert record.accuracy == record.reported == pytest.approx(accuracy)
    answers = model.predict(x, verbose=0)
    assert (record.minimum, record.maximum) == pytest.approx((answers.min(), answers.max()), rel=1e-5)
    assert judged.reported == pytest.approx(model.evaluate(x[:32], y[:32], verbose=0)[1])
    assert record.training_loss != record.loss
    chances = model(x[record.rows :] if record.rows < 96 else x)
    signs = np.where(y == 1, 1, -1)
    margin = np.mean(signs * (2 * np.array(keras.ops.convert_to_numpy(chances))[:, 0] - 1))
    assert record.margin_end == pytest.approx(margin, abs=1e-5)
    after = model.get_weights()
    model.set_weights(before)
    first = model.predict(x, verbose=0)
    model.set_weights(after)
    assert record.decisions_changed == pytest.approx(np.mean((first > 0.5) != (answers > 0.5)))


def test_dead_units_saturation_and_call_order():
    import keras

    x, y = np.abs(table()[0]), table()[1]
    model = dense(
        keras.layers.Dense(4, activation="relu"),
        keras.layers.Dense(3, activation="tanh"),
        keras.layers.Dense(1),
        optimizer="sgd",
        loss="mse",
    )
    kernel = np.ones((4, 4), "float32")
    kernel[:, 1] = -1  # never above zero on inputs above zero
    model.set_weights(
        [kernel, np.zeros(4), np.full((4, 3), 100.0), np.zeros(3), np.ones((3, 1)), np.zeros(1)]
    )
    found = run(model, x, y)
    assert found.errors == []
    first, second, _ = found.activity.layers
    assert [layer.name for layer in found.activity.layers] == [layer.name for layer in model.layers]
    assert (first.activation, first.units, first.dead) == ("relu", 4, 0.25)
    hidden = np.maximum(x @ kernel, 0)
    assert first.mean == pytest.approx(hidden.mean(), rel=1e-4)
    assert first.std == pytest.approx(hidden.std(), rel=1e-4)
    assert first.unit_std == pytest.approx(hidden.std(axis=0).max(), rel=1e-4)
    assert (second.saturated, second.dead) == (1.0, 0.0)


def test_gradients_by_layer_and_time_against_finite_differences():
    import keras

    keras.utils.set_random_seed(1)
    ids = np.array([[3, 4, 5, 0, 0], [5, 2, 0, 0, 0], [1, 2, 3, 4, 5], [2, 2, 1, 0, 0]], "int32")
    y = np.array([0, 1, 1, 0], "float32")
    embedding, recurrent = keras.layers.Embedding(6, 3), keras.layers.SimpleRNN(3)
    head = keras.layers.Dense(1)
    model = keras.Sequential([keras.Input((5,), dtype="int32"), embedding, recurrent, head])
    model.compile(optimizer="sgd", loss="mse")
    found = run(model, ids, y).gradients

    table_, rest = model.get_weights()[0], model.get_weights()[1:]

    def loss(values, weights):
        kernel, loop, bias, out, shift = [np.float64(w) for w in weights]
        state = np.zeros((4, 3))
        for step in range(5):
            state = np.tanh(values[:, step] @ kernel + state @ loop + bias)
        return float(np.mean(((state @ out + shift)[:, 0] - y) ** 2))

    def slope(array, value):
        slopes = np.zeros(array.shape)
        for place in np.ndindex(array.shape):
            up, down = array.copy(), array.copy()
            up[place] += 1e-5
            down[place] -= 1e-5
            slopes[place] = (value(up) - value(down)) / 2e-5
        return slopes

    values = np.float64(table_[ids])
    by_value = slope(values, lambda v: loss(v, rest))
    squares = (by_value**2).mean(axis=2)
    assert found.by_time == pytest.approx(np.sqrt(squares.mean(axis=0)), rel=1e-3)
    padded = np.array([[0, 0, 0, 1, 1], [0, 0, 1, 1, 1], [0, 0, 0, 0, 0], [0, 0, 0, 1, 1]], bool)
    assert found.padding == pytest.approx(np.sqrt(squares[padded].mean()), rel=1e-3)
    assert found.real_tokens == pytest.approx(np.sqrt(squares[~padded].mean()), rel=1e-3)
    by_out = slope(np.float64(rest[3]), lambda out: loss(values, [*rest[:3], out, rest[4]]))
    by_shift = slope(np.float64(rest[4]), lambda shift: loss(values, [*rest[:4], shift]))
    norm = np.sqrt((by_out**2).sum() + (by_shift**2).sum())
    assert [layer.kind for layer in found.layers] == ["Embedding", "SimpleRNN", "Dense"]
    assert found.layers[2].norm == pytest.approx(norm, rel=1e-3)
    assert found.layers[2].rms == pytest.approx(norm / 2, rel=1e-3)


def test_a_mask_survives_the_gradient_probe():
    import keras

    keras.utils.set_random_seed(1)
    ids = np.array([[3, 4, 5, 0, 0, 0]] * 4 + [[1, 2, 0, 0, 0, 0]] * 4, "int32")
    layers = [keras.layers.Embedding(6, 3, mask_zero=True), keras.layers.LSTM(3), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((6,), dtype="int32"), *layers])
    model.compile(optimizer="sgd", loss="mse")
    found = run(model, ids, np.arange(8) % 2).gradients
    assert found.padding == 0.0
    assert found.real_tokens > 0


def test_several_inputs_and_outputs_by_name():
    import keras

    left, right = keras.Input((2,), name="left"), keras.Input((2,), name="right")
    both = keras.layers.Dense(4, activation="relu")(keras.layers.Concatenate()([left, right]))
    outputs = {
        "price": keras.layers.Dense(1, name="price")(both),
        "kind": keras.layers.Dense(3, activation="softmax", name="kind")(both),
    }
    model = keras.Model({"left": left, "right": right}, outputs)
    losses = {"price": "mse", "kind": "sparse_categorical_crossentropy"}
    model.compile(optimizer="sgd", loss=losses, loss_weights={"price": 0.5, "kind": 2.0})
    x = {"left": table()[0][:, :2], "right": table()[0][:, 2:]}
    y = {"price": table()[0][:, 0], "kind": np.arange(64) % 3}
    records = {
        "price": Loss(weight=0.5),
        "kind": Loss(name="sparse_categorical_crossentropy", weight=2.0),
    }
    found = run(model, x, y, names=("price", "kind"), losses=records)
    assert found.errors == []
    price, kind = found.predictions["price"], found.predictions["kind"]
    assert price.loss == pytest.approx(price.mse, rel=1e-4)
    assert (kind.units, kind.decided != ()) == (3, True)
    assert {layer.name for layer in found.gradients.layers} >= {"price", "kind"}


def test_a_list_of_outputs_takes_the_names_in_order():
    import keras

    given = keras.Input((4,))
    model = keras.Model(
        given, [keras.layers.Dense(1, name="a")(given), keras.layers.Dense(2, name="b")(given)]
    )
    model.compile(optimizer="sgd", loss=["mse", "mae"])
    found = run(model, table()[0], [table()[1], table()[0][:, :2]], names=("a", "b"))
    assert found.errors == []
    assert (found.predictions["a"].units, found.predictions["b"].units) == (1, 2)
    assert found.predictions["b"].loss == pytest.approx(found.predictions["b"].mae, rel=1e-4)


def test_a_subclassed_model_with_its_own_loss():
    import keras

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.first, self.second = keras.layers.Dense(4, activation="relu"), keras.layers.Dense(1)
            self.scale = self.add_weight(shape=(), initializer="ones", name="scale")

        def call(self, x):
            return self.second(self.first(x)) * self.scale

    x, y = table()
    model = Own()
    model.compile(optimizer="sgd", loss=lambda a, b: keras.ops.mean(keras.ops.abs(a - b) * 2))
    model.fit(x, y[:, None], verbose=0)
    found = run(model, x, y[:, None])
    assert found.errors == []
    assert found.predictions[""].loss == pytest.approx(2 * found.predictions[""].mae, rel=1e-4)
    assert found.predictions[""].training_loss == found.predictions[""].loss
    assert len(found.activity.layers) == 2
    assert len(found.gradients.layers) == 3


def test_an_overridden_compute_loss_is_the_loss():
    import keras

    class Own(keras.Sequential):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return 3 * keras.ops.mean(keras.ops.square(y_pred[:, 0] - y))

    model = Own([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd")
    found = run(model, *table())
    assert found.errors == []
    assert found.predictions[""].loss == pytest.approx(3 * found.predictions[""].mse, rel=1e-4)
    assert found.gradients.layers[0].norm > 0


def test_a_model_that_was_never_compiled_has_predictions_only():
    import keras

    found = run(dense(keras.layers.Dense(2)), table()[0], None)
    assert found.errors == []
    assert (found.predictions[""].units, found.predictions[""].loss) == (2, None)
    assert found.gradients is None
    assert found.absent["Gradients"] == "the model has no loss on these rows"
    unbuilt = run(keras.Sequential([keras.layers.Dense(2)]), table()[0], None)
    assert "never built" in unbuilt.absent["Predictions"]
    assert unbuilt.errors == []


def test_a_loss_that_raises_leaves_the_answers():
    import keras

    def broken(y_true, y_pred):
        raise TypeError("a loss that cannot be computed")

    found = run(dense(keras.layers.Dense(1), optimizer="sgd", loss=broken), *table())
    assert found.errors == []
    assert found.predictions[""].rows == 64
    assert found.predictions[""].loss is None
    assert "a loss that cannot be computed" in found.absent["Predictions.loss"]
    assert found.activity is not None


def test_a_model_that_raises_is_reported_and_never_raises():
    import keras

    class Broken(keras.layers.Layer):
        def call(self, x):
            if self.broken:
                raise RuntimeError("a layer that breaks")
            return x

    layer = Broken()
    layer.broken = False
    model = dense(layer, keras.layers.Dense(1), optimizer="sgd", loss="mse")
    layer.broken = True
    found = run(model, *table())
    assert found.predictions == {}
    assert "a layer that breaks" in found.absent["Predictions"]
    assert found.errors == []  # it is the model that fails, not the examination
    assert set(found.absent) == {"Predictions", "ValidationPredictions", "Activity", "Gradients"}
    assert keras.layers.Layer.__call__.__module__.startswith("keras.")


def test_lost_weights_are_taken_from_the_last_that_were_seen(monkeypatch):
    import keras

    from unstuck.evidence import probe

    x, y = table()
    model = dense(keras.layers.Dense(4), keras.layers.Dropout(0.5), keras.layers.Dense(1))
    model.compile(optimizer="sgd", loss="mse")
    expected = run(model, x, y).predictions[""]
    kept = model.get_weights()
    monkeypatch.setattr(probe, "_current", lambda *_: None)  # what JAX leaves after an exception
    assert run(model, x, y, last_weights=kept).predictions[""].loss == expected.loss
    assert "lost" in run(model, x, y).absent["Predictions"]


def test_what_the_time_does_not_allow_is_said():
    import keras

    x, y = table(2000)
    layers = [keras.layers.Dense(4), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
    model = dense(*layers, optimizer="sgd", loss="mse")
    found = run(model, x, y, seconds=0.0, initial_weights=model.get_weights())
    assert found.predictions[""].rows > 0
    for record in ("Gradients", "Predictions.training_loss", "Predictions.decisions_changed"):
        assert "what is left of" in found.absent[record]
