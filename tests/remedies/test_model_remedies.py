"""Remedies that edit the layers of a model: source before and after."""

import pytest
from writing import edited, record

ACTIVATION = {
    # name: (before, the call pointed at, after)
    "keyword": (
        'model.add(Dense(1, activation="softmax"))\n',
        'Dense(1, activation="softmax")',
        'model.add(Dense(1, activation="sigmoid"))\n',
    ),
    "positional": ("x = Dense(1, 'softmax')(x)\n", "Dense(1, 'softmax')", "x = Dense(1, 'sigmoid')(x)\n"),
    "none given": ("x = Dense(1)(x)\n", "Dense(1)", 'x = Dense(1, activation="sigmoid")(x)\n'),
    "empty brackets of a list over lines": (
        "import keras\nfrom keras import layers\n\nmodel = keras.Sequential([\n"
        "    layers.LSTM(8),   # reads\n"
        "    layers.Dense(\n        1,\n        activation='softmax',  # the answer\n    ),\n])\n",
        "layers.Dense(\n        1,\n        activation='softmax',  # the answer\n    )",
        "import keras\nfrom keras import layers\n\nmodel = keras.Sequential([\n"
        "    layers.LSTM(8),   # reads\n"
        "    layers.Dense(\n        1,\n        activation='sigmoid',  # the answer\n    ),\n])\n",
    ),
    "Activation layer": (
        "import tensorflow as tf\nm.add(tf.keras.layers.Activation('softmax'))\n",
        "tf.keras.layers.Activation('softmax')",
        "import tensorflow as tf\nm.add(tf.keras.layers.Activation('sigmoid'))\n",
    ),
    "bare Softmax": (
        "from keras import layers\nm = Sequential([layers.Dense(1), layers.Softmax()])\n",
        "layers.Softmax()",
        'from keras import layers\nm = Sequential([layers.Dense(1), layers.Activation("sigmoid")])\n',
    ),
    "bare Softmax over a wrong axis, imported by name": (
        "from tensorflow.keras.layers import Softmax\n\nx = Softmax(axis=1)(x)\n",
        "Softmax(axis=1)",
        "from tensorflow.keras.layers import Softmax\nfrom tensorflow import keras\n\n"
        'x = keras.layers.Activation("sigmoid")(x)\n',
    ),
    "function object": (
        "import tensorflow as tf\nx = tf.keras.layers.Dense(1, activation=tf.nn.softmax)(x)\n",
        "tf.keras.layers.Dense(1, activation=tf.nn.softmax)",
        'import tensorflow as tf\nx = tf.keras.layers.Dense(1, activation="sigmoid")(x)\n',
    ),
    "constant used once": (
        "HEAD = 'softmax'\nx = Dense(1, activation=HEAD)(x)\n",
        "Dense(1, activation=HEAD)",
        "HEAD = 'sigmoid'\nx = Dense(1, activation=HEAD)(x)\n",
    ),
    "constant used twice": (
        "ACT = 'softmax'\nx = Dense(8, activation=ACT)(x)\nx = Dense(1, activation=ACT)(x)\n",
        "Dense(1, activation=ACT)",
        "ACT = 'softmax'\nx = Dense(8, activation=ACT)(x)\nx = Dense(1, activation='sigmoid')(x)\n",
    ),
    "default of a function": (
        "def head(x, kind='softmax'):\n    return Dense(1, activation=kind)(x)\n\ny = head(x)\n",
        "Dense(1, activation=kind)",
        "def head(x, kind='sigmoid'):\n    return Dense(1, activation=kind)(x)\n\ny = head(x)\n",
    ),
    "default that one of two calls overrules": (
        "def head(x, kind='softmax'):\n    return Dense(1, activation=kind)(x)\n\n"
        "y = head(x)\nz = head(x, 'relu')\n",
        "Dense(1, activation=kind)",
        "def head(x, kind='softmax'):\n    return Dense(1, activation='sigmoid')(x)\n\n"
        "y = head(x)\nz = head(x, 'relu')\n",
    ),
    "default that is read twice": (
        "def head(x, kind='softmax'):\n    x = Dense(8, activation=kind)(x)\n"
        "    return Dense(1, activation=kind)(x)\n\ny = head(x)\n",
        "Dense(1, activation=kind)",
        "def head(x, kind='softmax'):\n    x = Dense(8, activation=kind)(x)\n"
        "    return Dense(1, activation='sigmoid')(x)\n\ny = head(x)\n",
    ),
    "argument of the only call": (
        'def head(x, kind):\n    return Dense(1, activation=kind)(x)\n\ny = head(x, "softmax")\n',
        "Dense(1, activation=kind)",
        'def head(x, kind):\n    return Dense(1, activation=kind)(x)\n\ny = head(x, "sigmoid")\n',
    ),
    "entry of a dictionary": (
        "CONFIG = {'width': 8, 'head': 'softmax'}\nx = Dense(1, activation=CONFIG['head'])(x)\n",
        "Dense(1, activation=CONFIG['head'])",
        "CONFIG = {'width': 8, 'head': 'sigmoid'}\nx = Dense(1, activation=CONFIG['head'])(x)\n",
    ),
    "field of a data class": (
        "from dataclasses import dataclass\n\n@dataclass\nclass Config:\n    head: str = 'softmax'\n\n"
        "config = Config()\nx = Dense(1, activation=config.head)(x)\n",
        "Dense(1, activation=config.head)",
        "from dataclasses import dataclass\n\n@dataclass\nclass Config:\n    head: str = 'sigmoid'\n\n"
        "config = Config()\nx = Dense(1, activation=config.head)(x)\n",
    ),
    "attribute that a method reads": (
        "class Net:\n    def __init__(self, head='softmax'):\n        self.head = head\n\n"
        "    def build(self, x):\n        return Dense(1, activation=self.head)(x)\n\nNet().build(x)\n",
        "Dense(1, activation=self.head)",
        "class Net:\n    def __init__(self, head='softmax'):\n        self.head = head\n\n"
        "    def build(self, x):\n        return Dense(1, activation='sigmoid')(x)\n\nNet().build(x)\n",
    ),
    "spaces around equals signs": (
        "x = Dense( units = 1 )(x)\n",
        "Dense( units = 1 )",
        'x = Dense( units = 1, activation = "sigmoid" )(x)\n',
    ),
    "alias of an alias": (
        "import tensorflow as tf\nL = tf.keras.layers\nx = L.Dense(1, (\n  'softmax'))(x)\n",
        "L.Dense(1, (\n  'softmax'))",
        "import tensorflow as tf\nL = tf.keras.layers\nx = L.Dense(1, (\n  'sigmoid'))(x)\n",
    ),
    "Windows lines, tabs and other letters": (
        'def bauen():\r\n\tm.add(Dense(1, name="größe", activation="softmax"))  # é\r\n',
        'Dense(1, name="größe", activation="softmax")',
        'def bauen():\r\n\tm.add(Dense(1, name="größe", activation="sigmoid"))  # é\r\n',
    ),
}


