"""Where was the air sample taken? Ten sensors, four stations; tested station by station."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(103)
rng = np.random.default_rng(103)
STATIONS = ["harbour", "park", "ring road", "airport"]
profile = rng.normal(size=(len(STATIONS), 10))


def samples(station, n):
    weather = rng.normal(0, 2.0, (n, 1))  # moves all sensors alike
    return (profile[station] + weather + rng.normal(0, 0.5, (n, 10))).astype("float32")


class Centre(layers.Layer):
    """Takes out what all sensors share."""

    def __init__(self, axis, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, x):
        return x - ops.mean(x, axis=self.axis, keepdims=True)


x_train = np.concatenate([samples(s, 300) for s in range(4)])
y_train = np.repeat(np.arange(4), 300)
mixed = rng.permutation(len(x_train))
x_train, y_train = x_train[mixed], y_train[mixed]
x_val = np.concatenate([samples(s, 50) for s in range(4)])
y_val = np.repeat(np.arange(4), 50)

model = keras.Sequential(
    [
        layers.Input((10,)),
        Centre(axis=0),
        layers.Dense(24, activation="relu"),
        layers.Dense(4, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(0.005), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=12, batch_size=50, verbose=2)

scores = []
for s, station in enumerate(STATIONS):
    answer = model.predict(samples(s, 60), verbose=0).argmax(-1)
    scores.append(np.mean(answer == s))
    print(f"{station:10s} {scores[-1]:.2f}")
print(f"mean over the stations {np.mean(scores):.3f}")
