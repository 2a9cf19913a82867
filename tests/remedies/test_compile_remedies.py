"""Remedies that edit the compile call and the optimizer: source before and after."""

import pytest
from writing import edited, place, record

from unstuck.judgement.findings import propose

BCE = {"loss": "binary_crossentropy"}
LOSS = {
    "string": (
        "model.compile(optimizer='adam', loss='mse')",
        BCE,
        "model.compile(optimizer='adam', loss='binary_crossentropy')",
    ),
    "positional": (
        'model.compile("adam", "mse", None, ["accuracy"])',
        BCE,
        'model.compile("adam", "binary_crossentropy", None, ["accuracy"])',
    ),
    "none": ("model.compile('adam')", BCE, "model.compile('adam', loss='binary_crossentropy')"),
    "function": (
        'model.compile("adam", keras.losses.mean_squared_error)',
        BCE,
        'model.compile("adam", "binary_crossentropy")',
    ),
    "object of another class": (
        "model.compile(loss=keras.losses.MeanSquaredError())",
        BCE,
        'model.compile(loss="binary_crossentropy")',
    ),
    "object with arguments that stay": (
        "model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1))",
        {"loss": "categorical_crossentropy"},
        "model.compile(loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.1))",
    ),
    "object with an argument that does not": (
        "model.compile(loss=keras.losses.BinaryCrossentropy(label_smoothing=0.1))",
        {"loss": "sparse_categorical_crossentropy"},
        'model.compile(loss="sparse_categorical_crossentropy")',
    ),
    "logits off": (
        "model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=.1))",
        BCE | {"from_logits": False},
        "model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=False, label_smoothing=.1))",
    ),
    "logits on": (
        "model.compile(loss=keras.losses.BinaryCrossentropy())",
        BCE | {"from_logits": True},
        "model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True))",
    ),
    "logits on, by position": (
        "model.compile(loss=keras.losses.BinaryCrossentropy(False))",
        BCE | {"from_logits": True},
        "model.compile(loss=keras.losses.BinaryCrossentropy(True))",
    ),
    "logits on, for a string": (
        "model.compile(loss='binary_crossentropy')",
        BCE | {"from_logits": True},
        "model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True))",
    ),
    "one of two outputs": (
        "model.compile(loss={'price': 'mse', 'side': 'mse'})",
        BCE | {"output": "side"},
        "model.compile(loss={'price': 'mse', 'side': 'binary_crossentropy'})",
    ),
    "lambda": (
        "model.compile(loss=lambda t, p: ops.mean(t - p))",
        BCE,
        'model.compile(loss="binary_crossentropy")',
    ),
}


@pytest.mark.parametrize(("before", "values", "after"), LOSS.values(), ids=LOSS)
def test_loss_is_set(before, values, after):
    head = "import keras\n"
    assert edited("set-loss", f"{head}{before}\n", before, **values) == f"{head}{after}\n"


def test_loss_behind_a_name_is_set_where_it_is_made():
    text = (
        "from keras import losses\nLOSS = losses.BinaryCrossentropy(from_logits=True)\nm.compile(loss=LOSS)\n"
    )
    after = edited("set-loss", text, "m.compile(loss=LOSS)", loss="binary_crossentropy", from_logits=False)
    assert after == text.replace("from_logits=True", "from_logits=False")


@pytest.mark.parametrize(
    ("call", "values"),
    [
        ("m.compile(loss=['mse', 'mse'])", {}),
        ("m.compile(loss={'a': 'mse', 'b': 'mse'})", {}),
        ("m.compile(loss='mse')", {"output": "side"}),
        ("m.compile(**settings)", {}),
        ("m.compile(loss=keras.losses.BinaryCrossentropy())", {}),
    ],
)
def test_loss_that_is_not_clear_is_left(call, values):
    assert edited("set-loss", f"import keras\n{call}\n", call, **BCE, **values) is None


