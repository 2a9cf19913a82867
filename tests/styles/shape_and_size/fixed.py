"""One trunk, two answers: which digit, and how much ink."""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

SETTINGS = {
    "epochs": 12,
    "batch": 64,
    "losses": {"digit": "sparse_categorical_crossentropy", "ink": "mse"},
    "weights": {"digit": 1.0, "ink": 1.0},
    "metrics": {"digit": ["accuracy"], "ink": ["mae"]},
}

keras.utils.set_random_seed(23)


def arrays():
    digits = load_digits()
    x = (digits.images / 16.0).astype("float32")[..., None]
    ink = x.mean(axis=(1, 2, 3))
    y = {"digit": digits.target, "ink": ((ink - ink.mean()) / ink.std())[:, None]}
    order = np.random.default_rng(1).permutation(len(x))
    return x[order], {k: v[order] for k, v in y.items()}


def trunk(inp):
    h = layers.Conv2D(16, 3, padding="same", activation="relu")(inp)
    h = layers.MaxPooling2D()(h)
    h = layers.Flatten()(h)
    return layers.Dense(48, activation="relu")(h)


def build():
    inp = keras.Input((8, 8, 1))
    h = trunk(inp)
    outputs = {"digit": layers.Dense(10, activation="softmax", name="digit")(h), "ink": layers.Dense(1, name="ink")(h)}
    return keras.Model(inp, outputs)


x, y = arrays()
model = build()
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=SETTINGS["losses"], loss_weights=SETTINGS["weights"],
              metrics=SETTINGS["metrics"])
val = x[1400:], {k: v[1400:] for k, v in y.items()}
model.fit(x[:1400], {k: v[:1400] for k, v in y.items()}, validation_data=val, epochs=SETTINGS["epochs"],
          batch_size=SETTINGS["batch"])
