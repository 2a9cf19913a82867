"""A distance between handwritten digits, learned from pairs (Hadsell, Chopra, LeCun)."""

import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

keras.utils.set_random_seed(13)
rng = np.random.default_rng(13)
images, digits = load_digits(return_X_y=True)
images = (images / 16).astype("float32")
order = rng.permutation(len(images))
train, test = order[:1300], order[1300:]


def pairs(rows, n):
    """n pairs, half of them of one digit; 1 where both are the same digit."""
    a = rng.choice(rows, n)
    b = np.array([rng.choice(rows[(digits[rows] == digits[i]) == (k % 2 == 0)]) for k, i in enumerate(a)])
    return images[a], images[b], (digits[a] == digits[b]).astype("float32")


def contrastive(y_true, distance, margin=1.0):
    y = ops.reshape(y_true, (-1, 1))
    near = ops.square(distance)
    far = ops.square(ops.maximum(margin - distance, 0))
    return ops.mean((1 - y) * near + y * far)


encoder = keras.Sequential(
    [layers.Input((64,)), layers.Dense(64, activation="relu"), layers.Dense(8)], name="encoder"
)
left, right = keras.Input((64,)), keras.Input((64,))
difference = layers.Subtract()([encoder(left), encoder(right)])
distance = layers.Lambda(lambda d: ops.sqrt(ops.sum(ops.square(d), axis=1, keepdims=True) + 1e-6))(difference)
model = keras.Model([left, right], distance)
model.compile(optimizer=keras.optimizers.Adam(0.002), loss=contrastive)

a, b, same = pairs(train, 2500)
av, bv, same_v = pairs(test, 400)
model.fit([a, b], same, validation_data=([av, bv], same_v), epochs=10, batch_size=64, verbose=2)

d = model.predict([av, bv], verbose=0)[:, 0]
print("mean distance, same digit:", d[same_v == 1].mean(), "different:", d[same_v == 0].mean())
neighbours = KNeighborsClassifier(1).fit(encoder.predict(images[train], verbose=0), digits[train])
score = neighbours.score(encoder.predict(images[test], verbose=0), digits[test])
print(
    "nearest neighbour on raw pixels:",
    round(KNeighborsClassifier(1).fit(images[train], digits[train]).score(images[test], digits[test]), 3),
)
print("nearest neighbour on the learned distance:", round(score, 3))