MAE = ("mae",)
METRICS = {
    "string": ("model.compile(metrics=['accuracy'])", "accuracy", MAE, "model.compile(metrics=['mae'])"),
    "positional": (
        'model.compile("adam", "mse", None, ["accuracy"])',
        "accuracy",
        ("mae", "mse"),
        'model.compile("adam", "mse", None, ["mae", "mse"])',
    ),
    "one of several": (
        "model.compile(metrics=['mse', 'acc', 'mape'])",
        "acc",
        MAE,
        "model.compile(metrics=['mse', 'mae', 'mape'])",
    ),
    "there already": (
        "model.compile(metrics=['acc', 'mae'])",
        "acc",
        MAE,
        "model.compile(metrics=['mae'])",
    ),
    "bare string": ("model.compile(metrics='accuracy')", "accuracy", MAE, "model.compile(metrics='mae')"),
    "object": (
        "model.compile(metrics=[keras.metrics.BinaryAccuracy()])",
        "binary_accuracy",
        ("keras.metrics.BinaryAccuracy(threshold=0.0)",),
        "model.compile(metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])",
    ),
    "named object": (
        "model.compile(metrics=[keras.metrics.AUC(), keras.metrics.BinaryAccuracy(name='acc')])",
        "acc",
        MAE,
        "model.compile(metrics=[keras.metrics.AUC(), 'mae'])",
    ),
    "function": (
        "model.compile(metrics=[keras.metrics.binary_accuracy])",
        "binary_accuracy",
        MAE,
        'model.compile(metrics=["mae"])',
    ),
    "of one output": (
        "model.compile(metrics={'price': ['accuracy'], 'side': 'accuracy'})",
        "accuracy",
        MAE,
        None,
    ),
    "of one output, with an accuracy": (
        "model.compile(metrics={'price': ['accuracy'], 'side': 'auc'})",
        "price_accuracy",
        MAE,
        "model.compile(metrics={'price': ['mae'], 'side': 'auc'})",
    ),
    "taken out": ("model.compile(metrics=['accuracy'])", "accuracy", (), "model.compile(metrics=[])"),
    "not there": ("model.compile(metrics=['mse'])", "accuracy", MAE, None),
    "added": ("model.compile('sgd')", "", MAE, "model.compile('sgd', metrics=['mae'])"),
}


@pytest.mark.parametrize(("before", "replace", "metrics", "after"), METRICS.values(), ids=METRICS)
def test_metrics_are_set(before, replace, metrics, after):
    head = "import keras\n"
    expected = None if after is None else f"{head}{after}\n"
    assert edited("set-metrics", f"{head}{before}\n", before, replace=replace, metrics=metrics) == expected


MORE = {
    "a list": ("m.compile(metrics=['accuracy'])", "m.compile(metrics=['accuracy', keras.metrics.Recall()])"),
    "an empty one": ("m.compile(metrics=[])", "m.compile(metrics=[keras.metrics.Recall()])"),
    "none": ("m.compile('adam')", "m.compile('adam', metrics=[keras.metrics.Recall()])"),
    "by output": ("m.compile(metrics={'a': ['acc'], 'b': ['acc']})", None),
    "nested": ("m.compile(metrics=[['acc'], ['acc']])", None),
}


@pytest.mark.parametrize(("before", "after"), MORE.values(), ids=MORE)
def test_one_more_metric(before, after):
    head = "import keras\n"
    expected = None if after is None else f"{head}{after}\n"
    assert edited("set-metrics", f"{head}{before}\n", before, metrics=("keras.metrics.Recall()",)) == expected


def test_a_metric_that_has_no_place_costs_what_it_goes_with_nothing():
    compiled, fitted = "m.compile(metrics=METRICS, loss='mse')", "m.fit(x, y)"
    text = f"from metrics import METRICS\n{compiled}\n{fitted}\n"
    more = propose("set-metrics", place(text, compiled), metrics=("keras.metrics.Recall()",), optional=True)
    after = edited("weigh-classes", text, fitted, (more,), weights=((0, 0.5), (1, 4.0)))
    assert after == text.replace("y)", "y, class_weight={0: 0.5, 1: 4.0})")


