"""What a live model is asked beyond its answers: whose loss, which way the gradient, what lies ahead."""

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers, ops

from unstuck.evidence.copying import ask_whether_ahead, read_next_given
from unstuck.evidence.flow import find_cut
from unstuck.evidence.pairing import ask_about_pairing
from unstuck.evidence.untracked import read_untracked
from unstuck.watch.rows import Rows

pytestmark = pytest.mark.usefixtures("seeded")

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(40, 3)).astype("float32")
Y = (2 * X[:, 0]).astype("float32")


class Stepping(keras.Model):
    """Trains by a step of its own that reports its loss; on JAX a step is given the state."""

    def __init__(self, column):
        super().__init__()
        self.answer, self.column = layers.Dense(1), column

    def call(self, inputs):
        return self.answer(inputs)

    def cost(self, y, answers):
        y = ops.reshape(y, ops.shape(answers)) if self.column else y
        return ops.mean(ops.square(y - answers))  # the line

    def train_step(self, *given):
        *state, (x, y) = given
        if not state:
            return {"loss": self.cost(y, self(x, training=True))}
        trainable, fixed, slots, metrics = state[0]
        answers, fixed = self.stateless_call(trainable, fixed, x, training=True)
        return {"loss": self.cost(y, answers)}, (trainable, fixed, slots, metrics)


def line_of(mark):
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    return next(number for number, text in enumerate(lines, 1) if text.endswith("  " + mark))


def stepping(column):
    model = Stepping(column)
    model(X)
    model.compile("sgd")
    return model


def test_a_loss_over_all_pairs_is_told_with_its_line_and_leaves_the_model_alone():
    model = stepping(column=False)
    before = [np.array(ops.convert_to_numpy(each)) for each in model.weights]
    found = ask_about_pairing(model, Rows(x=X, y=Y, count=40), [""], None)
    assert found.asked == "train_step"
    assert (found.targets, found.answers) == ((17,), (17, 1))
    assert found.as_given == pytest.approx(found.all_pairs, rel=1e-5)
    assert found.as_given == pytest.approx(found.dealt, rel=1e-5)
    assert found.highest - found.lowest > 0.01
    assert found.place.line == line_of("# the line")
    after = [ops.convert_to_numpy(each) for each in model.weights]
    assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True))


def test_a_step_that_sets_the_shapes_right_is_seen_to_pair():
    found = ask_about_pairing(stepping(column=True), Rows(x=X, y=Y, count=40), [""], None)
    assert found.as_given == pytest.approx(found.paired, rel=1e-5)
    assert abs(found.dealt - found.as_given) > 0.01


class Flattening(keras.losses.Loss):
    """An absolute error that flattens the targets, and the answers where asked to."""

    def __init__(self, both):
        super().__init__()
        self.both = both

    def call(self, y_true, y_pred):
        y_pred = ops.reshape(y_pred, (-1,)) if self.both else y_pred
        return ops.mean(ops.abs(ops.reshape(y_true, (-1,)) - y_pred), axis=-1)  # inside


@pytest.mark.parametrize("targets", [Y, Y[:, None]])
@pytest.mark.parametrize("start", ["zeros", "glorot_uniform"])
def test_a_loss_that_flattens_the_targets_itself_is_told_and_one_that_flattens_both_is_not(targets, start):
    found = {}
    for both in (False, True):
        model = keras.Sequential([keras.Input((3,)), layers.Dense(1, kernel_initializer=start)])
        model.compile("sgd", Flattening(both))
        model.fit(X, targets, epochs=1, verbose=0)
        weights = [np.zeros_like(each) for each in model.get_weights()] if start == "zeros" else None
        found[both] = ask_about_pairing(model, Rows(x=X, y=targets, count=40), [""], weights)
    assert found[False].in_any_shape
    assert found[False].as_given == pytest.approx(found[False].all_pairs, rel=1e-5)
    assert found[False].highest > 1.1 * found[False].lowest
    assert not found[True].in_any_shape


def test_equal_shapes_raise_no_question():
    found = ask_about_pairing(stepping(column=True), Rows(x=X, y=Y[:, None], count=40), [""], None)
    assert found.targets == found.answers == (17, 1)
    assert np.isnan(found.as_given)


