"""Time of delivery: by when nine of ten parcels are there."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)


def pinball(quantile):
    def loss(y_true, y_pred):
        error = y_true - y_pred
        return ops.mean(ops.maximum(quantile * error, (quantile - 1) * error), axis=-1)

    return loss


distance, rain = rng.uniform(0.5, 10, 2000), rng.integers(0, 2, 2000)
minutes = 8 + 3 * distance + rng.gamma(2.0, 1.0 + 0.6 * distance * (1 + rain))
x = np.stack([distance / 10, rain], axis=1).astype("float32")
y = (minutes / 10).astype("float32")[:, None]

model = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss=pinball(0.9), metrics=["mae"])
model.fit(x, y, epochs=12, batch_size=50, validation_split=0.2, verbose=2)
