"""Search results: eight to a query, ranked by a softmax over the list; levels differ by query and mean nothing."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(37)
rng = np.random.default_rng(37)

queries, size = 700, 8
level = rng.normal(0, 3, (queries, 1, 1))
pages = rng.normal(size=(queries, size, 6)) + level * np.array([1, 0, 0, 0, 1, 0])
merit = (
    (pages[..., 0] - pages[..., 4]) + 1.5 * np.tanh(pages[..., 1]) * (pages[..., 2] > 0) + 0.8 * pages[..., 3]
)
clicks = np.zeros((queries, size), "float32")
chosen = (merit + rng.gumbel(0, 0.5, merit.shape)).argmax(axis=1)
clicks[np.arange(queries), chosen] = 1
pages = pages.astype("float32")


class ListLoss(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return -ops.sum(y_true * ops.log_softmax(y_pred, axis=-1), axis=-1)


results = keras.Input((size, 6))
scores = layers.Dense(32, activation="relu")(results)
scores = layers.Dense(1)(scores)
model = keras.Model(results, layers.Reshape((size,))(scores))
model.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss=ListLoss(),
    metrics=[
        keras.metrics.CategoricalAccuracy(name="first"),
        keras.metrics.TopKCategoricalAccuracy(3, name="top3"),
    ],
)
model.fit(
    pages[:550],
    clicks[:550],
    epochs=15,
    batch_size=25,
    validation_data=(pages[550:], clicks[550:]),
    verbose=2,
)
first = (model.predict(pages[550:], verbose=0).argmax(axis=1) == chosen[550:]).mean()
best = (merit[550:].argmax(axis=1) == chosen[550:]).mean()
print("clicked page ranked first:", round(float(first), 3), "with the true merit", round(float(best), 3))
