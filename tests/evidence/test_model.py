"""Reading live Keras models: layers, sizes, inputs; subclassed models by a trace."""

import keras
import numpy as np
import pytest
from keras import layers, ops
from live import nowhere, places, sequential

from unstuck.evidence.layers import number
from unstuck.evidence.model import first_layers, read_environment, read_heads, read_model


class Subclassed(keras.Model):
    """A model whose call ends in a function of the backend's own, or of Keras."""

    def __init__(self, end, **kwargs):
        super().__init__(**kwargs)
        self.head = layers.Dense(1)
        self.end = end
        self.hidden = layers.Dense(6, activation="relu")
        self.drop = layers.Dropout(0.5)
        self.embed = layers.Embedding(10, 4)
        self.pool = layers.GlobalAveragePooling1D()

    def call(self, x, training=None):
        x = self.pool(self.embed(x))
        return self.end(self.head(self.drop(self.hidden(x), training=training)))


def untraceable(x):
    return x * float(np.asarray(keras.ops.convert_to_numpy(x)).mean())


def built(model, x):
    model(x)
    return model


def test_a_rescaling_tells_its_factor_wherever_it_stands():
    inner = keras.Sequential([layers.Input((4,)), layers.Rescaling(1 / 255), layers.Dense(3)])
    inputs = layers.Input((4,))
    record = read_model(keras.Model(inputs, layers.Dense(1)(inner(inputs))), nowhere)
    assert [each.scale for each in record.layers if each.kind != "InputLayer"] == [1 / 255, None, None]


class TestSubclassedModels:
    ids = np.zeros((3, 5), "int32")

    @pytest.mark.backend
    def test_a_traced_model_tells_its_head(self):
        model = built(Subclassed(ops.sigmoid), self.ids)
        head = read_heads(model, places(model.head))[""]
        assert (head.activation, head.units) == ("sigmoid", 1)
        assert head.units_place.line == 1
        assert head.hidden.units == 6

    @pytest.mark.backend
    def test_a_trace_leaves_nothing_behind(self):
        model = built(Subclassed(ops.sigmoid), self.ids)
        before = np.asarray(model.predict(self.ids, verbose=0))
        name = layers.Dense(1).name
        read_heads(model, nowhere)
        record = read_model(model, nowhere)
        first_layers(model)
        following = layers.Dense(1).name
        assert int(following.rpartition("_")[2]) == int(name.rpartition("_")[2] or 0) + 1
        assert all(not layer._inbound_nodes for layer in model._flatten_layers())
        assert np.array_equal(before, np.asarray(model.predict(self.ids, verbose=0)))
        assert record.ordered

    def test_a_trace_keeps_what_the_model_holds_and_prints_nothing(self, capsys):
        class Notes(Subclassed):
            def call(self, x, training=None):
                print("called")
                self.note = super().call(x, training)
                self.calls = getattr(self, "calls", 0) + 1
                self.add_loss(ops.sum(self.note))
                return self.note

        model = built(Notes(ops.sigmoid), self.ids)
        note, made, losses = model.note, model.calls, len(model.losses)
        capsys.readouterr()
        assert read_heads(model, nowhere)[""].activation == "sigmoid"
        assert capsys.readouterr().out == ""
        assert model.note is note
        assert model.calls == made
        assert len(model.losses) == losses

    def test_layers_come_in_call_order(self):
        model = built(Subclassed(ops.sigmoid), self.ids)
        kinds = [layer.kind for layer in read_model(model, nowhere).layers]
        assert kinds == ["Embedding", "GlobalAveragePooling1D", "Dense", "Dropout", "Dense", "Sigmoid"]
        assert first_layers(model) == [("", "Embedding", 10)]

    def test_what_cannot_be_traced_is_unknown(self):
        model = built(Subclassed(untraceable), self.ids)
        head = read_heads(model, places(model.head), sample=np.zeros((3, 1)))[""]
        assert (head.activation, head.units, head.shape) == ("unknown", 1, (1,))
        assert head.units_place.line == 1
        record = read_model(model, nowhere)
        assert (record.kind, record.ordered, record.parameters) == ("subclassed", False, 77)
        assert first_layers(model) == [("", "Embedding", None)]
        assert read_heads(model, nowhere) == {}

    def test_a_dict_of_outputs(self):
        class Two(keras.Model):
            def __init__(self):
                super().__init__()
                self.a, self.b = layers.Dense(1, activation="sigmoid"), layers.Dense(3)

            def call(self, x):
                return {"left": self.a(x), "right": ops.softmax(self.b(x))}

        heads = read_heads(built(Two(), np.zeros((2, 4), "float32")), nowhere)
        assert {name: head.activation for name, head in heads.items()} == {
            "left": "sigmoid",
            "right": "softmax",
        }


