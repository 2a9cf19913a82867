"""The recipe side of the remedies that change what compile is given."""

from dataclasses import replace

import pytest
from by_hand import compiled, refused, treat
from writing import edited, record


def loss(kind, **arguments):
    return {"module": "keras.losses", "class_name": kind, "config": arguments, "registered_name": None}


BCE = loss("BinaryCrossentropy", name="b", reduction="sum", from_logits=False, label_smoothing=0.1, axis=-1)

LOSSES = {
    "a name for a name": ("mse", {"loss": "mae"}, "mae"),
    "none before": (None, {"loss": "mae"}, "mae"),
    "a name on scores": (
        "binary_crossentropy",
        {"loss": "binary_crossentropy", "from_logits": True},
        loss("BinaryCrossentropy", from_logits=True),
    ),
    "the same class": (
        BCE,
        {"loss": "binary_crossentropy", "from_logits": True},
        {**BCE, "config": {**BCE["config"], "from_logits": True}},
    ),
    "another class that smooths labels": (
        BCE,
        {"loss": "categorical_crossentropy"},
        loss("CategoricalCrossentropy", reduction="sum", label_smoothing=0.1),
    ),
    "a class without smoothing": (
        BCE,
        {"loss": "mean_squared_error"},
        loss("MeanSquaredError", reduction="sum"),
    ),
    "a function": (
        {"module": "builtins", "class_name": "function", "config": "mine", "registered_name": "mine"},
        {"loss": "mae"},
        "mae",
    ),
    "one output of a dict": (
        {"a": "mse", "b": "mse"},
        {"loss": "mae", "output": "b"},
        {"a": "mse", "b": "mae"},
    ),
    "a list of one": (["mse"], {"loss": "mae"}, ["mae"]),
}


@pytest.mark.parametrize(("before", "values", "after"), LOSSES.values(), ids=LOSSES)
def test_loss(before, values, after):
    assert treat("set-loss", compiled(loss=before), **values).compiled["loss"] == after


def test_loss_of_an_output_in_a_list():
    held = replace(compiled(loss=["mse", "mse"]), outputs={"a": (None, None), "b": (None, None)})
    assert treat("set-loss", held, loss="mae", output="b").compiled["loss"] == ["mse", "mae"]
    assert "not clear which" in refused("set-loss", held, loss="mae")
    assert "this loss already" in refused("set-loss", compiled(loss=BCE), loss="binary_crossentropy")


AUC = {"module": "keras.metrics", "class_name": "AUC", "config": {"name": "auc"}, "registered_name": None}
BY_SIGN = {
    "module": "keras.metrics",
    "class_name": "BinaryAccuracy",
    "config": {"threshold": 0.0},
    "registered_name": None,
}
METRICS = {
    "none before": (None, ["mae"], None, ["mae"]),
    "one by two": (["accuracy"], ["mae", "mse"], "accuracy", ["mae", "mse"]),
    "one among others": (["accuracy", AUC], ["mae"], "accuracy", ["mae", AUC]),
    "an object by its name": ([AUC], ["mae"], "auc", ["mae"]),
    "an expression": (["acc"], ["keras.metrics.BinaryAccuracy(threshold=0.0)"], "acc", [BY_SIGN]),
    "the new one is there already": (["accuracy", "mae"], ["mae"], "accuracy", ["mae"]),
    "bare in a dict": ({"a": "accuracy", "b": ["mae"]}, ["mse"], "accuracy", {"a": "mse", "b": ["mae"]}),
    "named after its output": ([["accuracy"], []], ["mae"], "price_accuracy", [["mae"], []]),
}


@pytest.mark.parametrize(("before", "new", "old", "after"), METRICS.values(), ids=METRICS)
def test_metrics(before, new, old, after):
    treated = treat("set-metrics", compiled(metrics=before), metrics=new, replace=old)
    assert treated.compiled["metrics"] == after


