"""Remedies that change the learning rate during the training."""

import pytest
from writing import edited, record

from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.remedy import catalogue

ADAM = {"class_name": "Adam", "config": {"learning_rate": 0.01}}
MADE = {
    "cosine": "CosineDecay(initial_learning_rate=0.01, decay_steps=400)",
    "exponential": "ExponentialDecay(initial_learning_rate=0.01, decay_steps=400, decay_rate=0.01)",
    "warm-up": "CosineDecay(initial_learning_rate=0.0, decay_steps=360, warmup_target=0.01, warmup_steps=40)",
}


@pytest.mark.parametrize(("kind", "made"), MADE.items())
@pytest.mark.parametrize(
    ("before", "at"),
    [
        ("m.compile('adam')", "m.compile('adam')"),
        ("m.compile(keras.optimizers.Adam())", "keras.optimizers.Adam()"),
        ("m.compile(keras.optimizers.Adam(learning_rate=.1))", "keras.optimizers.Adam(learning_rate=.1)"),
    ],
)
def test_a_schedule_is_written_where_the_optimizer_is_made(kind, made, before, at):
    after = edited(
        "schedule-learning-rate", f"import keras\n{before}\n", at, kind=kind, value=0.01, updates=400
    )
    made = f"keras.optimizers.schedules.{made}"
    assert after == f"import keras\nm.compile(keras.optimizers.Adam(learning_rate={made}))\n"


def test_a_schedule_is_not_put_over_another():
    text = "import keras\nm.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(.1, 9)))\n"
    written = record(
        "schedule-learning-rate",
        text,
        "keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(.1, 9))",
        kind="cosine",
        value=0.1,
        updates=9,
    )
    assert "follows a schedule already" in written.says


def treated(name, recipe, **values):
    return catalogue()[name].treat(recipe, None, values)


def test_a_recipe_gets_a_schedule_over_its_own_updates():
    import numpy as np

    recipe = Recipe(compiled={"optimizer": ADAM}, x=np.zeros((80, 2)), batch_size=8, epochs=5)
    changed = treated("schedule-learning-rate", recipe, kind="warm-up", value=0.01, updates=9999)
    made = changed.optimizer_arguments["learning_rate"]
    assert (made["class_name"], made["config"]["decay_steps"], made["config"]["warmup_steps"]) == (
        "CosineDecay",
        45,
        5,
    )
    assert changed.learning_rate is None
    for name, values in (
        ("schedule-learning-rate", {"kind": "cosine", "value": 0.1, "updates": 9}),
        ("lower-rate-on-plateau", {"factor": 0.5, "patience": 2}),
    ):
        with pytest.raises(UntreatableError, match="follows a schedule already"):
            treated(name, changed, **values)


def test_a_recipe_gets_the_callback_once():
    changed = treated("lower-rate-on-plateau", Recipe(compiled={"optimizer": ADAM}), factor=0.5, patience=2)
    assert changed.callbacks == (("ReduceLROnPlateau", {"monitor": "loss", "factor": 0.5, "patience": 2}),)
    with pytest.raises(UntreatableError, match="a callback sets the learning rate already"):
        treated("lower-rate-on-plateau", changed, factor=0.5, patience=2)


def test_a_recipe_goes_on_without_a_callback():
    recipe = Recipe(callbacks=(("EarlyStopping", {}), ("LearningRateScheduler", {})))
    changed = treated("leave-out-callback", recipe, kind="LearningRateScheduler")
    assert changed.callbacks == (("EarlyStopping", {}),)
    with pytest.raises(UntreatableError, match="has no LearningRateScheduler"):
        treated("leave-out-callback", changed, kind="LearningRateScheduler")


CALLBACK = 'keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=2)'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("m.fit(x, y)", f"m.fit(x, y, callbacks=[{CALLBACK.format(chr(34) + 'loss' + chr(34))}])"),
        (
            "m.fit(x, y, callbacks=[a])",
            f"m.fit(x, y, callbacks=[a, {CALLBACK.format(chr(34) + 'loss' + chr(34))}])",
        ),
        (
            "m.fit(x, y, callbacks=None)",
            f"m.fit(x, y, callbacks=[{CALLBACK.format(chr(34) + 'loss' + chr(34))}])",
        ),
        ("m.fit(x, y, callbacks=make())", None),
        ("m.fit(x, y, callbacks=[ReduceLROnPlateau()])", None),
    ],
)
def test_the_callback_joins_the_others(before, after):
    text = "import keras\n{}\n"
    expected = None if after is None else text.format(after)
    assert edited("lower-rate-on-plateau", text.format(before), before, factor=0.5, patience=2) == expected


def test_the_threshold_moves_in_the_metric():
    text = "import keras\nm.compile(metrics=['accuracy', 'mae'])\n"
    after = edited(
        "move-threshold", text, "m.compile(metrics=['accuracy', 'mae'])", threshold=0.21, replace="accuracy"
    )
    made = 'keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.21)'
    assert after == text.replace("'accuracy'", made)
    recipe = Recipe(compiled={"metrics": ["accuracy", "mae"]})
    changed = treated("move-threshold", recipe, threshold=0.21, replace="accuracy")
    assert changed.compiled["metrics"][0]["config"] == {"name": "accuracy", "threshold": 0.21}
