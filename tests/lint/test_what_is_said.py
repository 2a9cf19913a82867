"""What lint says of code that it can follow in part, and of code that only looks like a fault."""

import json

import pytest
from click.testing import CliRunner

from unstuck.cli import main
from unstuck.lint.check import check
from unstuck.lint.files import text_of
from unstuck.lint.settings import Settings

START = "import keras\nfrom keras import layers\n"
COMPILED = 'model.compile("adam", "binary_crossentropy", metrics=["accuracy"])\n'
FITTED = COMPILED + "model.fit(x, y)\n"
ONE = "softmax-over-one-unit"


#: What a doubt about a training comes to.
ONLY = "so what is found in this training is only suspected"


def said(text, start=START):
    """(rule, certainty) of all findings, and why a training was read in part."""
    checked = check(text_of("train.py", (start + text).encode()), Settings())
    assert checked.problem == ""
    return [(each.record.rule, each.record.certainty) for each in checked.found], checked.in_part


HEAD = 'layers.Dense(1, activation="softmax")'
BODY = f'model = keras.Sequential([layers.Dense(8, "relu"), {HEAD}])\n'

SEEN = {
    "a loop adds layers": (
        "model = keras.Sequential()\nfor width in widths:\n    model.add(layers.Dense(width, 'relu'))\n"
        f"model.add({HEAD})\n" + FITTED
    ),
    "a loop adds those of another model": (
        "base = keras.applications.EfficientNetB0(include_top=False)\nmodel = keras.Sequential()\n"
        "for layer in base.layers[:-2]:\n    model.add(layer)\n"
        f"model.add(layers.Flatten())\nmodel.add({HEAD})\n" + FITTED
    ),
    "a model for each fold": (
        "for a, b in folds:\n    model = keras.Sequential()\n    model.add(layers.Dense(8, 'relu'))\n"
        f"    model.add({HEAD})\n" + "".join(f"    {line}\n" for line in FITTED.splitlines())
    ),
    "until it is good": (
        "while score < 0.9:\n    model = keras.Sequential([layers.Dense(8)])\n"
        f"    model.add({HEAD})\n" + "".join(f"    {line}\n" for line in FITTED.splitlines())
    ),
    "arguments filled in": (
        "from functools import partial\nD = partial(layers.Dense, activation='softmax')\n"
        "model = keras.Sequential([layers.Dense(8, 'relu'), D(1)])\n" + FITTED
    ),
    "a softmax in a Lambda": (
        "a = keras.Input((4,))\nb = layers.Lambda(lambda t: keras.ops.softmax(t))(layers.Dense(1)(a))\n"
        "model = keras.Model(a, b)\n" + FITTED
    ),
    "made where nothing can be loaded": (
        "try:\n    model = keras.models.load_model('m.keras')\nexcept (OSError, ValueError):\n"
        f"    model = keras.Sequential([layers.Dense(8), {HEAD}])\n    {COMPILED}model.fit(x, y)\n"
    ),
    "watched": BODY + "import wandb\nwandb.watch(model, log='all')\n" + FITTED,
    "summed up": BODY + "from torchinfo import summary\nsummary(model)\n" + FITTED,
    "drawn and printed": BODY + "keras.utils.plot_model(model)\nprint(model)\n" + FITTED,
}


@pytest.mark.parametrize("text", SEEN.values(), ids=SEEN)
def test_an_output_is_proved_whatever_stands_before_it(text):
    findings, in_part = said(text)
    assert (ONE, "proved") in findings
    assert in_part == ()


IN_PART = {
    "a function of another file": ("from helpers import show\nshow(model)\n", "helpers.show"),
    "a callback of another file": ("from umlaut import Watcher\ncb = Watcher(model)\n", "umlaut.Watcher"),
    "a wrapper of another file": ("import wrap\nwrap.around(net=model)\n", "wrap.around"),
}


@pytest.mark.parametrize(("text", "who"), IN_PART.values(), ids=IN_PART)
def test_a_model_in_other_hands_is_only_suspected_and_that_is_said(text, who):
    findings, in_part = said(BODY + text + FITTED)
    assert findings == [(ONE, "suspected")]
    (reason,) = in_part
    assert reason.startswith(f"the model is handed to {who} (line ")
    assert reason.endswith(f", {ONLY}")


def test_keras_s_names_are_assumed_in_a_snippet_without_imports():
    text = "model = Sequential()\nmodel.add(Dense(8, input_dim=4, activation='relu'))\n"
    text += "model.add(Dense(1, activation='softmax'))\n" + FITTED
    assert said(text, start="") == (
        [(ONE, "suspected")],
        (f"it imports nothing, and Keras's names are assumed, {ONLY}",),
    )
    assert said(text, start="import math\n")[0] == []