def test_metrics_that_are_weighted_and_those_that_are_not_there():
    held = compiled(weighted_metrics=["accuracy"], metrics=["mae"])
    treated = treat("set-metrics", held, metrics=("mse",), replace="accuracy")
    assert (treated.compiled["metrics"], treated.compiled["weighted_metrics"]) == (["mae"], ["mse"])
    assert "not compiled with a metric auc" in refused("set-metrics", held, metrics=["mse"], replace="auc")
    assert "no metric of Keras's" in refused("set-metrics", compiled(), metrics=["mine(3)"])


def test_one_more_metric_stands_behind_those_there_are():
    more = treat("set-metrics", compiled(metrics=["accuracy"]), metrics=("mae",))
    assert more.compiled["metrics"] == ["accuracy", "mae"]
    assert treat("set-metrics", compiled(metrics=None), metrics=("mae",)).compiled["metrics"] == ["mae"]
    held = compiled(metrics={"a": ["accuracy"]})
    assert "not clear where" in refused("set-metrics", held, metrics=("mae",))
    assert treat("set-metrics", held, metrics=("mae",), optional=True) == held


def test_a_callback_waits_for_the_accuracy_that_took_the_place_of_its_own():
    waits = ("EarlyStopping", {"monitor": "val_binary_accuracy", "patience": 3})
    held = replace(compiled(metrics=["binary_accuracy"]), callbacks=(waits,))
    treated = treat("set-metrics", held, metrics=("categorical_accuracy",), replace="binary_accuracy")
    assert treated.callbacks[0][1] == {"monitor": "val_categorical_accuracy", "patience": 3}


def test_learning_rate():
    treated = treat("set-learning-rate", compiled(), value=0.0010000000474974513)
    assert treated.optimizer_arguments["learning_rate"] == treated.learning_rate == 0.001
    assert "this one already" in refused("set-learning-rate", compiled(), value=0.1)


def test_learning_rate_of_a_schedule_is_the_one_it_starts_from():
    decay = {"class_name": "CosineDecay", "config": {"initial_learning_rate": 1.0, "decay_steps": 9}}
    treated = treat("set-learning-rate", compiled().with_optimizer(learning_rate=decay), value=0.01)
    assert treated.optimizer_arguments["learning_rate"]["config"] == {
        "initial_learning_rate": 0.01,
        "decay_steps": 9,
    }


def test_gradients_are_clipped_in_one_way():
    assert treat("clip-gradients", compiled(), clipnorm=1).optimizer_arguments["clipnorm"] == 1.0
    assert "another way" in refused("clip-gradients", compiled().with_optimizer(clipvalue=0.5), clipnorm=1.0)


def test_the_optimizer_inside_one_that_scales_the_loss_is_meant():
    held = compiled()
    outer = {"class_name": "LossScaleOptimizer", "config": {"inner_optimizer": held.compiled["optimizer"]}}
    treated = treat("clip-gradients", held.with_compiled(optimizer=outer), clipnorm=2.0)
    assert treated.compiled["optimizer"]["config"]["inner_optimizer"]["config"]["clipnorm"] == 2.0


def test_the_diff_refuses_what_keras_would():
    clipped = 'model.compile(keras.optimizers.Adam(clipvalue=0.5), "mse")\n'
    written = record("clip-gradients", clipped, "keras.optimizers.Adam(clipvalue=0.5)", clipnorm=1.0)
    assert written.diff is None
    assert "another way" in written.says
    weighed = "model.fit(x, y, sample_weight=w)\n"
    written = record("weigh-classes", weighed, "model.fit(x, y, sample_weight=w)", weights=[(0, 1.0)])
    assert written.diff is None
    assert "not both" in written.says


def test_the_diff_gives_a_loss_only_what_it_takes():
    text = 'import keras\nm.compile("sgd", loss=keras.losses.BinaryCrossentropy(label_smoothing=0.1))\n'
    call = 'm.compile("sgd", loss=keras.losses.BinaryCrossentropy(label_smoothing=0.1))'
    after = edited("set-loss", text, call, loss="mean_squared_error")
    assert after == 'import keras\nm.compile("sgd", loss="mean_squared_error")\n'
