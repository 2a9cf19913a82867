"""Remedies that edit the fit call, or the rows before it: source before and after, and what fit then gets."""

import numpy as np
import pytest
from writing import edited, record

ARGUMENTS = {
    "epochs": ("train-longer", "m.fit(x, y, epochs=3)", {"epochs": 30}, "m.fit(x, y, epochs=30)"),
    "epochs by position": ("train-longer", "m.fit(x, y, 32, 3)", {"epochs": 30}, "m.fit(x, y, 32, 30)"),
    "no epochs": ("train-longer", "m.fit(x, y)", {"epochs": 30}, "m.fit(x, y, epochs=30)"),
    "hanging arguments": (
        "train-longer",
        "m.fit(x, y,\n      verbose=0)",
        {"epochs": 30},
        "m.fit(x, y,\n      verbose=0,\n      epochs=30)",
    ),
    "a line each": (
        "train-longer",
        "m.fit(\n    x,\n    y,  # labels\n)",
        {"epochs": 30},
        "m.fit(\n    x,\n    y,  # labels\n    epochs=30,\n)",
    ),
    "a line each, no last comma": (
        "train-longer",
        "m.fit(\n    x,\n    y  # labels, too\n)",
        {"epochs": 30},
        "m.fit(\n    x,\n    y,  # labels, too\n    epochs=30,\n)",
    ),
    "a comment before the bracket": (
        "train-longer",
        "m.fit(x, y  # labels\n)",
        {"epochs": 30},
        "m.fit(x, y, epochs=30  # labels\n)",
    ),
    "batch size": ("set-batch-size", "m.fit(x, y, 4096)", {"batch_size": 32}, "m.fit(x, y, 32)"),
    "batch size of batches": ("set-batch-size", "m.fit(batches)", {"batch_size": 32}, None),
    "order": ("shuffle-batches", "m.fit(x, y, shuffle=False)", {}, "m.fit(x, y, shuffle=True)"),
    "order made elsewhere": ("shuffle-batches", "m.fit(batches)", {}, None),
    "class weights": (
        "weigh-classes",
        "m.fit(x, y)",
        {"weights": ((0.0, 0.5263157894), (1.0, 10))},
        "m.fit(x, y, class_weight={0: 0.5263, 1: 10.0})",
    ),
    "other class weights": (
        "weigh-classes",
        "m.fit(x, y, class_weight=None)",
        {"weights": ((0, 0.5), (1, 10.0))},
        "m.fit(x, y, class_weight={0: 0.5, 1: 10.0})",
    ),
    "stop early": (
        "stop-early",
        "m.fit(x, y)",
        {"patience": 3},
        "m.fit(x, y, callbacks=[callbacks.EarlyStopping(patience=3, restore_best_weights=True)])",
    ),
    "stop early, too": (
        "stop-early",
        "m.fit(x, y, callbacks=[log])",
        {"patience": 3},
        "m.fit(x, y, callbacks=[log, callbacks.EarlyStopping(patience=3, restore_best_weights=True)])",
    ),
    "stop early instead of nothing": (
        "stop-early",
        "m.fit(x, y, callbacks=None)",
        {"patience": 3},
        "m.fit(x, y, callbacks=[callbacks.EarlyStopping(patience=3, restore_best_weights=True)])",
    ),
    "callbacks from elsewhere": ("stop-early", "m.fit(x, y, callbacks=make())", {"patience": 3}, None),
    "without a callback": (
        "leave-out-callback",
        "m.fit(x, y, callbacks=[a, callbacks.LearningRateScheduler(f), b])",
        {"kind": "LearningRateScheduler"},
        "m.fit(x, y, callbacks=[a, b])",
    ),
    "without the only callback": (
        "leave-out-callback",
        "m.fit(x, y, callbacks=[callbacks.LearningRateScheduler(f)])",
        {"kind": "LearningRateScheduler"},
        "m.fit(x, y, callbacks=[])",
    ),
    "without a callback that is no list": (
        "leave-out-callback",
        "m.fit(x, y, callbacks=callbacks.LearningRateScheduler(f))",
        {"kind": "LearningRateScheduler"},
        "m.fit(x, y, callbacks=None)",
    ),
    "without a callback that is not there": (
        "leave-out-callback",
        "m.fit(x, y, callbacks=[a])",
        {"kind": "LearningRateScheduler"},
        None,
    ),
    "without a callback, from elsewhere": (
        "leave-out-callback",
        "m.fit(x, y, callbacks=make())",
        {"kind": "LearningRateScheduler"},
        None,
    ),
    "stops early": (
        "stop-early",
        "m.fit(x, y, callbacks=[callbacks.EarlyStopping()])",
        {"patience": 3},
        None,
    ),
}


