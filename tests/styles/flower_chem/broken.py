"""Which cultivar is it? A k-fold estimate over the wine table."""
import json
import pathlib

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_wine
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

HERE = pathlib.Path(__file__).resolve().parent
settings = json.loads((HERE / "settings.json").read_text())

keras.utils.set_random_seed(settings["seed"])


def make_model(n_features, n_classes, spec):
    model = keras.Sequential(name="cultivar")
    model.add(keras.Input((n_features,)))
    for units in spec["hidden"]:
        model.add(layers.Dense(units, activation=spec["activation"]))
    model.add(layers.Dense(n_classes, activation="softmax"))
    return model


def make_optimizer(spec):
    kinds = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam}
    return kinds[spec["kind"]](learning_rate=spec["step"])


features, target = load_wine(return_X_y=True)
folds = StratifiedKFold(
    n_splits=settings["folds"], shuffle=True, random_state=settings["seed"]
)

scores = []
for number, (train, test) in enumerate(folds.split(features, target), start=1):
    scaler = StandardScaler().fit(features[train])
    x_train = scaler.transform(features[train]).astype("float32")
    x_test = scaler.transform(features[test]).astype("float32")

    model = make_model(x_train.shape[1], 3, settings["network"])
    model.compile(
        optimizer=make_optimizer(settings["optimizer"]),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    history = model.fit(
        x_train,
        target[train],
        batch_size=settings["batch_size"],
        epochs=settings["epochs"],
        verbose=0,
    )
    loss, accuracy = model.evaluate(x_test, target[test], verbose=0)
    first, last = history.history["loss"][0], history.history["loss"][-1]
    print(f"fold {number}: loss {first:.4f} -> {last:.4f}, test accuracy {accuracy:.3f}")
    scores.append(accuracy)

print(f"mean accuracy over folds: {np.mean(scores):.3f} +- {np.std(scores):.3f}")