READS_KEYS = """import keras
model.compile(loss="categorical_crossentropy", metrics=["binary_accuracy"])
stop = keras.callbacks.EarlyStopping(monitor="val_binary_accuracy", patience=3)
history = model.fit(x, y, callbacks=[stop])
plot(history.history["binary_accuracy"], history.history.get('val_binary_accuracy'), "binary_accuracy")
"""


def test_what_reads_an_accuracy_by_its_key_reads_the_new_one():
    compiled = READS_KEYS.splitlines()[1]
    values = {"replace": "binary_accuracy", "metrics": ("categorical_accuracy",)}
    after = edited("set-metrics", READS_KEYS, compiled, **values)
    changed = READS_KEYS.replace("binary_accuracy", "categorical_accuracy")
    assert after == changed.replace(', "categorical_accuracy")', ', "binary_accuracy")')
    two = f"{READS_KEYS}other.compile(loss='mse', metrics=['binary_accuracy'])\n"
    assert edited("set-metrics", two, compiled, **values) == two.replace(
        'metrics=["binary_accuracy"]', 'metrics=["categorical_accuracy"]'
    )


def test_metric_expression_uses_the_name_the_file_has():
    text = "from tensorflow.keras import metrics\nM = ['accuracy']\nm.compile(metrics=M)\n"
    after = edited(
        "set-metrics", text, "m.compile(metrics=M)", replace="accuracy", metrics=("keras.metrics.R2Score()",)
    )
    assert after == text.replace("'accuracy'", "metrics.R2Score()")


RATE = {
    "keyword": (
        "import keras\nopt = keras.optimizers.Adam(learning_rate=10.0)\n",
        "keras.optimizers.Adam(learning_rate=10.0)",
        ("10.0", "0.001"),
    ),
    "positional": ("opt = Adam(10)\n", "Adam(10)", ("10", "0.001")),
    "older name": ("opt = Adam(lr=10)\n", "Adam(lr=10)", ("10", "0.001")),
    "default": ("opt = Adam()\n", "Adam()", ("Adam()", "Adam(learning_rate=0.001)")),
    "constant": (
        "lr = 10.0\nopt = Adam(learning_rate = lr)\n",
        "Adam(learning_rate = lr)",
        ("10.0", "0.001"),
    ),
    "annotated constant": ("LR: float = 1e1\nopt = SGD(LR, 0.9)\n", "SGD(LR, 0.9)", ("1e1", "0.001")),
    "constant used elsewhere": (
        "lr = 10.0\nprint(f'{lr}')\nopt = SGD(lr)\n",
        "SGD(lr)",
        ("SGD(lr)", "SGD(0.001)"),
    ),
    "schedule": (
        "s = ExponentialDecay(10.0, 100, 0.9)\nopt = SGD(s)\n",
        "SGD(s)",
        ("10.0", "0.001"),
    ),
    "string in compile": (
        "import keras\nm.compile('adam', 'mse')\n",
        "m.compile('adam', 'mse')",
        ("'adam'", "keras.optimizers.Adam(learning_rate=0.001)"),
    ),
    "object in compile": ("m.compile(SGD(10.0))\n", "m.compile(SGD(10.0))", ("10.0", "0.001")),
    "named object in compile": (
        "opt = SGD(10.0)\nm.compile(opt)\nprint(opt)\n",
        "m.compile(opt)",
        ("10.0", "0.001"),
    ),
    "nothing in compile": (
        "from tensorflow import keras\nm.compile(\n    loss='mse',  # for now\n)\n",
        "m.compile(\n    loss='mse',  # for now\n)",
        ("# for now\n", "# for now\n    optimizer=keras.optimizers.RMSprop(learning_rate=0.001),\n"),
    ),
}


@pytest.mark.parametrize(("text", "at", "change"), RATE.values(), ids=RATE)
def test_learning_rate_is_set(text, at, change):
    assert text.count(change[0]) == 1
    assert edited("set-learning-rate", text, at, value=0.0010000000474974513) == text.replace(*change)