class TestModel:
    def test_layers_and_counts(self):
        stack = [
            layers.Embedding(50, 8, mask_zero=True),
            layers.Bidirectional(layers.LSTM(3, return_sequences=True, go_backwards=False)),
            layers.LSTM(2, stateful=False),
            layers.Dense(
                4, activation="relu", kernel_regularizer=keras.regularizers.L2(0.3), trainable=False
            ),
            layers.BatchNormalization(momentum=0.9),
            layers.Dropout(0.4),
            layers.Dense(1),
        ]
        model = sequential(*stack, shape=(6,))
        record = read_model(model, places(model, *stack))
        assert (record.kind, record.ordered) == ("Sequential", True)
        assert record.parameters == model.count_params()
        assert record.trainable_parameters == sum(int(np.prod(v.shape)) for v in model.trainable_variables)
        assert [layer.kind for layer in record.layers] == [type(layer).__name__ for layer in stack]
        assert [layer.place.line for layer in record.layers] == list(range(2, 9))
        embedding, both, lstm, dense, norm, drop, last = record.layers
        assert (embedding.input_dim, embedding.mask_zero, embedding.output_shape) == (50, True, (6, 8))
        assert (both.return_sequences, both.units, lstm.return_sequences) == (True, 6, False)
        assert (dense.penalty, dense.trainable, dense.trainable_parameters) == (pytest.approx(0.3), False, 0)
        assert (norm.momentum, norm.axis, drop.rate, last.activation) == (0.9, -1, 0.4, "linear")
        assert (dense.input_shape, dense.output_shape, dense.custom) == ((2,), (4,), False)

    @pytest.mark.backend
    def test_regularisation_is_the_sum_of_the_penalties(self):
        model = sequential(
            layers.Dense(3, kernel_regularizer=keras.regularizers.L1L2(0.01, 0.2)),
            layers.Dense(2, bias_regularizer="l2", bias_initializer="ones"),
        )
        expected = number(sum(model.losses))
        assert read_model(model, nowhere).regularisation == pytest.approx(expected, rel=1e-6)

    def test_each_layer_of_a_branched_nested_model_once_in_order(self):
        shared = layers.Dense(4, name="shared")
        inner = keras.Sequential([keras.Input((4,)), layers.Dense(4, name="inner"), layers.ReLU()])
        a, b = keras.Input((4,)), keras.Input((4,))
        merged = ops.relu(layers.Concatenate(name="merge")([inner(shared(a)), shared(b)]))
        record = read_model(keras.Model([a, b], layers.Dense(1, name="out")(merged)), nowhere)
        names = [layer.name for layer in record.layers]
        assert names.count("shared") == 1
        assert names.index("shared") < names.index("inner") < names.index("merge") < names.index("out")
        assert [layer.activation for layer in record.layers if layer.kind == "Relu"] == ["relu"]
        assert record.ordered

    def test_composite_layers_are_opened_and_order_is_not_claimed(self):
        class Block(layers.Layer):
            def __init__(self):
                super().__init__()
                self.one, self.two = layers.Dense(3, activation="relu"), layers.Dense(4)

            def call(self, x):
                return self.two(self.one(x))

        record = read_model(sequential(Block(), layers.Dense(1)), nowhere)
        assert [layer.units for layer in record.layers] == [3, 4, 1]
        assert not record.ordered

    def test_custom_training(self):
        class Own(keras.Sequential):
            def train_step(self, *args):
                return super().train_step(*args)

        assert read_model(Own([keras.Input((2,)), layers.Dense(1)]), nowhere).custom_train_step
        assert not read_model(sequential(layers.Dense(1)), nowhere).custom_train_step

    def test_an_unbuilt_model(self):
        record = read_model(keras.Sequential([layers.Dense(3, activation="relu"), layers.Dense(1)]), nowhere)
        assert [(layer.units, layer.parameters) for layer in record.layers] == [(3, 0), (1, 0)]

    def test_first_layers_look_through_shapes_and_nested_models(self):
        ids, table = keras.Input((4,), name="ids"), keras.Input((3,), name="table")
        inner = keras.Sequential([keras.Input((2, 2)), layers.Flatten(), layers.Embedding(9, 2)])
        text = layers.Flatten()(inner(layers.Reshape((2, 2))(ids)))
        joined = layers.Concatenate()([text, layers.Normalization()(table)])
        model = keras.Model([ids, table], layers.Dense(1)(joined))
        assert first_layers(model) == [("ids", "Embedding", 9), ("table", "Normalization", None)]

    def test_a_mask_is_no_reader(self):
        ids = keras.Input((4,), name="ids")
        x = layers.LSTM(2, return_sequences=True)(layers.Embedding(9, 3, mask_zero=True)(ids))
        model = keras.Model(ids, layers.Dense(1)(layers.GlobalAveragePooling1D()(x)))
        assert first_layers(model) == [("ids", "Embedding", 9)]
        kinds = [layer.kind for layer in read_model(model, nowhere).layers]
        assert kinds == ["Embedding", "LSTM", "GlobalAveragePooling1D", "Dense"]
        assert read_heads(model, nowhere)[""].hidden.kind == "LSTM"

    def test_embeddings_inside_a_layer_of_the_users_own(self):
        class Tokens(layers.Layer):
            def __init__(self):
                super().__init__()
                self.place, self.word = layers.Embedding(4, 2), layers.Embedding(900, 2)

            def call(self, x):
                return self.word(x) + self.place(ops.arange(4))

        model = sequential(Tokens(), layers.Flatten(), layers.Dense(1))
        assert first_layers(model)[0][1:] == ("Embedding", None)

    @pytest.mark.backend
    def test_environment(self):
        record = read_environment()
        assert record.backend == keras.backend.backend()
        assert record.keras == keras.__version__
        assert record.framework
