"""Programs on which something was wrong once, each with the reason: small, and judged in every run."""

from __future__ import annotations

from dataclasses import dataclass

HEAD = """\
import functools
import keras
import numpy as np
from keras import layers, ops

n, rng = 48, np.random.default_rng(0)
keras.utils.set_random_seed(0)
X, fit = rng.normal(size=(n, 8)).astype("float32"), dict(epochs=2, verbose=0, batch_size=16)
"""


@dataclass(frozen=True)
class Kept:
    """The lines of a program that differ from `HEAD`, why they are kept, and the doors they go through."""

    reason: str
    lines: str
    doors: tuple[str, ...] = ("check",)
    optimizer: str = "'adam'"

    @property
    def text(self) -> str:
        """The whole program."""
        compiled = f"model.compile({self.optimizer}, loss=loss, metrics=metrics)\nx, y = X, Y\n"
        return HEAD + self.lines + "\n" + compiled


KEPT = {
    "relu on logits": Kept(
        "a loss that reads logits does not expect values within [0, 1]",
        """\
Y, loss, metrics = rng.integers(0, 3, n), keras.losses.SparseCategoricalCrossentropy(from_logits=True), []
model = keras.Sequential([keras.Input((8,)), layers.Dense(3, activation="relu")])""",
    ),
    "relu after softmax": Kept(
        "what is never negative passes a ReLU as it is",
        """\
Y, loss, metrics = rng.integers(0, 3, n), "sparse_categorical_crossentropy", []
model = keras.Sequential([keras.Input((8,)), layers.Dense(3, activation="softmax"), layers.ReLU()])""",
    ),
    "leaky relu after softmax": Kept(
        "nothing leaves [0, 1] that was in it",
        """\
Y, loss, metrics = rng.integers(0, 3, n), "sparse_categorical_crossentropy", []
model = keras.Sequential([keras.Input((8,)), layers.Dense(3, activation="softmax"), layers.LeakyReLU()])""",
    ),
    "frozen batch normalisation after the output": Kept(
        "frozen, it uses no figures of the batch",
        """\
Y, loss, metrics = rng.integers(0, 3, n), "sparse_categorical_crossentropy", []
last = layers.BatchNormalization(trainable=False)
model = keras.Sequential([keras.Input((8,)), layers.Dense(3, activation="softmax"), last])""",
    ),
    "noise that sets nothing to 0": Kept(
        "GaussianDropout multiplies by noise",
        """\
Y, loss, metrics = rng.integers(0, 3, n), "sparse_categorical_crossentropy", []
last = layers.GaussianDropout(0.4)
model = keras.Sequential([keras.Input((8,)), layers.Dense(3, activation="softmax"), last])""",
    ),
    "focal loss of a sigmoid read as logits": Kept(
        "its floor is lower by the focal factor",
        """\
Y, loss, metrics = rng.integers(0, 2, n), keras.losses.BinaryFocalCrossentropy(from_logits=True), []
model = keras.Sequential([keras.Input((8,)), layers.Dense(1, activation="sigmoid")])""",
    ),
    "empty rows of a softmax read as logits": Kept(
        "a row without a class costs nothing, so the mean can fall below the floor of a row with one",
        """\
Y = np.eye(3)[rng.integers(0, 3, n)] * (rng.random((n, 1)) < 0.8)
loss, metrics = keras.losses.CategoricalCrossentropy(from_logits=True), []
model = keras.Sequential([keras.Input((8,)), layers.Dense(3, activation="softmax")])""",
    ),
    "smoothed empty rows": Kept(
        "with label smoothing a row of zeros does cost something",
        """\
Y = np.eye(3)[rng.integers(0, 3, n)] * (rng.random((n, 1)) < 0.8)
loss, metrics = keras.losses.CategoricalCrossentropy(label_smoothing=0.1), []
model = keras.Sequential([keras.Input((8,)), layers.Dense(3, activation="softmax")])""",
    ),
    "categorical accuracy of single labels": Kept(
        "for labels without columns it looks for the largest of the batch: the figure is not 1.0",
        """\
Y, loss = rng.integers(0, 2, n), "binary_crossentropy"
metrics = [keras.metrics.CategoricalAccuracy(name="accuracy")]
model = keras.Sequential([keras.Input((8,)), layers.Dense(1, activation="sigmoid")])""",
    ),
    "the best two of one": Kept(
        "top-2 of one column raises an error, so there is no accuracy that stays at 1.0",
        """\
Y, loss = rng.integers(0, 2, n), "binary_crossentropy"
metrics = [keras.metrics.SparseTopKCategoricalAccuracy(k=2)]
model = keras.Sequential([keras.Input((8,)), layers.Dense(1, activation="sigmoid")])""",
    ),
    "equal rows of a stateful model": Kept(
        "the state of the batch before tells equal rows apart",
        """\
X = np.tile(rng.normal(size=(1, 1, 8)), (n, 1, 1)).astype("float32")
Y, loss, metrics = rng.integers(0, 2, n), "binary_crossentropy", []
stack = [layers.SimpleRNN(3, stateful=True), layers.Dense(1, activation="sigmoid")]
model = keras.Sequential([keras.Input((1, 8), batch_size=16), *stack])""",
        doors=("check", "diagnose", "watch"),  # and a batch size that is fixed is no fault of unstuck's
    ),
    "classes along an axis that Keras drops": Kept(
        "labels (n, 3) under answers (n, 3, 1): Keras drops the last axis, and the loss reads three classes",
        """\
Y, loss, metrics = np.eye(3)[rng.integers(0, 3, n)], "categorical_crossentropy", []
stack = [layers.Dense(3, activation="softmax"), layers.Reshape((3, 1))]
model = keras.Sequential([keras.Input((8,)), *stack])""",
    ),
    "relu behind what is not known": Kept(
        "a function of the user's may be a sigmoid, which a ReLU leaves as it is",
        """\
Y, loss, metrics = rng.integers(0, 3, n), "sparse_categorical_crossentropy", []
stack = [layers.Dense(3), layers.Lambda(lambda t: ops.sigmoid(t)), layers.ReLU()]
model = keras.Sequential([keras.Input((8,)), *stack])""",
    ),
    "batch normalisation of a constant": Kept(
        "a softmax over one unit gives it nothing that it could move out of [0, 1]",
        """\
Y, loss, metrics = rng.integers(0, 2, n), "binary_crossentropy", []
stack = [layers.Dense(1, activation="softmax"), layers.BatchNormalization()]
model = keras.Sequential([keras.Input((8,)), *stack])""",
    ),
    "an ignored label without a unit": Kept(
        "what the loss leaves out needs no unit",
        """\
Y = np.where(rng.random(n) < 0.25, 255, rng.integers(0, 3, n))
loss, metrics = keras.losses.SparseCategoricalCrossentropy(ignore_class=255), ["sparse_categorical_accuracy"]
model = keras.Sequential([keras.Input((8,)), layers.Dense(4, activation="softmax")])""",
    ),
    "negative targets of a logarithmic loss": Kept(
        "the mean squared logarithmic error reads them as 0, which a softplus reaches",
        """\
Y, loss, metrics = rng.normal(size=n), "mean_squared_logarithmic_error", []
model = keras.Sequential([keras.Input((8,)), layers.Dense(1, activation="softplus")])""",
    ),
    "one unit for three columns": Kept(
        "binary cross-entropy raises on them, so predicting nothing has no loss",
        """\
Y, loss, metrics = np.eye(3)[rng.integers(0, 3, n)], "binary_crossentropy", ["binary_accuracy"]
model = keras.Sequential([keras.Input((8,)), layers.Dense(1, activation="sigmoid")])""",
    ),
    "one label beside two answers": Kept(
        "the loss raises, so a constant 1.0 costs nothing that could be foretold",
        """\
Y, loss, metrics = rng.integers(0, 2, n), "binary_crossentropy", ["binary_accuracy"]
stack = [layers.Dense(2, activation="sigmoid"), layers.Reshape((2, 1)), layers.Softmax()]
model = keras.Sequential([keras.Input((8,)), *stack])""",
    ),
    "ids that have no row": Kept(
        "a model that raises on its own rows is no fault of unstuck's",
        """\
X, Y, loss, metrics = rng.integers(0, 30, (n, 6)), rng.integers(0, 2, n), "binary_crossentropy", []
body = [layers.Embedding(20, 4), layers.Flatten()]
model = keras.Sequential([keras.Input((6,)), *body, layers.Dense(1, activation="sigmoid")])""",
        doors=("check", "diagnose"),
    ),
    "a relu behind normalised values": Kept(
        "two values that are normalised, and not stretched after, stay within -1 and 1",
        """\
Y, loss, metrics = rng.integers(0, 2, n), "sparse_categorical_crossentropy", []
normal = layers.LayerNormalization(scale=False, center=False)
model = keras.Sequential([keras.Input((8,)), layers.Dense(2), normal, layers.ReLU()])""",
    ),
    "a relu that most weights keep at 0": Kept(
        "one unit in two is negative for every row: its oracle has to draw weights more than three times",
        """\
rng = np.random.default_rng(50996)
keras.utils.set_random_seed(50996)
X = rng.integers(0, 256, (n, 8)).astype("uint8")
Y, loss, metrics = (X[:, 0] > 0).astype("int64"), "binary_crossentropy", []
stack = [layers.UnitNormalization(), layers.Dense(4, activation="elu"), layers.Dense(1, activation="relu6")]
model = keras.Sequential([keras.Input((8,)), *stack])""",
    ),
    "log_softmax over one unit": Kept(
        "it is the logarithm of 1, which never leaves [0, 1]",
        """\
Y, loss, metrics = np.where(rng.random(n) < 0.5, 0.05, 0.95), keras.losses.BinaryFocalCrossentropy(), []
model = keras.Sequential([keras.Input((8,)), layers.Dense(1, activation="log_softmax")])""",
    ),
    "a state that never reaches the answers": Kept(
        "the state is kept all the same; its oracle looked for it in answers that are all equal",
        """\
X, Y, loss, metrics = X[:, None], rng.normal(size=n), "mse", []
stack = [layers.SimpleRNN(3, stateful=True), layers.Dense(1), layers.LayerNormalization()]
model = keras.Sequential([keras.Input((1, 8), batch_size=16), *stack])""",
        doors=("watch", "observe"),
    ),
    "a batch size that the model insists on": Kept(
        "an examination gave its gradients fewer rows, and reported an error of its own",
        """\
X, Y, loss, metrics = X[:, None], rng.integers(0, 2, n), "binary_crossentropy", []
fit |= dict(validation_data=(X[:16], Y[:16]))
stack = [layers.SimpleRNN(3, stateful=True), layers.Dense(1, activation="sigmoid")]
model = keras.Sequential([keras.Input((1, 8), batch_size=16), *stack])""",
        doors=("observe",),
    ),
    "a softmax along the batch of saturated rows": Kept(
        "other rows that are as sure change nothing; a row alone gets another answer",
        """\
rng = np.random.default_rng(100424)
keras.utils.set_random_seed(100424)
X = rng.integers(0, 256, (n, 72)).astype("uint8")
Y, loss, metrics = np.eye(2)[rng.integers(0, 2, n)], "categorical_crossentropy", []
stack = [layers.Dense(2, activation="softmax"), layers.Softmax(axis=0)]
model = keras.Sequential([keras.Input((72,)), *stack])""",
    ),
    "infinite inputs before a bounded activation": Kept(
        "a sigmoid of infinity is 1, so that only a training tells whether weights are lost",
        """\
X = np.where(rng.random((n, 8)) < 0.02, np.inf, X).astype("float32")
Y, loss, metrics = rng.choice([-1, 1], n), "hinge", []
model = keras.Sequential([keras.Input((8,)), layers.Dense(8, activation="sigmoid"), layers.Dense(1)])
model.trainable = False""",
    ),
    "a weight of 0 for a class without rows": Kept(
        "no row is multiplied by it",
        """\
Y, loss, metrics = rng.choice([-1.0, 1.0], (n, 1)).astype("float32"), "squared_hinge", []
fit |= dict(class_weight={0: 0.0, 1: 1.0})
model = keras.Sequential([keras.Input((8,)), layers.Dense(1)])""",
        doors=("watch",),
    ),
    "batch normalisation of equal rows": Kept(
        "without any spread it gives 0 for all of them, and nothing leaves [0, 1]",
        """\
X, Y, loss, metrics = np.zeros((n, 8)), rng.integers(0, 3, n), "sparse_categorical_crossentropy", []
stack = [layers.Dense(3, activation="softmax"), layers.BatchNormalization()]
model = keras.Sequential([keras.Input((8,)), *stack])""",
    ),
    "batch normalisation of probabilities for a loss that reads logits": Kept(
        "it learns to make logits of any size of them, so that no floor holds",
        """\
Y, loss, metrics = rng.integers(0, 3, n), keras.losses.SparseCategoricalCrossentropy(from_logits=True), []
stack = [layers.Dense(3, activation="softmax"), layers.BatchNormalization()]
model = keras.Sequential([keras.Input((8,)), *stack])""",
    ),
    "batch normalisation of a sigmoid for targets beyond it": Kept(
        "it learns to reach any target",
        """\
Y, loss, metrics = 100 + 20 * rng.random(n), "mse", []
stack = [layers.Dense(1, activation="sigmoid"), layers.BatchNormalization()]
model = keras.Sequential([keras.Input((8,)), *stack])""",
    ),
    "classes along an axis of one": Kept(
        "divided by itself each is 1, whatever a ReLU or no activation gives",
        """\
Y, loss, metrics = np.eye(3)[rng.integers(0, 3, n)][:, None], keras.losses.CategoricalCrossentropy(axis=1), []
model = keras.Sequential([keras.Input((8,)), layers.Dense(3, activation="relu"), layers.Reshape((1, 3))])""",
    ),
    "noise that multiplies 0": Kept(
        "a log_softmax over one unit is 0 in training as well",
        """\
Y, loss, metrics = rng.choice([-1.0, 1.0], (n, 1)), "hinge", []
stack = [layers.Dense(1, activation="log_softmax"), layers.GaussianDropout(0.4)]
model = keras.Sequential([keras.Input((8,)), *stack])""",
    ),
    "a class number for each step that looks one-hot": Kept(
        "three labels a row for three steps of two units: their accuracy is the right one",
        """\
X, Y, loss, metrics = rng.normal(size=(n, 3, 2)), np.eye(3)[rng.integers(0, 3, n)], "mse", ["accuracy"]
model = keras.Sequential([keras.Input((3, 2)), layers.Dense(2, activation="softmax")])""",
    ),
    "a softmax along the batch of several labels": Kept(
        "the labels of a row share no sum",
        """\
Y, loss, metrics = (rng.random((n, 3)) < 0.5).astype("float32"), "binary_crossentropy", []
stack = [layers.Dense(3, activation="sigmoid"), layers.Softmax(axis=0)]
model = keras.Sequential([keras.Input((8,)), *stack])""",
    ),
    "scaled labels of which a class is left out": Kept(
        "0.25 is cut down to class 0 and is learned as it, though a label of 0 itself is left out",
        """\
Y, metrics = rng.integers(0, 5, n) / 4, []
loss = keras.losses.SparseCategoricalCrossentropy(ignore_class=0)
model = keras.Sequential([keras.Input((8,)), layers.Dense(6, activation="softmax")])""",
    ),
    "a rate of 0 under gradients of NaN": Kept(
        "0 times NaN is NaN: the weights are lost, they do not stay",
        """\
X = np.where(rng.random((n, 8)) < 0.02, np.inf, X).astype("float32")
Y, loss, metrics = np.eye(3)[rng.integers(0, 3, n)], "categorical_crossentropy", []
model = keras.Sequential([keras.Input((8,)), layers.Dense(3, activation="softmax")])""",
        doors=("watch",),
        optimizer="keras.optimizers.SGD(0.0)",
    ),
    "weights of 0 for classes of a stream": Kept(
        "what passes is not seen here, and may be of another class",
        """\
loss, metrics = "sparse_categorical_crossentropy", []
fit |= dict(class_weight={0: 0.0, 1: 0.0})
class Rows(keras.utils.PyDataset):
    def __len__(self):
        return 3
    def __getitem__(self, index):
        return RIGHT[16 * index:16 * index + 16], np.full(16, 2)
RIGHT, X, Y = X, Rows(), None
model = keras.Sequential([keras.Input((8,)), layers.Dense(3, activation="softmax")])""",
        doors=("watch",),
    ),
    "a loss of the user's own that stretches labels": Kept(
        "Keras's raises an error on a column of class numbers, a sum of products does not",
        """\
Y, metrics = rng.integers(0, 2, (n, 1)), []
loss = lambda t, p: -ops.sum(t * ops.log_softmax(p), axis=-1)
model = keras.Sequential([keras.Input((8,)), layers.Dense(2, activation="softmax")])""",
    ),
    "a class that stands in no file": Kept(
        "as at a prompt: where a layer is written was asked for, and that raised an error",
        """\
class Net(keras.Sequential):
    def call(self, *arguments, **keywords):
        return super().call(*arguments, **keywords)
Y, loss, metrics = rng.integers(0, 2, n), "binary_crossentropy", []
model = Net([keras.Input((8,)), layers.Dense(1, activation="sigmoid")])""",
    ),
    "weights of 0 under a batch size that the model insists on": Kept(
        "its oracle has to give batches of that size",
        """\
X, Y, loss, metrics = X[:, None], rng.integers(0, 2, n), "binary_crossentropy", []
fit |= dict(class_weight={0: 0.0, 1: 0.0})
stack = [layers.SimpleRNN(3, stateful=True), layers.Dense(1, activation="sigmoid")]
model = keras.Sequential([keras.Input((1, 8), batch_size=16), *stack])""",
        doors=("watch",),
    ),
    "a joined batch normalisation after the output": Kept(
        "what moves the range stands in the branches, before they are joined",
        """\
Y, loss, metrics = rng.integers(0, 2, n), keras.losses.BinaryCrossentropy(from_logits=True), []
inputs = keras.Input((8,))
branch = layers.BatchNormalization()(layers.Dense(1, activation="sigmoid")(inputs))
model = keras.Model(inputs, layers.Concatenate()([branch, branch]))""",
    ),
    "smoothed labels a little below 0": Kept(
        "smoothing by 0.1 brings labels of -0.003 back into [0, 1]",
        """\
Y, metrics = rng.normal(size=n), []
Y[0] = -0.003
loss = keras.losses.BinaryCrossentropy(label_smoothing=0.1)
model = keras.Sequential([keras.Input((8,)), layers.Dense(1, activation="sigmoid")])""",
    ),
    "a missing target among the rows that fit keeps back": Kept(
        "asked before the training, all rows that are given are taken for training rows",
        """\
Y, loss, metrics = rng.normal(size=n), "mse", []
Y[-1] = np.nan
fit |= dict(validation_split=0.25)
model = keras.Sequential([keras.Input((8,)), layers.Dense(1)])""",
    ),
    "one unit at each of five steps, one label a row": Kept(
        "Keras drops the axis of the one unit for labels of shape (rows, 1): the five steps are the classes",
        """\
X, Y, loss, metrics = rng.normal(size=(n, 5, 3)).astype("float32"), np.zeros((n, 1), "int64"), (
    keras.losses.SparseCategoricalCrossentropy(from_logits=True)), []
model = keras.Sequential([keras.Input((5, 3)), layers.GRU(4, return_sequences=True), layers.Dense(1)])""",
        doors=("check", "diagnose"),
    ),
}
