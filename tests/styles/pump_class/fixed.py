"""Classify the state of a pump from one table of readings kept in a pandas frame."""
import keras
import numpy as np
import pandas as pd
from sklearn.preprocessing import MinMaxScaler

keras.utils.set_random_seed(27)

STATES = {"fine": 0, "worn seal": 1, "blocked": 2, "dry": 3, "off balance": 4}
COLUMNS = ["pressure", "flow", "current", "heat", "shake"]
CENTRES = np.array(
    [
        [6.0, 30.0, 4.0, 45.0, 0.6],
        [4.6, 26.0, 4.3, 50.0, 0.9],
        [8.1, 12.0, 5.6, 58.0, 0.8],
        [1.2, 3.0, 2.5, 66.0, 1.1],
        [5.8, 28.0, 4.8, 52.0, 2.2],
    ]
)
SPREAD = np.array([0.7, 3.0, 0.4, 4.0, 0.25])


def readings(n):
    rng = np.random.default_rng(27)
    state = rng.choice(len(STATES), n, p=[0.3, 0.2, 0.2, 0.15, 0.15])
    table = pd.DataFrame(CENTRES[state] + rng.normal(0, SPREAD, (n, 5)), columns=COLUMNS)
    table["state"] = [list(STATES)[s] for s in state]
    return table


def prepare(table):
    table = table.drop_duplicates().copy()
    table["state"] = table["state"].map(STATES)
    numeric = table[COLUMNS].columns
    table[numeric] = MinMaxScaler().fit_transform(table[numeric])
    return table


def halves(table, share=0.8):
    table = table.sample(frac=1.0, random_state=27)
    cut = int(share * len(table))
    parts = table.iloc[:cut], table.iloc[cut:]
    return [(p[COLUMNS].to_numpy("float32"), p["state"].to_numpy("float32")) for p in parts]


table = prepare(readings(2500))
print(table.describe().round(2).to_string())
(x_train, y_train), (x_test, y_test) = halves(table)

inputs = keras.Input((len(COLUMNS),))
x = keras.layers.Dense(48, activation="relu")(inputs)
x = keras.layers.Dense(24, activation="relu")(x)
outputs = keras.layers.Dense(len(STATES), activation="softmax")(x)
model = keras.Model(inputs, outputs)

model.compile(
    optimizer=keras.optimizers.Adam(5e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(
    x_train, y_train, validation_data=(x_test, y_test), epochs=15, batch_size=64, verbose=2
)

guess = model.predict(x_test, verbose=0).argmax(-1)
print("test rows given each state:")
for name, number in STATES.items():
    print(f"{name:>12}: {(guess == number).sum():4d}")
