"""State of a valve and its opening, from vibration bands (class and regression)."""
import configparser
from pathlib import Path

import keras
import numpy as np

config = configparser.ConfigParser()
config.read(Path(__file__).parent / "valve.ini")
run, net = config["run"], config["net"]
keras.utils.set_random_seed(run.getint("seed"))

STATES = ("open", "shut", "leaking", "stuck")


def bench(rows, seed):
    """Bench rows: 20 vibration bands, the state and the opening in 0..1."""
    rng = np.random.default_rng(seed)
    mix = np.random.default_rng(0).normal(size=(len(STATES), 20))
    slope = np.random.default_rng(1).normal(size=20)
    state = rng.integers(0, len(STATES), rows)
    opening = rng.uniform(0, 1, rows)
    bands = mix[state] + 2 * (opening[:, None] - 0.5) * slope + 0.4 * rng.normal(size=(rows, 20))
    return bands.astype("float32"), state, opening.astype("float32")[:, None]


def initializer():
    spread = net.getfloat("kernel_spread")
    return keras.initializers.RandomNormal(stddev=spread, seed=run.getint("seed"))


def build():
    inputs = keras.Input((20,), name="bands")
    x = inputs
    for units in net["units"].split():
        x = keras.layers.Dense(int(units), activation="relu", kernel_initializer=initializer())(x)
    state = keras.layers.Dense(len(STATES), activation="softmax", name="state")(x)
    opening = keras.layers.Dense(1, name="opening")(x)
    model = keras.Model(inputs, [state, opening])
    model.compile(
        optimizer=keras.optimizers.SGD(run.getfloat("rate"), momentum=0.9),
        loss=["sparse_categorical_crossentropy", "mse"],
        metrics=[["accuracy"], ["mae"]],
    )
    return model


bands, state, opening = bench(1200, run.getint("seed"))
cut = 900
model = build()
model.fit(
    bands[:cut],
    [state[:cut], opening[:cut]],
    validation_data=(bands[cut:], [state[cut:], opening[cut:]]),
    epochs=run.getint("epochs"),
    batch_size=run.getint("batch"),
    verbose=2,
)
guess, level = model.predict(bands[cut:], verbose=0)
print("state accuracy", np.mean(guess.argmax(axis=1) == state[cut:]))
print("opening R2", 1 - np.mean((level - opening[cut:]) ** 2) / np.var(opening[cut:]))