@pytest.mark.parametrize(
    "text",
    [
        "import sys\nlr = float(sys.argv[1])\nm.compile(SGD(lr))\n",
        "m.compile(SGD(args.lr))\nargs = parser.parse_args()\n",
        "m.compile(make())\n",
        "m.compile(optimizer=opts[0])\n",
        "m.compile(*things)\n",
        "keras = 3\nm.compile('adam')\n",
    ],
)
def test_learning_rate_from_elsewhere_is_left(text):
    call = text[text.index("m.compile") :].splitlines()[0]
    assert edited("set-learning-rate", text, call, value=0.1) is None


@pytest.mark.parametrize(
    ("text", "at", "after"),
    [
        ("o = SGD(0.1)\n", "SGD(0.1)", "o = SGD(0.1, clipnorm=1.0)\n"),
        ("o = SGD(\n    0.1,\n)\n", "SGD(\n    0.1,\n)", "o = SGD(\n    0.1,\n    clipnorm=1.0,\n)\n"),
        ("o = SGD(clipnorm=50)\n", "SGD(clipnorm=50)", "o = SGD(clipnorm=1.0)\n"),
        (
            "import keras\nm.compile('RMSProp')\n",
            "m.compile('RMSProp')",
            "import keras\nm.compile(keras.optimizers.RMSprop(clipnorm=1.0))\n",
        ),
    ],
)
def test_gradients_are_clipped(text, at, after):
    assert edited("clip-gradients", text, at, clipnorm=1.0) == after


def test_changes_that_belong_together_share_one_diff():
    text = (
        "from keras.layers import Dense\n\nx = Dense(2, activation='softmax')(x)\n"
        "model.compile('adam', 'mse', metrics=['accuracy'])\nmodel.fit(x, y)\n"
    )
    compiled = place(text, "model.compile('adam', 'mse', metrics=['accuracy'])")
    head = place(text, "Dense(2, activation='softmax')")
    after = edited(
        "set-loss",
        text,
        compiled,
        (
            propose("set-learning-rate", compiled, value=0.01),
            propose("clip-gradients", compiled, clipnorm=1.0),
            propose("set-metrics", compiled, replace="accuracy", metrics=("keras.metrics.AUC()",)),
            propose("set-output-activation", head, activation="sigmoid"),
            propose("set-output-units", head, units=1),
            propose("standardise-inputs", place(text, "model.fit(x, y)")),
            propose("train-longer", place(text, "model.fit(x, y)"), epochs=9),
        ),
        loss="binary_crossentropy",
    )
    assert after == (
        "from keras.layers import Dense\nimport keras\nimport numpy as np\n\n"
        "x = Dense(1, activation='sigmoid')(x)\n"
        "model.compile(keras.optimizers.Adam(learning_rate=0.01, clipnorm=1.0), 'binary_crossentropy', "
        "metrics=[keras.metrics.AUC()])\n"
        "x_mean, x_std = x.mean(axis=0), x.std(axis=0)\n"
        "x_std = np.where(x_std > 0, x_std, 1)\nx = (x - x_mean) / x_std\nmodel.fit(x, y, epochs=9)\n"
    )


def test_one_change_that_cannot_be_placed_keeps_the_whole_bundle_from_being_written():
    text = "x = Dense(2)(x)\nm.compile('adam', 'mse')\n"
    written = record(
        "set-loss",
        text,
        "m.compile('adam', 'mse')",
        (propose("set-output-activation", None, activation="sigmoid"),),
        loss="binary_crossentropy",
    )
    assert written.diff is None
    assert written.says.endswith("Change the output layer by hand: its place in your code was not seen.")


def test_a_change_that_is_made_already_does_not_spoil_the_bundle():
    text = "x = Dense(1)(x)\nm.compile('adam', 'mse')\n"
    linear = propose("set-output-activation", place(text, "Dense(1)"), activation="linear")
    at = "m.compile('adam', 'mse')"
    assert edited("set-loss", text, at, (linear,), loss="mae") == text.replace("mse", "mae")
    written = record("set-output-activation", text, "Dense(1)", activation="linear")
    assert written.diff is None
    assert "it says so already" in written.says
