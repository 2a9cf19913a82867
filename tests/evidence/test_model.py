"""Reading live Keras models: layers, heads, losses, metrics, optimizers."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from unstuck.evidence.compiled import current_learning_rate, read_losses, read_metrics, read_optimizer
from unstuck.evidence.facts import Labels, Place
from unstuck.evidence.layers import number
from unstuck.evidence.model import first_layers, read_environment, read_heads, read_model


def nowhere(_):
    return None


def places(*things):
    """A place_of that knows these objects, each at the line of its number from 1."""
    known = {id(thing): Place(file="train.py", line=line) for line, thing in enumerate(things, 1)}
    return lambda thing: known.get(id(thing))


def head_of(model, **given):
    return read_heads(model, nowhere, **given)[""]


def sequential(*stack, shape=(4,)):
    return keras.Sequential([keras.Input(shape), *stack])


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
        assert first_layers(model) == [("", "Embedding", 10)]
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

    @pytest.mark.backend
    def test_environment(self):
        record = read_environment()
        assert record.backend == keras.backend.backend()
        assert record.keras == keras.__version__
        assert record.framework


def fitted(model, y, **compiled):
    model.compile(**compiled)
    rows = len(y) if not isinstance(y, (list, dict)) else 8
    model.fit(np.zeros((rows, 4), "float32"), y, verbose=0, batch_size=8)
    return model


PLACE = Place(file="train.py", line=7)


class TestCompiled:
    @pytest.mark.backend
    @pytest.mark.parametrize(
        ("units", "y", "accuracy", "crossentropy"),
        [
            (1, np.zeros(8), "binary_accuracy", "binary_crossentropy"),
            (3, np.zeros(8, "int32"), "sparse_categorical_accuracy", "sparse_categorical_crossentropy"),
            (3, np.zeros((8, 1), "int32"), "sparse_categorical_accuracy", "sparse_categorical_crossentropy"),
            (
                3,
                np.eye(3, dtype="float32")[np.zeros(8, int)],
                "categorical_accuracy",
                "categorical_crossentropy",
            ),
        ],
    )
    def test_what_accuracy_means_before_and_after_keras_decides(self, units, y, accuracy, crossentropy):
        model = sequential(layers.Dense(units, activation="sigmoid"))
        model.compile("adam", "crossentropy", metrics=["acc"])
        heads, labels = read_heads(model, nowhere), {"": Labels.of(y)}
        before = (
            read_metrics(model, PLACE, heads, labels)[""].uses,
            read_losses(model, PLACE, heads, labels)[""],
        )
        model.fit(np.zeros((8, 4), "float32"), y, verbose=0)
        after = read_metrics(model, PLACE)[""].uses, read_losses(model, PLACE)[""]
        assert before == after
        (metric,), loss = after
        assert (metric.name, metric.resolved, metric.asked) == ("acc", accuracy, "string")
        assert (loss.name, loss.custom, loss.place) == (crossentropy, False, PLACE)

    def test_without_labels_nothing_is_claimed_that_the_loss_does_not_tell(self):
        model = sequential(layers.Dense(3))
        model.compile("adam", "mse", metrics=["accuracy"])
        assert read_metrics(model)[""].accuracy is None
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        assert read_metrics(model)[""].accuracy.resolved == "sparse_categorical_accuracy"

    @pytest.mark.parametrize("fit", [False, True])
    def test_metrics_are_named_as_in_the_history(self, fit):
        def own(y, p):
            return ops.mean(p)

        metrics = [
            "acc",
            "mae",
            keras.metrics.BinaryAccuracy(threshold=0.0),
            keras.metrics.binary_accuracy,
            keras.metrics.AUC(name="auc"),
            keras.metrics.Accuracy(name="exact"),
            own,
            "mae",
        ]
        model = sequential(layers.Dense(1, activation="sigmoid"))
        y = np.array([0, 1] * 4)
        model.compile("adam", "binary_crossentropy", metrics=metrics, weighted_metrics=["acc"])
        history = model.fit(np.zeros((8, 4), "float32"), y, verbose=0).history if fit else None
        uses = read_metrics(model, PLACE, read_heads(model, nowhere), {"": Labels.of(y)})[""].uses
        if history:
            assert sorted(use.name for use in uses) == sorted(set(history) - {"loss"})
        assert [use.resolved for use in uses] == [
            "binary_accuracy",
            "mean_absolute_error",
            "binary_accuracy",
            "binary_accuracy",
            "auc",
            "accuracy",
            "custom",
            "mean_absolute_error",
            "binary_accuracy",
        ]
        assert [use.threshold for use in uses[:4]] == [0.5, 0.5, 0.0, 0.5]
        assert [use.asked for use in uses[:3]] == ["string", "string", "object"]
        assert uses[0].place == PLACE

    @pytest.mark.parametrize("fit", [False, True])
    @pytest.mark.parametrize(
        ("given", "name", "logits", "smoothing", "custom"),
        [
            ("mse", "mean_squared_error", False, 0.0, False),
            ("bce", "binary_crossentropy", False, 0.0, False),
            ("BinaryCrossentropy", "binary_crossentropy", False, 0.0, False),
            (keras.losses.BinaryCrossentropy(from_logits=True), "binary_crossentropy", True, 0.0, False),
            (
                keras.losses.BinaryFocalCrossentropy(label_smoothing=0.1),
                "binary_focal_crossentropy",
                False,
                0.1,
                False,
            ),
            (keras.losses.Huber(), "huber", False, 0.0, False),
            (keras.losses.mean_absolute_error, "mean_absolute_error", False, 0.0, False),
            (lambda y, p: ops.mean(p, axis=-1), "<lambda>", False, 0.0, True),
        ],
    )
    def test_losses(self, fit, given, name, logits, smoothing, custom):
        model = sequential(layers.Dense(1))
        model.compile("sgd", given)
        if fit:
            model.fit(np.zeros((8, 4), "float32"), np.zeros(8), verbose=0)
        loss = read_losses(model)[""]
        assert (loss.name, loss.from_logits, loss.custom) == (name, logits, custom)
        assert loss.label_smoothing == pytest.approx(smoothing)

    def test_a_loss_class_of_the_users_own(self):
        class HalfSquare(keras.losses.Loss):
            def call(self, y_true, y_pred):
                return ops.mean((y_true - y_pred) ** 2, axis=-1) / 2

        model = fitted(sequential(layers.Dense(1)), np.zeros(8), optimizer="sgd", loss=HalfSquare())
        loss = read_losses(model)[""]
        assert (loss.name, loss.custom) == ("half_square", True)

    @pytest.mark.parametrize("fit", [False, True])
    @pytest.mark.parametrize("form", ["dict", "list"])
    def test_several_outputs(self, form, fit):
        x = keras.Input((4,))
        one = layers.Dense(1, activation="sigmoid", name="one")(x)
        two = layers.Dense(3, activation="softmax", name="two")(x)
        model = keras.Model(x, [one, two])
        losses, weights = ["bce", "sparse_categorical_crossentropy"], [2.0, 0.5]
        metrics = [["accuracy", "mae"], ["accuracy"]]
        y = [np.zeros(8), np.zeros(8, "int32")]
        if form == "dict":
            losses, weights, metrics, y = (
                dict(zip(("one", "two"), each, strict=True)) for each in (losses, weights, metrics, y)
            )
        model.compile("adam", losses, loss_weights=weights, metrics=metrics)
        if fit:
            model.fit(np.zeros((8, 4), "float32"), y, verbose=0)
        heads = read_heads(model, nowhere)
        labels = {"one": Labels.of(np.zeros(8)), "two": Labels.of(np.zeros(8, "int32"))}
        found = read_losses(model, PLACE, heads, labels)
        assert {name: (loss.name, loss.weight) for name, loss in found.items()} == {
            "one": ("binary_crossentropy", 2.0),
            "two": ("sparse_categorical_crossentropy", 0.5),
        }
        found = read_metrics(model, PLACE, heads, labels)
        assert {name: [use.resolved for use in each.uses] for name, each in found.items()} == {
            "one": ["binary_accuracy", "mean_absolute_error"],
            "two": ["sparse_categorical_accuracy"],
        }
        assert found["one"].uses[0].name == "accuracy"

    def test_never_compiled(self):
        model = sequential(layers.Dense(1))
        assert read_losses(model) == {}
        assert read_metrics(model) == {}
        assert read_optimizer(model, nowhere) is None

    @pytest.mark.backend
    def test_optimizer(self):
        optimizer = keras.optimizers.SGD(0.1, momentum=0.9, clipnorm=2.0)
        model = sequential(layers.Dense(1))
        model.compile(optimizer, "mse")
        record = read_optimizer(model, places(optimizer), PLACE)
        assert (record.name, record.learning_rate, record.momentum, record.clipnorm) == ("SGD", 0.1, 0.9, 2.0)
        assert (record.schedule, record.place.line, record.compile_place) == (None, 1, PLACE)
        assert record.last_learning_rate is None
        optimizer.learning_rate = 0.01
        record = read_optimizer(model, nowhere, PLACE, first_learning_rate=0.1)
        assert (record.learning_rate, record.last_learning_rate) == (0.1, 0.01)

    @pytest.mark.backend
    def test_a_schedule_is_read_at_the_step_reached(self):
        schedule = keras.optimizers.schedules.InverseTimeDecay(0.1, 1, 1.0)
        model = sequential(layers.Dense(1))
        model.compile(keras.optimizers.Adam(schedule), "mse")
        first = current_learning_rate(model)
        model.fit(np.zeros((8, 4), "float32"), np.zeros(8), batch_size=4, verbose=0)
        record = read_optimizer(model, nowhere, first_learning_rate=first)
        assert record.schedule == "InverseTimeDecay"
        assert (record.learning_rate, record.last_learning_rate) == (
            pytest.approx(0.1),
            pytest.approx(0.1 / 3),
        )
