"""Few rows and a large network: it would overfit, so it stops and goes back to the best epoch's weights."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(20)

x, y = load_diabetes(return_X_y=True)
order = np.random.default_rng(20).permutation(len(x))
x = StandardScaler().fit_transform(x[order]).astype("float32")
y = y[order].astype("float32") / 100

model = keras.Sequential(
    [
        layers.Input((10,)),
        layers.Dense(128, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(1),
    ]
)
model.compile(keras.optimizers.Adam(0.001), "mse", metrics=["mae"])
stop = keras.callbacks.EarlyStopping("val_loss", patience=8, restore_best_weights=True)
history = model.fit(
    x[:250],
    y[:250],
    epochs=80,
    batch_size=32,
    validation_data=(x[250:340], y[250:340]),
    callbacks=[stop],
    verbose=2,
)
guess = model.predict(x[340:], verbose=0)[:, 0]
print("epochs", len(history.epoch), "best", int(np.argmin(history.history["val_loss"])) + 1)
print("R2 on the last hundred:", round(1 - ((guess - y[340:]) ** 2).mean() / y[340:].var(), 3))
