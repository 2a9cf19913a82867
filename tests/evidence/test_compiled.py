"""Losses, metrics and optimizers as Keras resolved them, before the first batch and after it."""

import keras
import numpy as np
import pytest
from keras import layers, ops
from live import nowhere, places, sequential

from unstuck.evidence.compiled import current_learning_rate, read_losses, read_metrics, read_optimizer
from unstuck.evidence.facts import Labels, Place
from unstuck.evidence.model import read_heads


def fitted(model, y, **compiled):
    model.compile(**compiled)
    rows = len(y) if not isinstance(y, (list, dict)) else 8
    model.fit(np.zeros((rows, 4), "float32"), y, verbose=0, batch_size=8)
    return model


PLACE = Place(file="train.py", line=7)


class TestCompiled:
    @pytest.mark.backend
    @pytest.mark.parametrize(
        ("units", "y", "accuracy", "crossentropy"),
        [
            (1, np.zeros(8), "binary_accuracy", "binary_crossentropy"),
            (3, np.zeros(8, "int32"), "sparse_categorical_accuracy", "sparse_categorical_crossentropy"),
            (3, np.zeros((8, 1), "int32"), "sparse_categorical_accuracy", "sparse_categorical_crossentropy"),
            (
                3,
                np.eye(3, dtype="float32")[np.zeros(8, int)],
                "categorical_accuracy",
                "categorical_crossentropy",
            ),
        ],
    )
    def test_what_accuracy_means_before_and_after_keras_decides(self, units, y, accuracy, crossentropy):
        model = sequential(layers.Dense(units, activation="sigmoid"))
        model.compile("adam", "crossentropy", metrics=["acc"])
        heads, labels = read_heads(model, nowhere), {"": Labels.of(y)}
        before = (
            read_metrics(model, PLACE, heads, labels)[""].uses,
            read_losses(model, PLACE, heads, labels)[""],
        )
        model.fit(np.zeros((8, 4), "float32"), y, verbose=0)
        after = read_metrics(model, PLACE)[""].uses, read_losses(model, PLACE)[""]
        assert before == after
        (metric,), loss = after
        assert (metric.name, metric.resolved, metric.asked) == ("acc", accuracy, "string")
        assert (loss.name, loss.custom, loss.place) == (crossentropy, False, PLACE)

    def test_without_labels_nothing_is_claimed_that_the_loss_does_not_tell(self):
        model = sequential(layers.Dense(3))
        model.compile("adam", "mse", metrics=["accuracy"])
        assert read_metrics(model)[""].accuracy is None
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        assert read_metrics(model)[""].accuracy.resolved == "sparse_categorical_accuracy"

    @pytest.mark.parametrize("fit", [False, True])
    def test_metrics_are_named_as_in_the_history(self, fit):
        def own(y, p):
            return ops.mean(p)

        metrics = [
            "acc",
            "mae",
            keras.metrics.BinaryAccuracy(threshold=0.0),
            keras.metrics.binary_accuracy,
            keras.metrics.AUC(name="auc"),
            keras.metrics.Accuracy(name="exact"),
            own,
            "mae",
        ]
        model = sequential(layers.Dense(1, activation="sigmoid"))
        y = np.array([0, 1] * 4)
        model.compile("adam", "binary_crossentropy", metrics=metrics, weighted_metrics=["acc"])
        history = model.fit(np.zeros((8, 4), "float32"), y, verbose=0).history if fit else None
        uses = read_metrics(model, PLACE, read_heads(model, nowhere), {"": Labels.of(y)})[""].uses
        if history:
            assert sorted(use.name for use in uses) == sorted(set(history) - {"loss"})
        assert [use.resolved for use in uses] == [
            "binary_accuracy",
            "mean_absolute_error",
            "binary_accuracy",
            "binary_accuracy",
            "auc",
            "accuracy",
            "custom",
            "mean_absolute_error",
            "binary_accuracy",
        ]
        assert [use.threshold for use in uses[:4]] == [0.5, 0.5, 0.0, 0.5]
        assert [use.asked for use in uses[:3]] == ["string", "string", "object"]
        assert uses[0].place == PLACE

    @pytest.mark.parametrize("fit", [False, True])
    @pytest.mark.parametrize(
        ("given", "name", "logits", "smoothing", "custom"),
        [
            ("mse", "mean_squared_error", False, 0.0, False),
            ("bce", "binary_crossentropy", False, 0.0, False),
            ("BinaryCrossentropy", "binary_crossentropy", False, 0.0, False),
            (keras.losses.BinaryCrossentropy(from_logits=True), "binary_crossentropy", True, 0.0, False),
            (
                keras.losses.BinaryFocalCrossentropy(label_smoothing=0.1),
                "binary_focal_crossentropy",
                False,
                0.1,
                False,
            ),
            (keras.losses.Huber(), "huber", False, 0.0, False),
            (keras.losses.mean_absolute_error, "mean_absolute_error", False, 0.0, False),
            (lambda y, p: ops.mean(p, axis=-1), "<lambda>", False, 0.0, True),
        ],
    )
    def test_losses(self, fit, given, name, logits, smoothing, custom):
        model = sequential(layers.Dense(1))
        model.compile("sgd", given)
        if fit:
            model.fit(np.zeros((8, 4), "float32"), np.zeros(8), verbose=0)
        loss = read_losses(model)[""]
        assert (loss.name, loss.from_logits, loss.custom) == (name, logits, custom)
        assert loss.label_smoothing == pytest.approx(smoothing)

    def test_a_loss_class_of_the_users_own(self):
        class HalfSquare(keras.losses.Loss):
            def call(self, y_true, y_pred):
                return ops.mean((y_true - y_pred) ** 2, axis=-1) / 2

        model = fitted(sequential(layers.Dense(1)), np.zeros(8), optimizer="sgd", loss=HalfSquare())
        loss = read_losses(model)[""]
        assert (loss.name, loss.custom) == ("half_square", True)

    @pytest.mark.parametrize("fit", [False, True])
    @pytest.mark.parametrize("form", ["dict", "list"])
    def test_several_outputs(self, form, fit):
        x = keras.Input((4,))
        one = layers.Dense(1, activation="sigmoid", name="one")(x)
        two = layers.Dense(3, activation="softmax", name="two")(x)
        model = keras.Model(x, [one, two])
        losses, weights = ["bce", "sparse_categorical_crossentropy"], [2.0, 0.5]
        metrics = [["accuracy", "mae"], ["accuracy"]]
        y = [np.zeros(8), np.zeros(8, "int32")]
        if form == "dict":
            losses, weights, metrics, y = (
                dict(zip(("one", "two"), each, strict=True)) for each in (losses, weights, metrics, y)
            )
        model.compile("adam", losses, loss_weights=weights, metrics=metrics)
        if fit:
            model.fit(np.zeros((8, 4), "float32"), y, verbose=0)
        heads = read_heads(model, nowhere)
        labels = {"one": Labels.of(np.zeros(8)), "two": Labels.of(np.zeros(8, "int32"))}
        found = read_losses(model, PLACE, heads, labels)
        assert {name: (loss.name, loss.weight) for name, loss in found.items()} == {
            "one": ("binary_crossentropy", 2.0),
            "two": ("sparse_categorical_crossentropy", 0.5),
        }
        found = read_metrics(model, PLACE, heads, labels)
        assert {name: [use.resolved for use in each.uses] for name, each in found.items()} == {
            "one": ["binary_accuracy", "mean_absolute_error"],
            "two": ["sparse_categorical_accuracy"],
        }
        assert found["one"].uses[0].name == "accuracy"

    def test_never_compiled(self):
        model = sequential(layers.Dense(1))
        assert read_losses(model) == {}
        assert read_metrics(model) == {}
        assert read_optimizer(model, nowhere) is None

    @pytest.mark.backend
    def test_optimizer(self):
        optimizer = keras.optimizers.SGD(0.1, momentum=0.9, clipnorm=2.0)
        model = sequential(layers.Dense(1))
        model.compile(optimizer, "mse")
        record = read_optimizer(model, places(optimizer), PLACE)
        assert (record.name, record.learning_rate, record.momentum, record.clipnorm) == ("SGD", 0.1, 0.9, 2.0)
        assert (record.schedule, record.place.line, record.compile_place) == (None, 1, PLACE)
        assert record.last_learning_rate is None
        optimizer.learning_rate = 0.01
        record = read_optimizer(model, nowhere, PLACE, first_learning_rate=0.1)
        assert (record.learning_rate, record.last_learning_rate) == (0.1, 0.01)

    @pytest.mark.backend
    def test_a_schedule_is_read_at_the_step_reached(self):
        schedule = keras.optimizers.schedules.InverseTimeDecay(0.1, 1, 1.0)
        model = sequential(layers.Dense(1))
        model.compile(keras.optimizers.Adam(schedule), "mse")
        first = current_learning_rate(model)
        model.fit(np.zeros((8, 4), "float32"), np.zeros(8), batch_size=4, verbose=0)
        record = read_optimizer(model, nowhere, first_learning_rate=first)
        assert record.schedule == "InverseTimeDecay"
        assert (record.learning_rate, record.last_learning_rate) == (
            pytest.approx(0.1),
            pytest.approx(0.1 / 3),
        )