@pytest.mark.parametrize(("before", "at", "after"), ACTIVATION.values(), ids=ACTIVATION)
def test_output_activation_is_set(before, at, after):
    assert edited("set-output-activation", before, at, activation="sigmoid") == after


@pytest.mark.parametrize(
    ("text", "at", "why"),
    [
        (
            "x = Dense(1, **options)(x)\n",
            "Dense(1, **options)",
            "the arguments of this call come from **options",
        ),
        ("def Dense(n):\n    pass\nx = Dense(1)\n", "Dense(1)", "the call was not found on this line"),
        ("x = Lambda(f)(x)\n", "Lambda(f)", "the call was not found on this line"),
        (
            "x = Dense(1, activation=args.act)\nargs = parse_args()\n",
            "Dense(1, activation=args.act)",
            "args.act",
        ),
        ("x = Softmax(name='end')(x)\n", "Softmax(name='end')", "arguments that would be lost"),
        ("x = Dense(1)(x)\n", None, "its place in your code was not seen"),
    ],
)
def test_output_activation_that_cannot_be_placed_is_left_to_the_user(text, at, why):
    written = record("set-output-activation", text, at, activation="sigmoid")
    assert written.diff is None
    assert "by hand" in written.says
    assert why in written.says


def test_hidden_activation_is_set():
    assert edited("set-hidden-activation", "Dense(8, 'tanh')\n", "Dense(8, 'tanh')", activation="relu") == (
        "Dense(8, 'relu')\n"
    )


