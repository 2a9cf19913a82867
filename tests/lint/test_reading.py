"""What the reader makes of programs written in the many ways people write them."""

import pytest

from unstuck.lint.judge import judged
from unstuck.reading import read_text

START = """
import keras
from keras import layers
"""


def readings(text, start=START):
    return read_text(start + text, "train.py")


def first(text, start=START):
    return readings(text, start)[0].evidence


WAYS = {
    "list": """
model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(3, activation="softmax")])
""",
    "add": """
model = keras.models.Sequential()
model.add(layers.Dense(16, activation="relu"))
model.add(layers.Dense(3))
model.add(layers.Activation("softmax"))
""",
    "chain": """
inputs = keras.Input((8,))
x = layers.Dense(16, activation="relu")(inputs)
model = keras.Model(inputs, layers.Dense(3, activation="softmax")(x))
""",
    "function": """
def build(units, classes=3):
    model = keras.Sequential()
    model.add(layers.Dense(units, activation="relu"))
    model.add(layers.Dense(classes, activation=keras.activations.softmax))
    return model

model = build(16)
""",
    "loop": """
model = keras.Sequential()
for units, activation in [(16, "relu"), (3, "softmax")]:
    model.add(layers.Dense(units, activation=activation))
""",
    "comprehension": """
CLASSES = 2 + 1
hidden = [layers.Dense(n, "relu") for n in (32, 16)]
model = keras.Sequential([*hidden, layers.Dense(CLASSES, "softmax")])
""",
    "subclass": """
class Net(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.hidden = layers.Dense(16, activation="relu")
        self.out = layers.Dense(classes, activation="softmax")

    def call(self, x, training=None):
        return self.out(self.hidden(x))

model = Net(3)
""",
    "nested": """
body = keras.Sequential([layers.Dense(16, activation="relu")])
model = keras.Sequential([body, layers.Dense(3), layers.Softmax()])
""",
    "condition": """
import sys
if len(sys.argv) > 1:
    out = layers.Dense(3, activation="softmax")
else:
    out = layers.Dense(3, activation="softmax")
model = keras.Sequential([layers.Dense(16, activation="relu"), out])
""",
    "main": """
def main():
    model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(3, activation="softmax")])
    train(model)

def train(model):
    global kept
    kept = model
    model.summary()

if __name__ == "__main__":
    main()
""",
    "operations": """
inputs = keras.Input((8,))
x = keras.ops.relu(layers.Dense(16)(inputs))
model = keras.Model(inputs, keras.activations.softmax(layers.Dense(3)(x)))
""",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_model_is_followed_however_it_is_built(way):
    head = first(WAYS[way]).outputs[0].head
    assert (head.activation, head.units, head.activation_is_last) == ("softmax", 3, True)
    assert head.hidden.activation == "relu"


@pytest.mark.parametrize(
    "start",
    [
        "import tensorflow as tf\nkeras = tf.keras\nlayers = keras.layers\n",
        "from tensorflow import keras\nfrom tensorflow.keras import layers\n",
        "import tensorflow.keras as keras\nimport tensorflow.keras.layers as layers\n",
        "import keras\nfrom keras import layers\n",
    ],
)
def test_keras_is_known_under_all_its_names(start):
    head = first(WAYS["list"], start).outputs[0].head
    assert (head.activation, head.units) == ("softmax", 3)


def test_through_tensorflow_the_backend_is_known():
    start = "from tensorflow import keras\nfrom tensorflow.keras import layers\n"
    assert readings(WAYS["list"], start)[0].backends == ("tensorflow",)


def test_the_backend_that_the_program_sets_is_known():
    start = 'import os\nos.environ["KERAS_BACKEND"] = "jax"\n' + START
    assert readings(WAYS["list"], start)[0].backends == ("jax",)


COMPILED = """
model = keras.Sequential([layers.Dense(1, activation="sigmoid")])
optimizer = keras.optimizers.SGD(learning_rate=0.1 / 2, momentum=0.9)
model.compile({call})
model.fit(x, y, epochs=5, batch_size=64, shuffle=False, validation_split=0.2)
"""


@pytest.mark.parametrize(
    "call",
    [
        'optimizer=optimizer, loss="bce", metrics=["acc"]',
        'optimizer, "binary_crossentropy", metrics="acc"',
        'loss=keras.losses.BinaryCrossentropy(), optimizer=optimizer, metrics=["acc"]',
        '**{"loss": keras.losses.binary_crossentropy, "optimizer": optimizer, "metrics": ["acc"]}',
    ],
)
def test_compile_and_fit_are_read(call):
    evidence = first(COMPILED.format(call=call))
    output, fit = evidence.outputs[0], evidence.fit
    assert (output.loss.name, output.loss.from_logits) == ("binary_crossentropy", False)
    assert [(each.name, each.resolved) for each in output.metrics.uses] == [("acc", "binary_accuracy")]
    assert (evidence.optimizer.name, evidence.optimizer.learning_rate) == ("SGD", 0.05)
    assert (evidence.optimizer.momentum, fit.epochs, fit.batch_size, fit.shuffle) == (0.9, 5, 64, False)
    assert (fit.validation, fit.validation_split) == ("validation_split", 0.2)


def test_several_outputs_have_their_own_losses():
    evidence = first("""
inputs = keras.Input((4,))
a = layers.Dense(1, activation="sigmoid", name="a")(inputs)
b = layers.Dense(5, name="b")(inputs)
model = keras.Model(inputs, [a, b])
model.compile("adam", loss={"a": "bce", "b": keras.losses.SparseCategoricalCrossentropy(from_logits=True)})
model.fit(x, {"a": ya, "b": yb / 4})
""")
    by_name = {each.name: each for each in evidence.outputs}
    assert by_name["a"].loss.name == "binary_crossentropy"
    assert (by_name["b"].loss.from_logits, by_name["b"].head.units) == (True, 5)
    assert [each.value for each in by_name["b"].written_targets.operations if each.kind == "divide"] == [4]


def test_what_is_done_to_arrays_is_kept_through_splits_and_functions():
    evidence = first("""
import numpy as np
from sklearn.model_selection import train_test_split

def prepare(values, by=255.0):
    return (values / by).astype("float32")

images, labels = np.load("images.npy"), np.load("labels.npy")
x_train, x_test, y_train, y_test = train_test_split(prepare(images), labels - 1, test_size=0.2)
model = keras.Sequential([layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x_train, y_train)
""")
    inputs = [(each.kind, each.value) for each in evidence.written_inputs.operations]
    targets = [(each.kind, each.value) for each in evidence.outputs[0].written_targets.operations]
    assert inputs == [("divide", 255.0), ("astype", "float32"), ("train_test_split", "train")]
    assert targets == [("subtract", 1), ("train_test_split", "train")]


ORDERS = {
    "drawn": "order = np.random.permutation(1000)\n",
    "drawn by a generator": "order = np.random.default_rng(0).permutation(len(y))\n",
    "shuffled in place": "order = np.arange(len(y))\nnp.random.shuffle(order)\n",
    "a part of a drawn one": "order = np.random.permutation(len(y))[:800]\n",
}


@pytest.mark.parametrize("way", ORDERS)
def test_rows_taken_by_a_drawn_order_are_mixed_once_for_both(way):
    evidence = first(f"""
import numpy as np
{ORDERS[way]}model = keras.Sequential([layers.Dense(2, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x[order], y[order])
""")
    (mixed,) = evidence.outputs[0].written_targets.operations
    assert mixed.kind in ("permutation", "shuffle")
    assert evidence.written_inputs.operations == (mixed,)


def test_an_array_sorted_in_place_is_sorted_from_there_on():
    evidence = first("""
import numpy as np
labels = np.load("labels.npy")
before = labels.copy()
labels.sort()
model = keras.Sequential([layers.Dense(2, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(before, labels)
""")
    assert [each.kind for each in evidence.outputs[0].written_targets.operations] == ["sort"]
    assert "sort" not in [each.kind for each in evidence.written_inputs.operations]


def test_rows_taken_by_a_condition_on_mixed_labels_are_not_mixed():
    evidence = first("""
import numpy as np
mixed = np.random.permutation(labels)
model = keras.Sequential([layers.Dense(2, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x[mixed > 0], y)
""")
    assert [each.kind for each in evidence.written_inputs.operations] == ["take"]


def test_both_sides_of_a_condition_are_read():
    found = {
        output.head.activation
        for reading in readings("""
if flag:
    out = layers.Dense(1, activation="sigmoid")
else:
    out = layers.Dense(1)
model = keras.Sequential([out])
""")
        for output in reading.evidence.outputs
        if output.head is not None
    }
    assert found == {"sigmoid", "linear"}


def test_the_same_condition_is_decided_alike_twice():
    pairs = {
        (reading.evidence.outputs[0].head.activation, reading.evidence.outputs[0].loss.from_logits)
        for reading in readings("""
model = keras.Sequential([layers.Dense(1, activation=None if logits else "sigmoid")])
model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True if logits else False))
model.fit(x, y)
""")
        if reading.evidence.outputs and reading.evidence.outputs[0].loss
    }
    assert pairs == {("linear", True), ("sigmoid", False)}


def test_what_holds_on_some_ways_is_not_sure_where_conditions_may_exclude_one_another():
    text = """
if classes == 2:
    units = 1
else:
    units = classes
several = layers.Dense(units, activation="softmax" if many else "sigmoid")
model = keras.Sequential([several])
model.compile("adam", "sparse_categorical_crossentropy" if many else "binary_crossentropy")
model.fit(x, y)
"""
    assert {str(each.finding.certainty) for each in judged(readings(text))} == {"suspected"}


def test_what_holds_whatever_the_conditions_are_is_sure():
    text = """
if verbose:
    print(1)
if save:
    print(2)
model = keras.Sequential([layers.Dense(1, activation="softmax")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
"""
    (found,) = judged(readings(text))
    assert (found.finding.rule, str(found.finding.certainty)) == ("softmax-over-one-unit", "proved")


def test_what_a_sure_finding_explains_is_not_told_beside_it():
    text = """
model = keras.Sequential([layers.Dense(1, activation="sigmoid")])
model.compile("adam", "mse")
model.fit(x, keras.utils.to_categorical(y))
"""
    assert [each.finding.rule for each in judged(readings(text))] == ["units-do-not-match-labels"]


NOT_KNOWN = {
    "counted in a loop": "n = 0\nfor name in names:\n    n += 1\n",
    "appended in a loop": "found = []\nfor name in names:\n    found.append(name)\nn = len(found)\n",
    "grown in a while": "n = 0\nwhile n < 10:\n    n += 1\n",
    "updated": "options = {'n': 1}\noptions.update(more)\nn = options['n']\n",
    "an attribute counted up": "class C:\n    n = 0\nc = C()\nc.n += 1\nn = c.n\n",
    "set on the class": "class C:\n    n = 1\nC.n = ask()\nn = C().n\n",
    "set by name": "class C:\n    n = 1\nc = C()\nsetattr(c, key, 5)\nn = c.n\n",
    "a field of a dataclass": "@dataclass\nclass C:\n    n: int = 1\nn = C(n=ask()).n\n",
    "global": "n = 1\ndef read():\n    global n\n    n = ask()\nrun(read)\n",
    "a deleted item": "parts = [3, 1]\ndel parts[-1]\nn = len(parts)\n",
}


@pytest.mark.parametrize("way", NOT_KNOWN)
def test_what_only_running_tells_is_not_known(way):
    text = f"{NOT_KNOWN[way]}model = keras.Sequential([layers.Dense(n, activation='softmax')])\n"
    text += "model.compile('adam', 'sparse_categorical_crossentropy')\nmodel.fit(x, y)\n"
    assert first(text).outputs[0].head.units == 0


def test_the_defaults_of_a_function_that_nothing_calls_are_not_taken_for_its_values():
    text = """
def build(units=1):
    model = keras.Sequential([layers.Dense(units, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
"""
    assert first(text).outputs[0].head.units == 0


def test_a_model_handed_to_another_file_may_come_back_changed():
    text = """
from mine import prepare
model = keras.Sequential([layers.Dense(1, activation="softmax")])
prepare(model)
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
"""
    assert first(text).outputs[0].head.units == 1
    (reading, *_) = read_text("import keras\nfrom keras import layers\n" + text, "train.py")
    assert not reading.sure
    assert reading.doubts == ("the model is handed to mine.prepare (line 6)",)


def test_unknown_widths_stay_unknown():
    evidence = first("""
model = keras.Sequential([layers.Dense(len(names), activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y)
""")
    head = evidence.outputs[0].head
    assert (head.units, head.softmax_size) == (0, None)


def test_layers_that_the_file_does_not_show_leave_the_head_unknown():
    evidence = first("""
from mine import head
model = keras.Sequential([layers.Dense(4), head()])
model.compile("adam", "mse")
model.fit(x, y)
""")
    assert (evidence.outputs[0].head, evidence.model) == (None, None)


def test_functions_that_nothing_calls_are_read_too():
    evidence = first("""
def build_model(units):
    model = keras.Sequential([layers.Dense(units, activation="relu"), layers.Dense(1, activation="softmax")])
    model.compile("adam", "binary_crossentropy")
    return model
""")
    assert evidence.outputs[0].head.softmax_size == 1


@pytest.mark.parametrize(
    "text",
    [
        "while True:\n    pass\n",
        "def f(n):\n    return f(n - 1) + f(n - 2)\nf(100)\n",
        "x = [0]\nfor i in range(10 ** 9):\n    x = x + x\n",
        "x = 2 ** 10 ** 10 ** 10\n",
        "x = 'a' * 10 ** 12\n",
        "(" * 100 + ")" * 100 + "\n",
        "x = " + "+".join(["1"] * 200) + "\n",
        "def f():\n    yield f\nfor g in f(): g()\n",
        "class A(A): pass\nA()\n",
        "class A(keras.Model):\n    def fit(self):\n        A.fitted = True\n    def score(self): pass\n",
        "lambda: (yield)\n",
        "x = [1]\nfor i in range(150):\n    x = [x, x]\nmodel = keras.Sequential(x)\n",
        "x = 'a'\nfor i in range(60):\n    x = x + x\n    x = f'{x}{x}'\n",
        "x = keras.Input((1,))\nfor i in range(100):\n    x = layers.Add()([x, x])\nm = keras.Model(x, x)\n",
        "m = keras.Sequential()\nm.add(m)\nm.fit(x, y)\n",
        "x = range(0, 10, 0)\ny = [1, 2][::0]\nz = int(1e400)\n",
        "for a in range(100):\n    for b in range(100):\n        m.train_on_batch(a, b)\n",
        "match x:\n    case [1, *rest]:\n        model = keras.Sequential(rest)\n",
    ],
)
def test_nothing_runs_away(text):
    readings(text)