DATA = {
    "ten classes": ("(x, y), _ = keras.datasets.cifar10.load_data()\n", "proved"),
    "three classes": (
        "from sklearn.datasets import load_wine as w\nx, y = w(return_X_y=True)\n",
        "proved",
    ),
    "two classes": (
        "import sklearn.datasets as d\nx, y = d.load_breast_cancer(return_X_y=True)\n",
        None,
    ),
    "two of ten": ("(x, y), _ = keras.datasets.mnist.load_data()\ny = y[y < 2]\n", None),
    "even or odd": ("(x, y), _ = keras.datasets.mnist.load_data()\ny = y % 2\n", None),
    "unknown": ("x, y = load()\n", None),
}


@pytest.mark.parametrize(("text", "certainty"), DATA.values(), ids=DATA)
def test_one_unit_is_too_few_for_the_classes_of_a_data_set_that_is_named(text, certainty):
    findings, _ = said(text + 'model = keras.Sequential([layers.Dense(1, activation="sigmoid")])\n' + FITTED)
    assert findings == ([("units-do-not-match-labels", certainty)] if certainty else [])


QUIET = {
    "compiled and never fitted": BODY + COMPILED + "features = model.predict(x)\n",
    "never compiled": "stack = keras.Sequential([layers.Dense(32, activation='relu') for _ in range(2)])\n",
    "two equal layers that bend": (
        "model = keras.Sequential([layers.Dense(32, activation='relu') for _ in range(2)])\n"
        "model.compile('adam', 'mse')\nmodel.fit(x, y)\n"
    ),
    "scaled as the network wants it": (
        "base = keras.applications.MobileNetV2(include_top=False)\na = keras.Input((96, 96, 3))\n"
        "b = base(layers.Rescaling(1 / 127.5, offset=-1)(a))\n"
        "model = keras.Model(a, layers.Dense(1, activation='sigmoid')(layers.Flatten()(b)))\n" + FITTED
    ),
    "members of lists and orders that change places": (
        "row = list(word)\nrow[0], row[1] = row[1], row[0]\nimport numpy as np\norder = np.arange(9)\n"
        "order[0], order[1] = order[1], order[0]\n"
        "model = keras.Sequential([layers.Dense(1)])\nmodel.compile('adam', 'mse')\nmodel.fit(x / 255, y)\n"
    ),
    "a softmax over 64, then a picture": (
        "model = keras.Sequential([layers.Dense(64, activation='softmax'), layers.Reshape((8, 8, 1))])\n"
        "model.compile('adam', 'kl_divergence')\nmodel.fit(x, y)\n"
    ),
    "labels mixed with labels": (
        "import tensorflow as tf\n(x, y), _ = keras.datasets.mnist.load_data()\nx = x / 255\n"
        "y = keras.ops.one_hot(y, 10)\none = tf.data.Dataset.from_tensor_slices((x, y)).batch(64)\n"
        "def mix(a, b):\n    return a[0] * 0.5 + b[0] * 0.5, a[1] * 0.5 + b[1] * 0.5\n"
        "both = tf.data.Dataset.zip((one, one)).map(mix)\n"
        "model = keras.Sequential([layers.Flatten(), layers.Dense(10, 'softmax')])\n"
        "model.compile('adam', 'categorical_crossentropy')\nmodel.fit(both)\n"
    ),
    "shuffled when unbatched": (
        "ds = ds.batch(1000).map(pack).unbatch().shuffle(500).batch(100)\n"
        "model = keras.Sequential([layers.Dense(8, 'relu'), layers.Dense(1)])\n"
        "model.compile('adam', 'mse')\nmodel.fit(ds)\n"
    ),
    "outputs in a dict, each with its own": (
        "class Two(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
        "        self.a = layers.Dense(1)\n        self.b = layers.Dense(1, activation='sigmoid')\n"
        "    def call(self, x):\n        return {'age': self.a(x), 'sex': self.b(x)}\n"
        "model = Two()\nmodel.compile('adam', {'age': 'mse', 'sex': 'binary_crossentropy'},"
        " metrics={'age': 'mae', 'sex': 'accuracy'})\nmodel.fit(x, {'age': a, 'sex': s})\n"
    ),
    "columns side by side, then a small buffer": (
        "import numpy as np\nimport tensorflow as tf\nx = np.concatenate([a, b], axis=1)\n"
        "ds = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(100).batch(32)\n"
        "model = keras.Sequential([layers.Dense(8, 'relu'), layers.Dense(1, activation='sigmoid')])\n"
        + COMPILED
        + "model.fit(ds)\n"
    ),
    "repeated, with a small buffer": (
        "import tensorflow as tf\n"
        "ds = tf.data.Dataset.from_tensor_slices((x, y)).repeat(5).shuffle(100).batch(32)\n"
        "model = keras.Sequential([layers.Dense(8, 'relu'), layers.Dense(1, activation='sigmoid')])\n"
        + COMPILED
        + "model.fit(ds)\n"
    ),
    "pixels prepared in a function that is mapped": (
        "def prepare(image, label):\n    return image / 127.5 - 1.0, label\n"
        "ds = keras.utils.image_dataset_from_directory('d', image_size=(96, 96)).map(prepare)\n"
        "base = keras.applications.MobileNetV2(include_top=False, pooling='avg')\n"
        "model = keras.Sequential([base, layers.Dense(1, activation='sigmoid')])\n"
        + COMPILED
        + "model.fit(ds)\n"
    ),
    "pixels of which the text shows nothing": (
        "base = keras.applications.InceptionV3(include_top=False, pooling='avg')\n"
        "model = keras.Sequential([base, layers.Dense(1, activation='sigmoid')])\n"
        + COMPILED
        + "model.fit(batches)\n"
    ),
    "two outputs, each with its own": (
        "class Two(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
        "        self.a = layers.Dense(1)\n        self.b = layers.Dense(4, activation='softmax')\n"
        "    def call(self, x):\n        return self.a(x), self.b(x)\n"
        "model = Two()\nmodel.compile('adam', ['mse', 'sparse_categorical_crossentropy'],"
        " metrics=[['mae'], ['accuracy']])\nmodel.fit(x, [a, b])\n"
    ),
}


