"""Remedies on inputs: min-max, a Normalization layer, padding in front, shorter rows."""

import numpy as np
import pytest
from writing import edited, record

from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.remedy import catalogue

PADDED = np.array([[5, 6, 0, 0], [7, 0, 8, 0], [0, 0, 0, 0], [1, 2, 3, 4]])
FRONT = [[0, 0, 5, 6], [0, 7, 0, 8], [0, 0, 0, 0], [1, 2, 3, 4]]


def run(text, **scope):
    """Run an edited script up to its fit call and give its variables."""
    exec(compile(text, "train.py", "exec"), scope)
    return scope


class Model:
    def fit(self, *given, **arguments):
        pass


def treated(name, recipe, **values):
    return catalogue()[name].treat(recipe, None, values)


def test_min_max_uses_the_rows_that_train():
    text = "import numpy as np\nm.fit(x, y, validation_split=0.25)\n"
    after = edited("min-max-inputs", text, "m.fit(x, y, validation_split=0.25)")
    x = np.array([[0, 7], [2, 7], [4, 7], [8, 9]], dtype="uint8")
    scaled = run(after, m=Model(), x=x, y=None)["x"]
    assert scaled.tolist() == [[0, 0], [0.5, 0], [1, 0], [2, 2]]
    changed = treated("min-max-inputs", Recipe(x=x, y=x[:, 0], validation_split=0.25))
    assert np.allclose(changed.x, scaled)


def test_min_max_reaches_the_validation_data():
    fit = "m.fit(x, y, validation_data=(vx, vy))"
    after = edited("min-max-inputs", f"import numpy\n{fit}\n", fit)
    assert "vx = (vx - x_low) / x_span\n" in after
    recipe = Recipe(x=np.array([[0.0], [4.0]]), y=np.zeros(2), held_out=(np.array([[8.0]]), np.zeros(1)))
    assert treated("min-max-inputs", recipe).held_out[0].tolist() == [[2.0]]


LIST = """import keras
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.fit(x, y)
"""
ADDS = """from tensorflow import keras
model = keras.Sequential()
model.add(keras.layers.Dense(8, input_shape=(4,)))
model.add(keras.layers.Dense(1))
model.fit(x, y, validation_split=0.2)
"""


def test_a_normalisation_layer_comes_first_and_is_adapted():
    after = edited("normalise-in-model", LIST, "model.fit(x, y)")
    assert after == (
        "import keras\n"
        "model = keras.Sequential([keras.Input((4,)), keras.layers.Normalization(), keras.layers.Dense(1)])\n"
        "model.layers[0].adapt(x)\n"
        "model.fit(x, y)\n"
    )
    after = edited("normalise-in-model", ADDS, "model.fit(x, y, validation_split=0.2)")
    assert "model = keras.Sequential()\nmodel.add(keras.layers.Normalization())\nmodel.add(" in after
    assert "model.layers[0].adapt(x[: int(len(x) * (1 - 0.2))])\nmodel.fit(" in after


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("model = build()\nmodel.fit(x, y)\n", "not made as a Sequential in this file"),
        ("def train(model):\n    model.fit(x, y)\n", "not made as a Sequential beside the fit call"),
        ("for _ in range(3):\n    model.fit(x, y)\n", "trained in a loop"),
        (
            "import keras\nmodel = keras.Sequential(parts)\nmodel.fit(x, y)\n",
            "the model's first layer is not written where the model is made",
        ),
    ],
)
def test_a_model_made_elsewhere_is_left_to_the_user(text, why):
    written = record("normalise-in-model", text, "model.fit(x, y)")
    assert written.diff is None
    assert why in written.says


def test_padding_moves_to_the_front():
    fit = "m.fit(x, y, validation_data=(v, y))"
    after = edited("pad-in-front", f"import numpy as np\n{fit}\n", fit, value=0.0)
    scope = run(after, m=Model(), x=PADDED, y=None, v=PADDED[:2])
    assert scope["x"].tolist() == FRONT
    assert scope["v"].tolist() == FRONT[:2]
    recipe = Recipe(x=PADDED, y=np.zeros(4), held_out=(PADDED[:2], np.zeros(2)))
    changed = treated("pad-in-front", recipe, value=0.0)
    assert changed.x.tolist() == FRONT
    assert changed.held_out[0].tolist() == FRONT[:2]
    with pytest.raises(UntreatableError, match="no plain lists of numbers"):
        treated("pad-in-front", Recipe(x=np.zeros((2, 3, 4))), value=0)


SHORT = """import keras
m = keras.Sequential([keras.Input((4,)), keras.layers.Embedding(9, 2), keras.layers.LSTM(1)])
m.fit(x, y)
"""


def test_rows_are_cut_and_the_input_takes_any_length():
    after = edited("truncate-padding", SHORT, "m.fit(x, y)", steps=2)
    assert after == SHORT.replace("Input((4,))", "Input((None,))").replace("m.fit", "x = x[:, :2]\nm.fit")
    free = SHORT.replace("keras.Input((4,)), ", "")
    assert edited("truncate-padding", free, "m.fit(x, y)", steps=2).endswith("x = x[:, :2]\nm.fit(x, y)\n")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (SHORT.replace("(4,)", "shape"), "one length alone, which is given elsewhere"),
        (SHORT.replace("9, 2", "9, 2, input_length=4"), "one length alone, given in a layer's input shape"),
        ("m.fit(x, y)\n", "the model is made in another file"),
    ],
)
def test_a_length_that_stands_elsewhere_is_left_to_the_user(text, why):
    written = record("truncate-padding", text, "m.fit(x, y)", steps=2)
    assert written.diff is None
    assert why in written.says


NAMED = """from keras import layers
scale = layers.Normalization()
m.fit(x, y, validation_split=0.5)
"""
HELD = """import keras
m = keras.Sequential([keras.layers.Normalization(), keras.layers.Dense(1)])
m.fit(x, y)
"""


def test_a_normalization_layer_is_adapted_under_its_name_or_through_the_model():
    after = edited("adapt-normalisation", NAMED, "m.fit(x, y, validation_split=0.5)", layer="normalization")
    assert "scale.adapt(x[: int(len(x) * (1 - 0.5))])\nm.fit(" in after
    after = edited("adapt-normalisation", HELD, "m.fit(x, y)", layer="normalization")
    assert 'm.get_layer("normalization").adapt(x)\nm.fit(' in after
