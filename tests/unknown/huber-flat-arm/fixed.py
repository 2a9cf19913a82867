"""Rent per square metre from seven facts about a flat. Some landlords mistype, so no plain squared error."""

import keras
import numpy as np
from keras import layers, ops
from sklearn.metrics import r2_score

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)
n = 1500
facts = rng.normal(size=(n, 7)).astype("float32")
rent = (
    14
    + facts @ np.array([1.5, -0.8, 0.6, 0, 0, 1.1, -0.4])
    + 0.9 * facts[:, 0] * (facts[:, 1] > 0)
    + rng.normal(0, 0.4, n)
)
clean = rent.copy()
typo = rng.random(n) < 0.03
rent[typo] *= 10
rent = rent.astype("float32")[:, None]


class Huber(keras.losses.Loss):
    def __init__(self, delta=1.0):
        super().__init__(name="huber")
        self.delta = delta

    def call(self, y_true, y_pred):
        error = ops.abs(y_true - y_pred)
        small = 0.5 * ops.square(error)
        large = self.delta * (error - 0.5 * self.delta)
        return ops.mean(ops.where(error < self.delta, small, large), axis=-1)


class RentModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Dense(32, activation="relu")
        self.second = layers.Dense(32, activation="relu")
        self.rent = layers.Dense(1)

    def call(self, x):
        return self.rent(self.second(self.first(x)))


model = RentModel()
model.compile(optimizer=keras.optimizers.Adam(0.005), loss=Huber(1.0), metrics=["mae"])
model.fit(
    facts[:1100],
    rent[:1100],
    validation_data=(facts[1100:1300], rent[1100:1300]),
    epochs=25,
    batch_size=32,
    verbose=2,
)
answers = model.predict(facts[1300:], verbose=0)[:, 0]
print("first answers", np.round(answers[:5], 2), "true", np.round(clean[1300:1305], 2))
print("R2 without the typos:", round(r2_score(clean[1300:], answers), 3))