@pytest.mark.parametrize(
    ("before", "after", "values"),
    [
        ("Dense(1)", "Dense(3)", {"units": 3}),
        ("Dense(units=1)", "Dense(units=3)", {"units": 3}),
        ("Dense(2, 'softmax')", "Dense(1, 'sigmoid')", {"units": 1, "activation": "sigmoid"}),
        ("Dense(2)", 'Dense(1, activation="sigmoid")', {"units": 1, "activation": "sigmoid"}),
        ("Dense(2)", "Dense(1)", {"units": 1, "activation": "linear"}),
        ("Conv2D(2, 3)", "Conv2D(5, 3)", {"units": 5}),
        ("Dense(len(names))", "Dense(3)", {"units": 3}),
    ],
)
def test_output_units_are_set(before, after, values):
    assert edited("set-output-units", f"x = {before}(x)\n", before, **values) == f"x = {after}(x)\n"


@pytest.mark.parametrize(
    ("name", "before", "after", "values"),
    [
        ("mask-padding", "Embedding(500, 16)", "Embedding(500, 16, mask_zero=True)", {}),
        ("mask-padding", "Embedding(500, 16, mask_zero=False)", "Embedding(500, 16, mask_zero=True)", {}),
        (
            "mask-padding",
            "Embedding(\n    500,\n    16,\n)",
            "Embedding(\n    500,\n    16,\n    mask_zero=True,\n)",
            {},
        ),
        ("enlarge-embedding", "Embedding(500, 16)", "Embedding(612, 16)", {"input_dim": 612}),
        ("enlarge-embedding", "Embedding(len(w), 16)", "Embedding(612, 16)", {"input_dim": 612}),
        ("widen-layer", "LSTM(1)", "LSTM(32)", {"units": 32}),
        ("lower-dropout", "Dropout(.9)", "Dropout(0.3)", {"rate": 0.3}),
        ("lower-dropout", "Dropout(rate=.9)", "Dropout(rate=0.3)", {"rate": 0.3}),
        ("lower-dropout", "LSTM(8, dropout=0.8)", "LSTM(8, dropout=0.3)", {"rate": 0.3}),
        (
            "set-batchnorm-momentum",
            "BatchNormalization()",
            "BatchNormalization(momentum=0.9)",
            {"momentum": 0.9},
        ),
        (
            "set-batchnorm-momentum",
            "BatchNormalization(-1, .99)",
            "BatchNormalization(-1, 0.9)",
            {"momentum": 0.9},
        ),
        (
            "lower-penalty",
            "Dense(8, kernel_regularizer=keras.regularizers.l2(0.1))",
            "Dense(8, kernel_regularizer=keras.regularizers.l2(0.001))",
            {},
        ),
        (
            "lower-penalty",
            "Dense(8, kernel_regularizer=keras.regularizers.L1L2(l1=0.0, l2=1), bias_regularizer='l2')",
            "Dense(8, kernel_regularizer=keras.regularizers.L1L2(l1=0.0, l2=0.01), "
            "bias_regularizer=keras.regularizers.L2(0.0001))",
            {},
        ),
    ],
)
def test_layer_arguments_are_set(name, before, after, values):
    head = "import keras\n"
    assert edited(name, f"{head}x = {before}(x)\n", before, **values) == f"{head}x = {after}(x)\n"


