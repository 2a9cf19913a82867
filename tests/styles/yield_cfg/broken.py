"""Crop yield from ten measured values, small experiments from one table of settings."""
import keras
import numpy as np
from sklearn.datasets import make_friedman1
from sklearn.model_selection import train_test_split

BASE = dict(hidden=32, lr=5e-3, epochs=15, batch=32)
EXPERIMENTS = {
    "crop": dict(
        BASE,
        inner="relu",
        outer="sigmoid",
        loss="mse",
    ),
}

keras.utils.set_random_seed(13)


def data():
    x, y = make_friedman1(1500, n_features=10, noise=1.0, random_state=3)
    y = (y - y.mean()) / y.std()
    return train_test_split(x.astype("float32"), y.astype("float32"), test_size=0.25, random_state=0)


def mlp(n_in, cfg):
    stack = [keras.Input((n_in,))]
    stack += [keras.layers.Dense(cfg["hidden"], activation=cfg["inner"]) for _ in range(2)]
    stack += [keras.layers.Dense(1, activation=cfg["outer"])]
    return keras.Sequential(stack)


def experiment(name):
    cfg = EXPERIMENTS[name]
    x_train, x_test, y_train, y_test = data()
    model = mlp(x_train.shape[1], cfg)
    model.compile(keras.optimizers.Adam(cfg["lr"]), cfg["loss"], metrics=["mae"])
    model.fit(x_train, y_train, batch_size=cfg["batch"], epochs=cfg["epochs"], validation_data=(x_test, y_test))
    p = model.predict(x_test, verbose=0)[:, 0]
    return 1 - np.sum((y_test - p) ** 2) / np.sum((y_test - y_test.mean()) ** 2)


for name in EXPERIMENTS:
    print(name, "r2 =", round(float(experiment(name)), 3))