@pytest.mark.parametrize("text", QUIET.values(), ids=QUIET)
def test_what_only_looks_like_a_fault_is_not_even_suspected(text):
    assert said(text)[0] == []


UNSURE = {
    "a function that nothing calls": (
        "classes = 2\ny = keras.utils.to_categorical(labels, classes)\ndef build():\n"
        "    model = keras.Sequential([layers.Dense(classes, activation='softmax')])\n"
        "    model.compile('adam', 'categorical_crossentropy')\n    model.fit(x, y)\nclasses = 10\n"
    ),
    "frozen inside a trainer": (
        "from other import Encoder\nclass Trainer(keras.Model):\n    def __init__(self, part):\n"
        "        super().__init__()\n        self.part = part\n        self.part.trainable = False\n"
        "    def train_step(self, data):\n        return {}\n"
        "model = Trainer(Encoder(64))\nmodel.compile('adam', 'mse')\nmodel.fit(x, y)\n"
    ),
    "binary cross-entropy on one-hot": (
        "y = keras.utils.to_categorical(labels, 10)\n"
        "model = keras.Sequential([layers.Dense(10, activation='softmax')])\n" + FITTED
    ),
}


@pytest.mark.parametrize("text", UNSURE.values(), ids=UNSURE)
def test_nothing_is_sure_and_nothing_is_measured(text):
    assert {certainty for _, certainty in said(text)[0]} <= {"suspected"}


SUSPECTED = {
    "rows that are trained on and change places": (
        "i, j = 0, 1\nx[i], x[j] = x[j], x[i]\nmodel = keras.Sequential([layers.Dense(1)])\n"
        "model.compile('adam', 'mse')\nmodel.fit(x / 255, y)\n",
        "rows-swapped-through-views",
    ),
    "an autoencoder with a softmax": (
        "model = keras.Sequential([layers.Dense(6, 'relu'), layers.Dense(64, activation='softmax')])\n"
        "model.compile('adam', 'binary_crossentropy')\nmodel.fit(x, x)\n",
        "output-range-excludes-targets",
    ),
    "standardised targets under a ReLU": (
        "from sklearn.preprocessing import StandardScaler\ny = StandardScaler().fit_transform(y)\n"
        "model = keras.Sequential([layers.Dense(8, 'relu'), layers.Dense(1, activation='relu')])\n"
        "model.compile('adam', 'mse')\nmodel.fit(x, y)\n",
        "output-range-excludes-targets",
    ),
    "dropped scores": (
        "model = keras.Sequential([layers.Dense(9, 'relu'), layers.Dense(4), layers.Dropout(0.3), "
        "layers.Softmax()])\nmodel.compile('adam', 'categorical_crossentropy')\nmodel.fit(x, y)\n",
        "noise-after-output",
    ),
    "scores cut off at 0": (
        "model = keras.Sequential([layers.Dense(9, 'relu'), layers.Dense(4, 'relu'), layers.Softmax()])\n"
        "model.compile('adam', 'sparse_categorical_crossentropy')\nmodel.fit(x, y)\n",
        "relu-output",
    ),
}