REMOVALS = {
    "own line in a list": (
        "m = Sequential([\n    Dense(3),\n    # a note\n    Dropout(.5),  # strong\n    Dense(1)\n])\n",
        "m = Sequential([\n    Dense(3),\n    # a note\n    Dense(1)\n])\n",
    ),
    "last line of a list": (
        "m = Sequential([\n    Dense(3),\n    Dropout(.5)\n])\n",
        "m = Sequential([\n    Dense(3),\n])\n",
    ),
    "last, before the bracket": (
        "m = Sequential([Dense(3),\n    Dropout(.5)])\n",
        "m = Sequential([Dense(3)])\n",
    ),
    "behind a comment": (
        "m = Sequential([Dense(3),  # wide\n    Dropout(.5)])\n",
        "m = Sequential([Dense(3),  # wide\n    ])\n",
    ),
    "middle of a line": ("m = Sequential([a, Dropout(.5), b])\n", "m = Sequential([a, b])\n"),
    "first of a line": ("m = Sequential([Dropout(.5), b])\n", "m = Sequential([b])\n"),
    "only one": ("m = Sequential([Dropout(.5),])\n", "m = Sequential([])\n"),
    "model.add": ("m.add(a)\nm.add(Dropout(.5))\nm.add(b)\n", "m.add(a)\nm.add(b)\n"),
    "functional": ("x = a(x)\nx = layers.Dropout(.5)(x)\nx = b(x)\n", "x = a(x)\nx = b(x)\n"),
    "functional under a new name": ("h = Dropout(.5)(x)\ny = b(h)\n", "h = x\ny = b(h)\n"),
    "functional in a call": ("y = b(Dropout(.5)(x, training=True))\n", "y = b(x)\n"),
    "made first, called later": ("drop = Dropout(.5)\ny = drop(a(x))\n", "y = a(x)\n"),
    "subclass": (
        "class M(Model):\n    def __init__(self):\n        self.a = A()\n        self.drop = Dropout(.5)\n\n"
        "    def call(self, x):\n        return self.drop(self.a(x))\n",
        "class M(Model):\n    def __init__(self):\n        self.a = A()\n\n"
        "    def call(self, x):\n        return self.a(x)\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), REMOVALS.values(), ids=REMOVALS)
def test_layer_is_removed(before, after):
    snippet = "layers.Dropout(.5)" if "layers." in before else "Dropout(.5)"
    assert edited("remove-layer", before, snippet) == after


@pytest.mark.parametrize(
    "text",
    [
        "drop = Dropout(.5)\ny = drop(drop(x))\n",
        "y = TimeDistributed(Dropout(.5))(x)\n",
        "m.add(a); m.add(Dropout(.5))\n",
        "if deep:\n    m.add(Dropout(.5))\n",
        "m = Sequential([Dropout(.5) if deep else a])\n",
        "y = Dropout(.5)(*xs)\n",
    ],
)
def test_layer_that_cannot_be_removed_exactly_stays(text):
    assert edited("remove-layer", text, "Dropout(.5)") is None


UNFREEZE = {
    "argument": (
        "x = Dense(8, trainable=False)(x)\n",
        "Dense(8, trainable=False)",
        "x = Dense(8, trainable=True)(x)\n",
    ),
    "its own statement": (
        "base = VGG16()\nbase.trainable = False\nother.trainable = False\n",
        "VGG16()",
        "base = VGG16()\nbase.trainable = True\nother.trainable = False\n",
    ),
    "the only loop": (
        "base = VGG16()\nfor layer in base.layers[:-4]:\n    layer.trainable = False\n",
        "VGG16()",
        "base = VGG16()\nfor layer in base.layers[:-4]:\n    layer.trainable = True\n",
    ),
    "no place": ("base.trainable = False\n", None, "base.trainable = True\n"),
    "several": ("a.trainable = False\nb.trainable = False\n", None, None),
    "none": ("a.trainable = True\n", None, None),
}


@pytest.mark.parametrize(("before", "at", "after"), UNFREEZE.values(), ids=UNFREEZE)
def test_layers_are_unfrozen(before, at, after):
    assert edited("unfreeze-layers", before, at) == after
