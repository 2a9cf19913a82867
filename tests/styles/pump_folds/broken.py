"""Pump wear from bench readings: three-fold comparison of a network of the house style."""
import keras
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import KFold
from sklearn.preprocessing import MinMaxScaler

SEED = 6
HOUSE_STYLE = {
    "widths": (3,) * 16,
    "activation": "relu",
    "rate": 0.01,
    "epochs": 8,
    "batch": 32,
}


def readings():
    data = load_breast_cancer()
    return data.data, data.target.astype("float32")


def house_net(features, style):
    inputs = keras.Input((features,))
    x = inputs
    for width in style["widths"]:
        x = keras.layers.Dense(width, activation=style["activation"])(x)
    outputs = keras.layers.Dense(1, activation="sigmoid")(x)
    model = keras.Model(inputs, outputs)
    model.compile(
        optimizer=keras.optimizers.Adam(style["rate"]),
        loss="binary_crossentropy",
        metrics=["accuracy", keras.metrics.AUC(name="auc")],
    )
    return model


def scale(train, test):
    scaler = MinMaxScaler().fit(train)
    return scaler.transform(train).astype("float32"), scaler.transform(test).astype("float32")


def compare(style, folds=3):
    x, y = readings()
    rows = []
    for train, test in KFold(folds, shuffle=True, random_state=SEED).split(x):
        x_train, x_test = scale(x[train], x[test])
        model = house_net(x.shape[1], style)
        model.fit(
            x_train,
            y[train],
            epochs=style["epochs"],
            batch_size=style["batch"],
            verbose=0,
        )
        result = model.evaluate(x_test, y[test], return_dict=True, verbose=0)
        print({name: round(value, 4) for name, value in result.items()})
        rows.append(result)
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


keras.utils.set_random_seed(SEED)
print("mean", compare(HOUSE_STYLE))
