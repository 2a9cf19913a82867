"""Sales by the week: the rule drifts from year to year, the last fifth of the weeks validates."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(10)
rng = np.random.default_rng(10)
weeks = 1500
x = rng.normal(size=(weeks, 6)).astype("float32")
age = np.linspace(0, 1, weeks)
first, last = rng.normal(size=6), rng.normal(size=6) * 0.3
sales = x @ first + age * (x @ last) + 0.5 * np.abs(x[:, 0]) + rng.normal(0, 0.6, weeks)
sales = (sales - sales[:1200].mean()) / sales[:1200].std()

model = keras.Sequential([layers.Input((6,)), layers.Dense(24, activation="relu"), layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(0.004), loss="mse", metrics=["mae"])
model.fit(
    x[:1200], sales[:1200], validation_data=(x[1200:], sales[1200:]), epochs=10, batch_size=40, verbose=2
)
