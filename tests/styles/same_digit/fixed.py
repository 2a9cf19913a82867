"""Do two images show the same digit? Contrastive training of one encoder."""
import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_digits

keras.utils.set_random_seed(9)
MARGIN = 1.0


def make_pairs(x, y, n, rng):
    a = rng.integers(0, len(x), n)
    b = np.empty(n, dtype=int)
    target = np.empty(n, dtype="float32")
    for i, j in enumerate(a):
        same = i % 2 == 0
        pool = np.flatnonzero(y == y[j]) if same else np.flatnonzero(y != y[j])
        b[i] = rng.choice(pool)
        target[i] = 1.0 if same else 0.0
    return (x[a], x[b]), target[:, None]


def contrastive(y_true, distance):
    """y_true is 1 for a pair that belongs together."""
    near = y_true * ops.square(distance)
    far = (1 - y_true) * ops.square(ops.maximum(MARGIN - distance, 0.0))
    return ops.mean(near + far)


def pair_accuracy(y_true, distance):
    return ops.mean(ops.cast(ops.equal(y_true > 0.5, distance < 0.5 * MARGIN), "float32"))


def distance(ab):
    a, b = ab
    return ops.sqrt(ops.sum(ops.square(a - b), axis=1, keepdims=True) + 1e-7)


encoder = keras.Sequential([
    keras.Input((64,)),
    layers.Dense(64, activation="relu"),
    layers.Dense(16),
])
left, right = keras.Input((64,)), keras.Input((64,))
d = layers.Lambda(distance, output_shape=(1,))([encoder(left), encoder(right)])
siamese = keras.Model([left, right], d)
siamese.compile(optimizer=keras.optimizers.Adam(2e-3), loss=contrastive, metrics=[pair_accuracy])

digits, labels = load_digits(return_X_y=True)
digits = (digits / 16.0).astype("float32")
rng = np.random.default_rng(0)
train_pairs, train_y = make_pairs(digits[:1400], labels[:1400], 3000, rng)
val_pairs, val_y = make_pairs(digits[1400:], labels[1400:], 600, rng)
siamese.fit(train_pairs, train_y, validation_data=(val_pairs, val_y), epochs=8, batch_size=64)