SUSPECTED |= {
    f"as many sigmoids as columns, {units}": (
        "y = keras.utils.to_categorical(labels)\n"
        f"model = keras.Sequential([layers.Dense(9, 'relu'), layers.Dense({units}, activation='sigmoid')])\n"
        "model.compile('adam', 'categorical_crossentropy')\nmodel.fit(x, y)\n",
        "sigmoid-with-categorical-crossentropy",
    )
    for units in ("y.shape[1]", "y.shape[-1]")
}


@pytest.mark.parametrize(("text", "rule"), SUSPECTED.values(), ids=SUSPECTED)
def test_what_depends_on_the_data_is_suspected(text, rule):
    assert said(text)[0] == [(rule, "suspected")]


TABLE = "y = keras.utils.to_categorical(labels)\n"
SPLIT = "from sklearn.model_selection import train_test_split\na, b, y, d = train_test_split(x, y)\n"
JOINED = "import numpy as np\ny = np.concatenate([y, more], axis=1)\n"


def sigmoids(before, width):
    """What is said of sigmoid units of this width, as written, under categorical cross-entropy."""
    net = f"a = keras.Input((4,))\nmodel = keras.Model(a, layers.Dense({width}, activation='sigmoid')(a))\n"
    return said(f"{before}{net}model.compile('adam', 'categorical_crossentropy')\nmodel.fit(x, y)\n")[0]


@pytest.mark.parametrize(
    ("before", "width"),
    [
        (TABLE + SPLIT, "y.shape[-1]"),
        (TABLE + "y = y[:100].astype('float32')\nclasses = y.shape[1]\n", "classes"),
        (TABLE + "rows, classes = y.shape\n", "units=classes"),
        ("import pandas as pd\ny = pd.get_dummies(labels).values\n", "y.shape[1]"),
        ("import tensorflow as tf\ny = tf.one_hot(labels, depth)\n", "y.shape[-1]"),
    ],
)
def test_a_width_that_is_the_columns_of_one_hot_labels_is_one_for_each_class(before, width):
    assert sigmoids(before, width) == [("sigmoid-with-categorical-crossentropy", "suspected")]


@pytest.mark.parametrize(
    ("before", "width"),
    [
        ("", "y.shape[1]"),
        (TABLE, "y.shape[0]"),
        (TABLE, "x.shape[1]"),
        (TABLE + JOINED, "y.shape[1]"),
        (TABLE + "y = y[:, 0]\n", "y.shape[-1]"),
        (TABLE + "y = y.argmax(-1)\n", "y.shape[-1]"),
    ],
)
def test_any_other_width_from_data_tells_nothing(before, width):
    assert sigmoids(before, width) == []


NAMED = """import keras
from keras import layers
model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(1)])
model.compile(
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy(name="acc", dtype="float32"), "mae"],
)
stop = keras.callbacks.ModelCheckpoint("best.keras", monitor="val_acc")
model.fit(x, y, validation_split=0.2, callbacks=[stop])
"""


def test_a_fix_keeps_the_name_and_every_other_argument(here):
    (here / "train.py").write_text(NAMED)
    CliRunner().invoke(main, ["lint", "--fix", "train.py"])
    before = 'BinaryAccuracy(name="acc", dtype="float32")'
    after = 'BinaryAccuracy(name="acc", dtype="float32", threshold=0.0)'
    assert (here / "train.py").read_text() == NAMED.replace(before, after)


def test_what_was_read_in_part_stands_in_every_format(here):
    (here / "train.py").write_text(START + BODY + "from helpers import show\nshow(model)\n" + FITTED)
    told = {form: CliRunner().invoke(main, ["lint", "--format", form, "train.py"]).output for form in FORMATS}
    assert (
        json.loads(told["json"])["in_part"][0]["reason"]
        == f"the model is handed to helpers.show (line 5), {ONLY}"
    )
    assert json.loads(told["json"])["trainings"] == 1
    assert all("handed to helpers.show" in " ".join(text.split()) for text in told.values())


FORMATS = ("text", "json", "sarif", "github")
