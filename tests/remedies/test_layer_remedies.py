"""Remedies that add a layer or change how one begins: in a list, in add and in functional style."""

import pytest
from writing import edited, record

LIST = """import keras
from keras.layers import Dense
model = keras.Sequential([
    Dense(8, activation="relu"),  # hidden
    # The output.
    Dense(1, activation="sigmoid"),
])
"""
HIDDEN, OUTPUT = 'Dense(8, activation="relu")', 'Dense(1, activation="sigmoid")'
LAYER = "    keras.layers.{}\n"


def test_a_layer_follows_in_a_list_of_lines():
    assert edited("deepen", LIST, HIDDEN, units=8, activation="relu") == LIST.replace(
        "# hidden\n", '# hidden\n    Dense(8, activation="relu"),\n'
    )
    assert edited("add-batch-normalisation", LIST, HIDDEN) == LIST.replace(
        "# hidden\n", "# hidden\n    keras.layers.BatchNormalization(),\n"
    )
    assert edited("add-batch-normalisation", LIST, OUTPUT) == LIST.replace(
        "])\n", "    keras.layers.BatchNormalization(),\n])\n"
    )


def test_dropout_comes_before_the_output():
    assert edited("add-dropout", LIST, OUTPUT, rate=0.3) == LIST.replace(
        "# hidden\n", "# hidden\n    keras.layers.Dropout(0.3),\n"
    )
    assert edited("add-dropout", LIST, HIDDEN, rate=0.3) == LIST.replace(
        f"    {HIDDEN}", f"    keras.layers.Dropout(0.3),\n    {HIDDEN}"
    )


PLACES = {
    "in one line": (
        "m = keras.Sequential([Dense(8), Dense(1)])\n",
        "m = keras.Sequential([Dense(8), keras.layers.{}, Dense(1)])\n",
    ),
    "a list of its own": (
        "parts = [Dense(8), Dense(1)]\nm = keras.Sequential(parts)\n",
        "parts = [Dense(8), keras.layers.{}, Dense(1)]\nm = keras.Sequential(parts)\n",
    ),
    "by add": (
        "def build():\r\n\tm = keras.Sequential()\r\n\tm.add(Dense(8))  # a\r\n\tm.add(Dense(1))\r\n",
        "def build():\r\n\tm = keras.Sequential()\r\n\tm.add(Dense(8))  # a\r\n\tm.add(keras.layers.{})\r\n"
        "\tm.add(Dense(1))\r\n",
    ),
    "applied at once": (
        "y = Dense(1)(Dense(8)(x))\n",
        "y = Dense(1)(keras.layers.{}(Dense(8)(x)))\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), PLACES.values(), ids=PLACES)
def test_a_layer_is_put_where_the_model_is_written(before, after):
    head = "import keras\nfrom keras.layers import Dense\n"
    newline = "\r\n" if "\r\n" in before else "\n"
    text, wanted = (head.replace("\n", newline) + part for part in (before, after))
    assert edited("add-batch-normalisation", text, "Dense(8)") == wanted.format("BatchNormalization()")
    assert edited("add-dropout", text, "Dense(1)", rate=0.5) == wanted.format("Dropout(0.5)")


def test_the_last_add_of_a_file_without_a_last_newline():
    text = "import keras\nm = keras.Sequential()\nm.add(keras.layers.Dense(8))"
    assert edited("add-batch-normalisation", text, "keras.layers.Dense(8)") == (
        f"{text}\nm.add(keras.layers.BatchNormalization())"
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("d = Dense(8)\ny = d(x)\n", "neither in the list of a Sequential model nor in its add"),
        ("parts = [Dense(8), Dense(1)]\n", "neither in the list of a Sequential model nor in its add"),
        ("m = Sequential([Dense(8) for _ in a])\n", "several objects"),
        ("m = Sequential(); m.add(Dense(8))\n", "neither in the list of a Sequential model nor in its add"),
    ],
)
def test_a_layer_used_in_another_way_is_left_to_the_user(text, why):
    from dataclasses import replace

    from writing import place

    at = replace(place(text, "Dense(8)"), shared=" for " in text)
    written = record("add-batch-normalisation", text, at)
    assert written.diff is None
    assert why in written.says


def test_dropout_is_not_put_before_a_layer_of_several_values():
    written = record("add-dropout", "y = Concatenate()([a, b])\n", "Concatenate()", rate=0.3)
    assert "not clear what the layer is applied to" in written.says


@pytest.mark.parametrize(
    ("name", "before", "after", "values"),
    [
        ("set-initialiser", "Dense(8)", 'Dense(8, kernel_initializer="he_normal")', {}),
        (
            "set-initialiser",
            "Dense(8, 'relu', True, 'zeros')",
            "Dense(8, 'relu', True, 'he_normal')",
            {},
        ),
        (
            "set-initialiser",
            "SimpleRNN(8, recurrent_initializer=RandomNormal(stddev=0.5))",
            'SimpleRNN(8, recurrent_initializer="orthogonal")',
            {"initialiser": "orthogonal", "argument": "recurrent_initializer"},
        ),
        ("add-penalty", "LSTM(8)", "LSTM(8, kernel_regularizer=keras.regularizers.L2(0.0001))", {}),
        (
            "add-penalty",
            "Dense(8, kernel_regularizer=None)",
            "Dense(8, kernel_regularizer=keras.regularizers.L2(0.0001))",
            {},
        ),
        ("add-penalty", 'Dense(8, kernel_regularizer="l2")', None, {}),
    ],
)
def test_arguments_of_a_layer_are_set(name, before, after, values):
    text = "import keras\nx = {}(x)\n"
    values = {"penalty": 1e-4, "initialiser": "he_normal", **values}
    expected = None if after is None else text.format(after)
    assert edited(name, text.format(before), before, **values) == expected
