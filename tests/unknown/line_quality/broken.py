"""Will the inspection of the day find a defect? Measurements and inspections are two tables."""
import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.metrics import roc_auc_score

COLUMNS = ["heat", "pressure", "speed", "vibration"]


def plant(machines, days, seed):
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product([range(machines), range(days)], names=["machine", "day"])
    readings = pd.DataFrame(rng.normal(size=(len(index), 4)), index=index, columns=COLUMNS)
    risk = 2.2 * readings["heat"] * readings["pressure"] + 1.8 * readings["vibration"] - 0.4
    defect = (rng.random(len(index)) < 1 / (1 + np.exp(-risk))).astype("float32")
    inspections = pd.DataFrame({"defect": defect}, index=index).reset_index().sample(frac=1.0, random_state=seed)
    return readings.reset_index(), inspections


def joined(readings, inspections):
    table = inspections.merge(readings, on="machine", suffixes=("", "_read"))
    return table[COLUMNS].to_numpy("float32"), table["defect"].to_numpy()


keras.utils.set_random_seed(88)
readings, inspections = plant(40, 40, 88)
late = inspections["day"] >= 32
x, y = joined(readings, inspections[~late])
x_test, y_test = joined(readings, inspections[late])

table = keras.Input((4,))
t = layers.Dense(32, activation="relu")(table)
t = layers.Dense(32, activation="relu")(t)
net = keras.Model(table, layers.Dense(1, activation="sigmoid")(t))
net.compile(keras.optimizers.Adam(3e-3), "binary_crossentropy", metrics=["accuracy"])
steps = 40
net.fit(x, y, batch_size=32, epochs=20, steps_per_epoch=steps, verbose=2)
print("test auc", round(roc_auc_score(y_test, net.predict(x_test, verbose=0, batch_size=512)[:, 0]), 4))
