"""Which of six tags does a short note carry? Notes carry none to four of them."""
import json

import keras
import numpy as np
from keras import layers

SETUP = json.loads("""
{
  "words": 500, "length": 25, "tags": 6, "dim": 24, "hidden": 48,
  "output": "sigmoid",
  "loss": "binary_crossentropy",
  "lr": 0.005, "epochs": 8, "batch": 32
}
""")
keras.utils.set_random_seed(67)


def notes(n, seed):
    rng = np.random.default_rng(seed)
    tags = (rng.random((n, SETUP["tags"])) < 0.35).astype("float32")
    ids = rng.integers(130, SETUP["words"], (n, SETUP["length"]))
    for row, present in zip(ids, tags):
        for k in np.flatnonzero(present):
            at = rng.choice(SETUP["length"], 3, replace=False)
            row[at] = 1 + 20 * k + rng.integers(0, 20, 3)
    return ids, tags


def model_from(setup):
    return keras.Sequential([
        keras.Input((setup["length"],), dtype="int32"),
        layers.Embedding(setup["words"], setup["dim"]),
        layers.GlobalMaxPooling1D(),
        layers.Dense(setup["hidden"], activation="relu"),
        layers.Dense(setup["tags"], activation=setup["output"]),
    ])


x_train, y_train = notes(1600, seed=0)
x_val, y_val = notes(400, seed=1)
model = model_from(SETUP)
model.compile(
    optimizer=keras.optimizers.Adam(SETUP["lr"]),
    loss=SETUP["loss"],
    metrics=[keras.metrics.BinaryAccuracy(name="tag_acc"), keras.metrics.Recall(name="recall")],
)
model.fit(x_train, y_train, batch_size=SETUP["batch"], epochs=SETUP["epochs"], validation_data=(x_val, y_val))
