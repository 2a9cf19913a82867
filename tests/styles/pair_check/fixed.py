"""Do two scanned digits show the same number? A twin network with a contrastive loss."""
import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_digits

keras.utils.set_random_seed(8)

MARGIN = 8.0
THRESHOLD = MARGIN / 2
PAIRS = 4000


def pairs(x, y, n, rng):
    """Half of the pairs show one number twice."""
    first = rng.integers(0, len(x), n)
    second = np.empty(n, dtype=int)
    same = rng.random(n) < 0.5
    for k, (i, s) in enumerate(zip(first, same)):
        pool = np.flatnonzero((y == y[i]) == s)
        second[k] = rng.choice(pool)
    return (x[first], x[second]), same.astype("float32")[:, None]


class Distance(layers.Layer):
    def call(self, pair):
        a, b = pair
        return ops.sqrt(ops.sum(ops.square(a - b), axis=-1, keepdims=True) + 1e-9)


def twin(n_features):
    tower = keras.Sequential(
        [
            keras.Input((n_features,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(16),
        ],
        name="tower",
    )
    a, b = keras.Input((n_features,), name="a"), keras.Input((n_features,), name="b")
    return keras.Model([a, b], Distance()([tower(a), tower(b)]))


def contrastive(same, distance):
    near = same * ops.square(distance)
    far = (1.0 - same) * ops.square(ops.maximum(MARGIN - distance, 0.0))
    return ops.mean(near + far)


def pair_accuracy(same, distance):
    called_same = ops.cast(distance < THRESHOLD, "float32")
    return ops.mean(ops.cast(ops.equal(called_same, same), "float32"))


digits = load_digits()
x = (digits.data / 16.0).astype("float32")
rng = np.random.default_rng(8)
order = rng.permutation(len(x))
train_rows, test_rows = order[:1300], order[1300:]
(a, b), same = pairs(x[train_rows], digits.target[train_rows], PAIRS, rng)
(ta, tb), test_same = pairs(x[test_rows], digits.target[test_rows], 800, rng)

model = twin(x.shape[1])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=contrastive, metrics=[pair_accuracy])
history = model.fit(
    [a, b],
    same,
    validation_data=([ta, tb], test_same),
    epochs=12,
    batch_size=64,
    verbose=2,
)

distance = model.predict([ta, tb], verbose=0)
print("mean distance, same number :", float(distance[test_same == 1].mean()).__round__(3))
print("mean distance, other number:", float(distance[test_same == 0].mean()).__round__(3))
print("share of pairs called right:", round(history.history["val_pair_accuracy"][-1], 4))
