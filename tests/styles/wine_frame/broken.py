"""The wine table as one data frame, column `cultivar` is what we want to know."""
import keras
import numpy as np
import pandas as pd
from sklearn.datasets import load_wine

TARGET = "cultivar"
keras.utils.set_random_seed(15)


def read_frame():
    wine = load_wine(as_frame=True)
    frame = wine.frame.rename(columns={"target": TARGET})
    return frame.sample(frac=1.0, random_state=1).reset_index(drop=True)


def normalise(frame):
    low, high = frame.min(), frame.max()
    return (frame - low) / (high - low)


def to_arrays(frame, fraction):
    y = frame[TARGET].to_numpy()
    x = frame.drop(columns=TARGET).to_numpy("float32")
    cut = int(len(frame) * fraction)
    return (x[:cut], y[:cut]), (x[cut:], y[cut:])


frame = normalise(read_frame())
(train_x, train_y), (test_x, test_y) = to_arrays(frame, 0.75)

net = keras.Sequential(name="cultivar_net")
net.add(keras.Input((train_x.shape[1],)))
net.add(keras.layers.Dense(32, activation="relu"))
net.add(keras.layers.Dense(16, activation="relu"))
net.add(keras.layers.Dense(3, activation="softmax"))
net.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.005),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
net.fit(train_x, train_y, batch_size=16, epochs=30, verbose=2, validation_data=(test_x, test_y))
print("predicted classes:", np.bincount(net.predict(test_x, verbose=0).argmax(axis=1), minlength=3))
