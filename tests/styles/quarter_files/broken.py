"""Fault codes of a pump: one file for each station, too many to hold at once."""
import keras
import numpy as np
from sklearn.metrics import classification_report

keras.utils.set_random_seed(12)

STATIONS = ("north", "east", "south", "west")
CODES = 8
FEATURES = 14
ROWS = 300

SETTINGS = dict(units=(40, 20), rate=0.004, epochs=8, batch=25)

_rng = np.random.default_rng(12)
CENTRES = _rng.normal(size=(CODES, FEATURES))


def station_file(station):
    """A station has two kinds of pump and thus sees two codes only."""
    number = STATIONS.index(station)
    rng = np.random.default_rng(100 + number)
    codes = rng.choice([2 * number, 2 * number + 1], ROWS)
    table = CENTRES[codes] + 0.5 * rng.normal(size=(ROWS, FEATURES))
    return table.astype("float32"), codes


def test_file():
    rng = np.random.default_rng(999)
    codes = rng.integers(0, CODES, 400)
    table = CENTRES[codes] + 0.5 * rng.normal(size=(400, FEATURES))
    return table.astype("float32"), codes


def build(settings):
    layers = [keras.Input((FEATURES,))]
    layers += [keras.layers.Dense(units, activation="relu") for units in settings["units"]]
    layers += [keras.layers.Dense(CODES, activation="softmax")]
    model = keras.Sequential(layers)
    model.compile(
        optimizer=keras.optimizers.Adam(settings["rate"]),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def parts():
    for station in STATIONS:
        yield station, station_file(station)


def train(model, settings):
    for name, (table, codes) in parts():
        history = model.fit(
            table,
            codes,
            epochs=settings["epochs"],
            batch_size=settings["batch"],
            verbose=0,
        ).history
        first, last = history["loss"][0], history["loss"][-1]
        print(f"{name:>6}: loss {first:.4f} -> {last:.4f}, accuracy {history['accuracy'][-1]:.4f}")


model = build(SETTINGS)
train(model, SETTINGS)
table, codes = test_file()
guess = model.predict(table, verbose=0).argmax(axis=1)
print(classification_report(codes, guess, zero_division=0, digits=3))
print("test", model.evaluate(table, codes, verbose=0))
