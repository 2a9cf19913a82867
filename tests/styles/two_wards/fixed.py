"""Findings of two wards: the first to learn from, the second to judge by."""
import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.datasets import load_breast_cancer


def wards(seed):
    data = load_breast_cancer(as_frame=True)
    frame = data.data.assign(finding=data.target_names[data.target])
    first = frame.sample(frac=0.65, random_state=seed)
    second = frame.drop(first.index)
    return first.sort_values("mean radius", ascending=False), second.sort_values("mean radius")


def numbered(findings):
    number = {name: k for k, name in enumerate(sorted(set(findings)))}
    return findings.map(number).to_numpy("float32")


def split(frame):
    return frame.drop(columns="finding").to_numpy("float32"), numbered(frame["finding"])


def main():
    keras.utils.set_random_seed(39)
    first, second = wards(39)
    x, y = split(first)
    x_second, y_second = split(second)
    norm = layers.Normalization()
    norm.adapt(x)
    table = keras.Input((x.shape[1],))
    t = layers.Dense(20, activation="relu")(norm(table))
    t = layers.Dropout(0.1)(t)
    model = keras.Model(table, layers.Dense(1, activation="sigmoid")(t))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy", keras.metrics.AUC(name="auc")])
    model.fit(x, y, batch_size=16, epochs=12, validation_data=(x_second, y_second), verbose=2)
    print("accuracy in the second ward", round(model.evaluate(x_second, y_second, verbose=0)[1], 4))


if __name__ == "__main__":
    main()
