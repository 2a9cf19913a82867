"""How outputs end, read from live models of every kind."""

import keras
import pytest
from keras import layers, ops
from live import nowhere, places, sequential

from unstuck.evidence.model import read_heads


def head_of(model, **given):
    return read_heads(model, nowhere, **given)[""]


class TestHeads:
    @pytest.mark.backend
    def test_softmax_over_one_unit(self):
        hidden, last = layers.Dense(8, activation="relu"), layers.Dense(1, activation="softmax")
        model = sequential(hidden, layers.Dropout(0.2), last)
        head = read_heads(model, places(hidden, last))[""]
        assert (head.activation, head.units, head.shape) == ("softmax", 1, (1,))
        assert (head.softmax_size, head.softmax_axis) == (1, -1)
        assert head.activation_is_last
        assert head.after == ()
        assert (head.hidden.kind, head.hidden.activation, head.hidden.units) == ("Dense", "relu", 8)
        assert head.place.line == head.units_place.line == 2
        assert head.layer.name == last.name

    @pytest.mark.parametrize(
        ("end", "expected"),
        [
            ([layers.Dense(3)], "linear"),
            ([layers.Dense(3, activation="sigmoid")], "sigmoid"),
            ([layers.Dense(3), layers.Activation("softmax")], "softmax"),
            ([layers.Dense(3), layers.Softmax()], "softmax"),
            ([layers.Dense(3), layers.ReLU()], "relu"),
            ([layers.Dense(3), layers.ReLU(max_value=6.0)], "relu6"),
            ([layers.Dense(3), layers.ReLU(max_value=1.0)], "custom"),
            ([layers.Dense(3), layers.LeakyReLU()], "leaky_relu"),
            ([layers.Dense(3, activation="softmax"), layers.LeakyReLU()], "softmax"),
            ([layers.Dense(3, activation="sigmoid"), layers.ReLU()], "sigmoid"),
            ([layers.Dense(3, activation="sigmoid"), layers.GaussianDropout(0.5), layers.ReLU()], "unknown"),
            ([layers.Dense(3, activation="tanh"), layers.ReLU()], "unknown"),
            ([layers.Dense(3, activation="elu"), layers.ReLU()], "relu"),
            ([layers.Dense(3), layers.PReLU()], "prelu"),
            ([layers.Dense(3), layers.ELU()], "elu"),
            ([layers.Dense(3, activation="swish")], "silu"),
            ([layers.Dense(3, activation=layers.LeakyReLU())], "leaky_relu"),
            ([layers.Dense(3, activation=lambda x: x)], "custom"),
            ([layers.Dense(3, activation="tanh"), layers.Activation("linear")], "tanh"),
            ([layers.Dense(3), layers.Lambda(lambda x: x)], "unknown"),
            ([layers.Dense(3, activation="sigmoid"), layers.Rescaling(5.0)], "unknown"),
            ([layers.Dense(3), layers.Rescaling(5.0)], "linear"),
            ([layers.Dense(3, activation="tanh"), layers.LayerNormalization()], "unknown"),
        ],
        ids=lambda value: (
            value if isinstance(value, str) else "-".join(type(each).__name__ for each in value)
        ),
    )
    def test_activation(self, end, expected):
        head = head_of(sequential(*end))
        assert head.activation == expected
        assert head.units == 3

    def test_what_stands_after_the_activation(self):
        last = layers.Dense(4, activation="softmax")
        head = head_of(sequential(last, layers.Dropout(0.1), layers.Reshape((2, 2))))
        assert (head.activation, head.after) == ("softmax", ("Dropout", "Reshape"))
        assert not head.activation_is_last
        assert (head.shape, head.units, head.softmax_size) == ((2, 2), 2, 4)

    def test_activation_and_width_stand_in_two_layers(self):
        wide, act = layers.Dense(5), layers.Activation("sigmoid")
        model = sequential(wide, layers.BatchNormalization(), act)
        head = read_heads(model, places(wide, act))[""]
        assert (head.place.line, head.units_place.line) == (2, 1)
        assert head.layer.kind == "Activation"

    def test_hidden_takes_the_activation_between(self):
        model = sequential(layers.Dense(2), layers.ReLU(), layers.Dropout(0.1), layers.Dense(1))
        hidden = head_of(model).hidden
        assert (hidden.kind, hidden.units, hidden.activation) == ("Dense", 2, "relu")

    def test_one_layer_has_no_hidden(self):
        assert head_of(sequential(layers.Dense(1))).hidden is None

    @pytest.mark.parametrize("axis", [1, -2, 2, -1])
    def test_softmax_axis(self, axis):
        head = head_of(sequential(layers.Dense(3), layers.Softmax(axis=axis), shape=(7, 5)))
        last = axis in (2, -1)
        assert (head.softmax_axis, head.softmax_size) == ((-1, 3) if last else (1, 7))

    def test_softmax_over_two_axes(self):
        head = head_of(sequential(layers.Dense(3), layers.Softmax(axis=(1, 2)), shape=(7, 5)))
        assert (head.softmax_axis, head.softmax_size) == (None, 21)

    def test_bare_operations(self):
        x = keras.Input((4,))
        dense = layers.Dense(2)
        head = read_heads(keras.Model(x, ops.softmax(dense(x), axis=1)), places(dense))[""]
        assert (head.activation, head.softmax_size, head.softmax_axis) == ("softmax", 2, -1)
        assert head.place is None
        assert head.units_place.line == 1
        assert head_of(keras.Model(x, ops.sigmoid(dense(x)))).activation == "sigmoid"
        assert head_of(keras.Model(x, 2 * layers.Dense(1, activation="sigmoid")(x))).activation == "unknown"
        assert head_of(keras.Model(x, 1 + layers.Dense(1)(x))).activation == "linear"

    def test_branches(self):
        x = keras.Input((4,))

        def branch(activation):
            return layers.Dense(1, activation=activation)(x)

        both = layers.Concatenate()([branch("tanh"), branch("tanh")])
        mixed = layers.Concatenate()([branch("tanh"), branch("relu")])
        residual = layers.Add()([branch("tanh"), branch(None)])
        added = layers.Add()([branch("tanh"), branch("tanh")])
        product = layers.Multiply()([branch("linear"), branch("sigmoid")])
        ends = [head_of(keras.Model(x, y)).activation for y in (both, mixed, residual, added, product)]
        assert ends == ["tanh", "unknown", "linear", "unknown", "unknown"]

    def test_nested_models(self):
        inner = keras.Sequential([keras.Input((4,)), layers.Dense(6, activation="relu"), layers.Dense(3)])
        x = keras.Input((4,))
        head = head_of(keras.Model(x, layers.Softmax()(inner(x))))
        assert (head.activation, head.units, head.hidden.units) == ("softmax", 3, 6)
        end = keras.Sequential([keras.Input((3,)), layers.Activation("sigmoid")])
        head = head_of(keras.Model(x, end(inner(x))))
        assert (head.activation, head.hidden.activation) == ("sigmoid", "relu")

    def test_a_nested_model_with_two_outputs(self):
        x = keras.Input((4,))
        inner = keras.Model(
            x, [layers.Dense(2, activation="tanh")(x), layers.Dense(5, activation="sigmoid")(x)]
        )
        y = keras.Input((4,))
        assert head_of(keras.Model(y, inner(y)[1])).activation == "sigmoid"

    def test_several_outputs_are_named(self):
        x = keras.Input((4,))
        one = layers.Dense(1, activation="sigmoid", name="one")(x)
        two = layers.Dense(3, name="two")(x)
        heads = read_heads(keras.Model(x, [one, two]), nowhere)
        assert {name: head.activation for name, head in heads.items()} == {"one": "sigmoid", "two": "linear"}
        heads = read_heads(keras.Model(x, {"b": one, "a": two}), nowhere)
        assert {name: head.units for name, head in heads.items()} == {"a": 3, "b": 1}

    def test_wrappers_and_recurrent_layers(self):
        timed = layers.TimeDistributed(layers.Dense(4, activation="softmax"))
        both = layers.Bidirectional(layers.LSTM(3, return_sequences=True))
        head = head_of(sequential(both, timed, shape=(5, 7)))
        assert (head.activation, head.softmax_size) == ("softmax", 4)
        assert (head.hidden.kind, head.hidden.activation, head.hidden.units) == ("Bidirectional", "tanh", 6)
        assert head_of(sequential(layers.LSTM(3, activation="softmax"), shape=(5, 7))).activation == "custom"
        assert head_of(sequential(layers.RNN(layers.GRUCell(3)), shape=(5, 7))).activation == "tanh"

    def test_an_unbuilt_sequential_model(self):
        model = keras.Sequential([layers.Dense(8), layers.ReLU(), layers.Dense(3, activation="softmax")])
        head = head_of(model)
        assert (head.activation, head.units, head.softmax_size) == ("softmax", 3, 3)
        assert (head.hidden.activation, head.hidden.units) == ("relu", 8)

    def test_a_layer_of_the_users_own_is_unknown(self):
        class Ends(layers.Layer):
            def call(self, x):
                return ops.sigmoid(x)

        class Renamed(layers.Dense):
            pass

        assert head_of(sequential(layers.Dense(2), Ends())).activation == "unknown"
        assert head_of(sequential(Renamed(2, activation="tanh"))).activation == "tanh"