MODES = [
    ('callbacks.EarlyStopping("val_acc", mode="min")', 'callbacks.EarlyStopping("val_acc", mode="max")'),
    (
        "callbacks.EarlyStopping('val_acc', 0, 3, 1, 'min')",
        "callbacks.EarlyStopping('val_acc', 0, 3, 1, 'max')",
    ),
]


@pytest.mark.parametrize(("before", "after"), MODES)
def test_the_mode_of_a_callback_is_set_where_it_is_made(before, after):
    text = f"from keras import callbacks\nstop = {before}\nm.fit(x, y, callbacks=[stop])\n"
    values = {"kind": "EarlyStopping", "monitor": "val_acc", "mode": "max"}
    assert edited("set-callback-mode", text, before, **values) == text.replace(before, after)


@pytest.mark.parametrize(("name", "before", "values", "after"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_arguments_of_fit_are_set(name, before, values, after):
    head = "from keras import callbacks\n\n"
    expected = None if after is None else f"{head}h = {after}\n"
    assert edited(name, f"{head}h = {before}\n", before, **values) == expected


@pytest.mark.parametrize(
    ("head", "change"),
    [
        ("CBS = [log]\n", ("[log]", "[log, EarlyStopping(patience=3, restore_best_weights=True)]")),
        (
            "CBS = [\n    log,\n]\n",
            ("    log,\n", "    log,\n    EarlyStopping(patience=3, restore_best_weights=True),\n"),
        ),
        (
            "CBS = [log]\nprint(CBS)\n",
            ("callbacks=CBS", "callbacks=[*CBS, EarlyStopping(patience=3, restore_best_weights=True)]"),
        ),
        (
            "CBS = Log()\n",
            ("callbacks=CBS", "callbacks=[CBS, EarlyStopping(patience=3, restore_best_weights=True)]"),
        ),
    ],
)
def test_callbacks_behind_a_name_are_extended(head, change):
    text = f"from keras.callbacks import EarlyStopping\n{head}m.fit(x, y, callbacks=CBS)\n"
    assert edited("stop-early", text, "m.fit(x, y, callbacks=CBS)", patience=3) == text.replace(*change)


@pytest.mark.parametrize(
    "head",
    [
        "args = parser.parse_args()\nEPOCHS = args.epochs\n",
        "import sys\nEPOCHS = int(sys.argv[1])\n",
        "import os\nEPOCHS = int(os.environ['EPOCHS'])\n",
        "EPOCHS = int(input('how long? '))\n",
    ],
)
def test_epochs_from_the_command_line_are_said_to_be(head):
    written = record(
        "train-longer", f"{head}m.fit(x, y, epochs=EPOCHS)\n", "m.fit(x, y, epochs=EPOCHS)", epochs=9
    )
    assert written.diff is None
    assert written.says.startswith("Train for 9 epochs. Change the number of epochs by hand at train.py:")
    assert "the value comes from outside the script (EPOCHS), so give it there" in written.says


SHUFFLED = {
    "at module level": (
        "import numpy as np\nmodel.fit(x, y, validation_split=0.2)\n",
        "import numpy as np\norder = np.random.default_rng(0).permutation(len(x))\n"
        "x, y = x[order], y[order]\n"
        "model.fit(x, y, validation_split=0.2)\n",
    ),
    "numpy to be imported, name taken": (
        '"""Trains."""\nimport keras  # first\norder = 1\nmodel.fit(x, y, validation_split=0.2)\n',
        '"""Trains."""\nimport keras  # first\nimport numpy as np\norder = 1\n'
        "order_2 = np.random.default_rng(0).permutation(len(x))\nx, y = x[order_2], y[order_2]\n"
        "model.fit(x, y, validation_split=0.2)\n",
    ),
    "rows of an outer scope in a function": (
        "import numpy\nx = load()\n\ndef train(y):\n\t# go\n\treturn model.fit(x, y, validation_split=0.2)\n",
        "import numpy\nx = load()\n\ndef train(y):\n\t# go\n\tinputs = x\n"
        "\torder = numpy.random.default_rng(0).permutation(len(inputs))\n"
        "\tinputs, y = inputs[order], y[order]\n\treturn model.fit(inputs, y, validation_split=0.2)\n",
    ),
    "expressions": (
        "import numpy as np\nmodel.fit(data[:, :4], data[:, 4], validation_split=0.2)\n",
        "import numpy as np\ninputs = data[:, :4]\ntargets = data[:, 4]\n"
        "order = np.random.default_rng(0).permutation(len(inputs))\n"
        "inputs, targets = inputs[order], targets[order]\n"
        "model.fit(inputs, targets, validation_split=0.2)\n",
    ),
    "several inputs, a dict and weights": (
        "import numpy as np\nmodel.fit([a, b], {'o': y}, validation_split=0.2, sample_weight=w)\n",
        "import numpy as np\norder = np.random.default_rng(0).permutation(len(a))\n"
        "a, b, y, w = a[order], b[order], y[order], w[order]\n"
        "model.fit([a, b], {'o': y}, validation_split=0.2, sample_weight=w)\n",
    ),
    "data frames": (
        "import numpy as np\nimport pandas as pd\nmodel.fit(x, y, validation_split=0.2)\n",
        "import numpy as np\nimport pandas as pd\nx = np.asarray(x)\ny = np.asarray(y)\n"
        "order = np.random.default_rng(0).permutation(len(x))\nx, y = x[order], y[order]\n"
        "model.fit(x, y, validation_split=0.2)\n",
    ),
    "a loop over the same rows": (
        "import numpy as np\nfor epoch in range(9):\n    model.fit(x, y, validation_split=0.2)\n",
        "import numpy as np\norder = np.random.default_rng(0).permutation(len(x))\n"
        "x, y = x[order], y[order]\n"
        "for epoch in range(9):\n    model.fit(x, y, validation_split=0.2)\n",
    ),
    "a loop on one line": (
        "import numpy as np\nfor epoch in range(9): model.fit(x, y, validation_split=0.2)\n",
        "import numpy as np\norder = np.random.default_rng(0).permutation(len(x))\n"
        "x, y = x[order], y[order]\n"
        "for epoch in range(9): model.fit(x, y, validation_split=0.2)\n",
    ),
    "a loop over other rows each time": (
        "import numpy as np\nfor x in parts:\n    model.fit(x, y, validation_split=0.2)\n",
        "import numpy as np\nfor x in parts:\n    targets = y\n"
        "    order = np.random.default_rng(0).permutation(len(x))\n"
        "    x, targets = x[order], targets[order]\n"
        "    model.fit(x, targets, validation_split=0.2)\n",
    ),
    "split by hand": (
        "a, b, c, d = train_test_split(x, y, shuffle=False)\nmodel.fit(a, c, validation_data=(b, d))\n",
        "a, b, c, d = train_test_split(x, y, shuffle=True)\nmodel.fit(a, c, validation_data=(b, d))\n",
    ),
    "batches": ("model.fit(batches, validation_split=0.2)\n", None),
    "split elsewhere": ("model.fit(a, c, validation_data=(b, d))\n", None),
    "not first on its line": ("import numpy as np\nx = f(); model.fit(x, y, validation_split=0.2)\n", None),
    "head of a statement": (
        "import numpy as np\nif model.fit(x, y, validation_split=0.2):\n    pass\n",
        None,
    ),
    "branch on one line": ("import numpy as np\nif go: model.fit(x, y, validation_split=0.2)\n", None),
    "lambda": ("import numpy as np\ngo = lambda x: model.fit(x, y, validation_split=0.2)\n", None),
    "unpacked": ("import numpy as np\nmodel.fit(*data, validation_split=0.2)\n", None),
    "np is something else": ("np = 1\nmodel.fit(x, y, validation_split=0.2)\n", None),
}


@pytest.mark.parametrize(("before", "after"), SHUFFLED.values(), ids=SHUFFLED)
def test_rows_are_shuffled_before_the_split(before, after):
    start = before.index("model.fit")
    end = before.index(")\n", start) + 1 if ")\n" in before[start:] else before.index("):", start) + 1
    assert edited("shuffle-before-split", before, before[start:end]) == after


class Fitted:
    """A model that keeps what it is given."""

    def fit(self, x, y, **rest):
        self.x, self.y, self.rest = x, y, rest


def fitted(name, call="model.fit(x, y, validation_data=(x_val, y_val))", head="", **arrays):
    """What fit gets after the remedy. The text that is run is our own."""
    values = arrays.pop("values", {})
    text = f"import numpy as np\n{head}{call}\n"
    after = edited(name, text, call, **values)
    assert after is not None
    model = Fitted()
    model.text = after
    exec(after, {"model": model, **arrays})
    return model


X = np.arange(24, dtype="float64").reshape(6, 4) ** 2
Y = np.array([3, 1, 7, 7, 1, 3])


def test_inputs_are_standardised_by_the_training_rows():
    model = fitted("standardise-inputs", x=X, y=Y, x_val=X[:2] + 5, y_val=Y[:2])
    np.testing.assert_allclose(model.x.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(model.x.std(axis=0), 1)
    np.testing.assert_allclose(model.rest["validation_data"][0], (X[:2] + 5 - X.mean(axis=0)) / X.std(axis=0))


@pytest.mark.parametrize("shape", [(24,), (6, 4), (2, 3, 4), (2, 3, 2, 2)])
def test_features_are_standardised_over_all_other_axes(shape):
    rows = np.arange(24.0).reshape(shape)
    rows[..., 0] = 5 if len(shape) > 1 else rows[0]
    values = {"dimensions": len(shape) - 1}
    model = fitted("standardise-inputs", "model.fit(x, y)", x=rows, y=Y, values=values)
    x = model.x.reshape(-1, *shape[1:][-1:] or (1,))
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(x[:, -1].std(axis=0), 1)
    assert np.isfinite(x).all()


@pytest.mark.parametrize("head", ["", "from sklearn.preprocessing import StandardScaler\n"])
@pytest.mark.parametrize("x", [X, X.astype("float32"), X.astype("int64")])
def test_inputs_are_scaled_by_the_rows_that_train_as_the_file_scales(head, x):
    values, call = {"dimensions": 1}, "model.fit(x, y, validation_split=0.5)"
    model = fitted("standardise-inputs", call, head=head, x=x, y=Y, values=values)
    assert ("StandardScaler" in model.text) is bool(head)
    np.testing.assert_allclose(model.x, (x - x[:3].mean(axis=0)) / x[:3].std(axis=0), rtol=1e-5)
    targets = fitted("standardise-targets", call, x=X, y=Y).y
    np.testing.assert_allclose(targets, (Y - Y[:3].mean()) / Y[:3].std())


def test_validation_rows_cut_from_the_same_array_are_taken_before_it_is_changed():
    call = "model.fit(x, y, validation_data=(x[4:], y[4:]))"
    model = fitted("rescale-inputs", call, x=X, y=Y, values={"divisor": 255.0})
    np.testing.assert_allclose(model.x, X / 255, rtol=1e-6)
    np.testing.assert_allclose(model.rest["validation_data"][0], X[4:] / 255, rtol=1e-6)


def test_rows_that_judge_themselves_are_changed_once():
    model = fitted(
        "rescale-inputs", "model.fit(x, y, validation_data=(x, y))", x=X, y=Y, values={"divisor": 2}
    )
    np.testing.assert_allclose(model.x, X / 2)
    np.testing.assert_allclose(model.rest["validation_data"][0], X / 2)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("y = y + 1\nmodel.fit(x, y)\n", "model.fit(x, y)\n"),
        ("y += 1  # from 1\nz = x.mean()\nmodel.fit(x, y)\n", "z = x.mean()\nmodel.fit(x, y)\n"),
        ("y = y + 1\ny = y * 2\nmodel.fit(x, y)\n", "y = y + 1\ny = y * 2\ny = y - 1\nmodel.fit(x, y)\n"),
        ("if old:\n    y += 1\nmodel.fit(x, y)\n", "if old:\n    y += 1\ny = y - 1\nmodel.fit(x, y)\n"),
        ("y = y + 1\nprint(y)\nmodel.fit(x, y)\n", None),
    ],
)
def test_labels_are_not_moved_back_below_the_line_that_moved_them(before, after):
    assert edited("shift-labels", before, "model.fit(x, y)", by=-1) == after


@pytest.mark.parametrize(
    ("name", "values", "labels", "expected"),
    [
        ("standardise-targets", {}, [1.0, 3.0], [-1.0, 1.0]),
        ("shift-labels", {"by": -1}, [1, 2, 3], [0, 1, 2]),
        ("shift-labels", {"by": 1}, [-1, 0, 1], [0, 1, 2]),
        ("encode-labels", {}, [7, 3, 12, 3], [1, 0, 2, 0]),
        ("remap-signed-labels", {}, [-1, 1, 1], [0, 1, 1]),
        ("remap-signed-labels", {}, [-1.0, 1.0], [0, 1]),
        ("rescale-labels", {"factor": 255.0}, np.array([0, 1, 9]) / np.float32(255), [0, 1, 9]),
        ("binarise-targets", {"threshold": 0.5}, [0.2, 0.5, 0.7], [0, 0, 1]),
    ],
)
def test_labels_are_changed_for_training_and_validation(name, values, labels, expected):
    y = np.array(labels)
    model = fitted(name, x=X, y=y, x_val=X, y_val=y[1:], values=values)
    np.testing.assert_allclose(model.y, expected)
    np.testing.assert_allclose(model.rest["validation_data"][1], expected[1:])


def test_rows_that_are_no_numbers_are_dropped_together():
    x, y, w = X.copy(), Y.astype(float), np.arange(6.0)
    x[1, 2], y[3], x[5] = np.nan, np.inf, -np.inf
    call = "model.fit(x, y, sample_weight=w, validation_data=(xv, yv, wv))"
    model = fitted("drop-non-finite-rows", call, x=x, y=y, w=w, xv=x[1:], yv=y[1:], wv=w[1:])
    np.testing.assert_array_equal(model.x, x[[0, 2, 4]])
    np.testing.assert_array_equal(model.y, y[[0, 2, 4]])
    np.testing.assert_array_equal(model.rest["sample_weight"], [0, 2, 4])
    np.testing.assert_array_equal(model.rest["validation_data"][2], [2, 4])


def test_shuffled_rows_stay_paired():
    model = fitted("shuffle-before-split", "model.fit(x, y, validation_split=.5)", x=X, y=X[:, 0])
    np.testing.assert_array_equal(model.x[:, 0], model.y)
    assert list(model.y) != list(X[:, 0])
    assert sorted(model.y) == sorted(X[:, 0])


def test_rows_of_an_object_are_left_as_they_are_outside_fit():
    call = "model.fit(self.x, self.y, validation_data=(self.x, self.y))"
    holder = type("Holder", (), {"x": X, "y": Y})()
    model = fitted("standardise-inputs", call, self=holder)
    assert holder.x is X
    np.testing.assert_allclose(model.rest["validation_data"][0], model.x)


@pytest.mark.parametrize(
    "call",
    [
        "model.fit(batches)",
        "model.fit([a, b], y)",
        "model.fit(x, y, validation_data=held_out)",
        "model.fit(x, y, validation_data=([a, b], y))",
        "model.fit((x := load()), y)",
    ],
)
def test_rows_that_are_not_plain_arrays_are_left(call):
    assert edited("standardise-inputs", f"import numpy as np\n{call}\n", call) is None