class Rounding(layers.Layer):
    def call(self, inputs):
        return ops.round(inputs)  # flat


class Comparing(layers.Layer):
    def call(self, inputs):
        wide = inputs if len(inputs.shape) == 2 else inputs[:, 0]
        return ops.cast(wide > 0.5, inputs.dtype)  # compared


class ComparingFirst(layers.Layer):
    def call(self, inputs):
        hard = inputs > 0.5  # compared first
        return ops.cast(hard, inputs.dtype)


class StraightThrough(layers.Layer):
    def call(self, inputs):
        return inputs + ops.stop_gradient(ops.round(inputs) - inputs)


@pytest.mark.parametrize(
    ("middle", "line"),
    [
        (Rounding, "# flat"),
        (Comparing, "# compared"),
        (ComparingFirst, "# compared first"),
        (StraightThrough, ""),
    ],
)
def test_the_gradient_stops_where_a_step_has_no_slope(middle, line):
    model = keras.Sequential(
        [layers.Input((3,)), layers.Dense(4, name="first"), middle(name="rounding"), layers.Dense(1)]
    )
    model.compile("sgd", "mse")
    found = find_cut(model, Rows(x=3 * X, y=Y, count=40), [""])
    if not line:
        assert found is None
        return
    assert (found.layer, found.custom) == ("rounding", True)
    assert found.output_gradient > 0.0
    assert {path.split("/")[-2] for path in found.behind} == {"first"}
    assert found.place.line == line_of(line)


class Holding(layers.Layer):
    def build(self, shape):
        drawn = np.random.default_rng(1).normal(size=(shape[-1], 2)).astype("float32")
        self.kernel = ops.convert_to_tensor(drawn)  # held
        self.places = ops.convert_to_tensor(np.arange(6, dtype="float32"))

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel)


def test_numbers_beside_the_weights_are_found_and_grids_are_not():
    model = keras.Sequential([layers.Input((3,)), Holding(name="holding"), layers.Dense(1)])
    (found,) = read_untracked(model)
    assert (found.layer, found.attribute, found.size, found.alone) == ("holding", "kernel", 6, True)
    assert found.place.line == line_of("# held")


class Plain:  # holder
    def __init__(self):
        self.parts = [layers.Dense(4), layers.Dense(2)]


class Holder(keras.Model):
    def __init__(self, *, seen):
        super().__init__()
        self.plain, self.last = Plain(), layers.Dense(1)
        self.parts = self.plain.parts if seen else None

    def call(self, inputs):
        for part in self.plain.parts:
            inputs = part(inputs)
        return self.last(inputs)


def test_layers_in_a_plain_object_are_found_unless_the_model_holds_them_too():
    model = Holder(seen=False)
    model(np.ones((2, 3), "float32"))
    (found,) = read_untracked(model)
    assert (found.attribute, found.held_as, found.holder, found.size) == ("plain", "layers", "Plain", 26)
    assert found.place.line == line_of("# holder")
    model = Holder(seen=True)
    model(np.ones((2, 3), "float32"))
    assert read_untracked(model) == ()


@pytest.mark.parametrize(("padding", "sees"), [("same", True), ("causal", False)])
def test_answers_before_an_exchanged_id_tell_whether_it_is_seen(padding, sees):
    bars = np.random.default_rng(2).integers(1, 9, (60, 7))
    rows = Rows(x=bars[:, :-1], y=bars[:, 1:], count=60)
    model = keras.Sequential(
        [layers.Input((6,)), layers.Embedding(9, 4), layers.Conv1D(8, 3, padding=padding), layers.Dense(9)]
    )
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    given = read_next_given(rows, [""])
    assert (given.rows, given.steps) == (60, 6)
    asked = ask_whether_ahead(model, rows, given, [""])
    assert asked.asked > 20
    assert asked.changed == (asked.asked if sees else 0)


def test_an_input_that_is_not_the_targets_one_step_later_raises_no_question():
    bars = np.random.default_rng(2).integers(1, 9, (60, 7))
    assert read_next_given(Rows(x=bars, y=bars, count=60), [""]) is None
    assert read_next_given(Rows(x=bars, y=bars[::-1].copy(), count=60), [""]) is None
