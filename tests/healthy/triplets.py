"""Metric learning with triplets: a margin loss without labels, and a Metric of one's own for the right order."""

import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

keras.utils.set_random_seed(36)
rng = np.random.default_rng(36)
x, kinds = load_digits(return_X_y=True)
x = (x / 16).astype("float32")
# columns of very different scale, as sensors have them: raw distances say little
x = x * rng.lognormal(0, 1.2, 64).astype("float32")


def triplets(low, high, n):
    anchors = rng.integers(low, high, n)
    rows = np.arange(low, high)
    alike = np.array([rng.choice(rows[kinds[low:high] == kinds[a]]) for a in anchors])
    other = np.array([rng.choice(rows[kinds[low:high] != kinds[a]]) for a in anchors])
    return np.stack([x[anchors], x[alike], x[other]], axis=1)


class RightOrder(keras.metrics.Metric):
    """The share of triplets in which the one alike is nearer than the other."""

    def __init__(self, name="right_order", **kwargs):
        super().__init__(name=name, **kwargs)
        self.right = self.add_weight(shape=(), initializer="zeros", name="right")
        self.seen = self.add_weight(shape=(), initializer="zeros", name="seen")

    def update_state(self, y_true, y_pred, sample_weight=None):
        near, far = distances(y_pred)
        self.right.assign_add(ops.sum(ops.cast(near < far, "float32")))
        self.seen.assign_add(ops.cast(ops.shape(y_pred)[0], "float32"))

    def result(self):
        return self.right / ops.maximum(self.seen, 1.0)


def distances(codes):
    near = ops.sum(ops.square(codes[:, 0] - codes[:, 1]), axis=-1)
    far = ops.sum(ops.square(codes[:, 0] - codes[:, 2]), axis=-1)
    return near, far


def margin_loss(y_true, y_pred):
    near, far = distances(y_pred)
    return ops.maximum(near - far + 0.5, 0.0)


inputs = keras.Input((3, 64))
coder = keras.Sequential(
    [
        layers.BatchNormalization(),
        layers.Dense(64, activation="relu"),
        layers.Dense(16),
        layers.UnitNormalization(),
    ]
)
model = keras.Model(inputs, coder(inputs))
model.compile(optimizer=keras.optimizers.Adam(0.003), loss=margin_loss, metrics=[RightOrder()])
train, test = triplets(0, 1300, 2500), triplets(1300, len(x), 600)
model.fit(
    train,
    np.zeros(len(train)),
    epochs=10,
    batch_size=50,
    validation_data=(test, np.zeros(len(test))),
    verbose=2,
)

codes = keras.ops.convert_to_numpy(coder(x[:, None]))[:, 0]
for name, rows in (("raw", x), ("codes", codes)):
    score = KNeighborsClassifier(1).fit(rows[:1300], kinds[:1300]).score(rows[1300:], kinds[1300:])
    print(f"nearest neighbour on {name}: {score:.3f}")
