"""Two branches: the mean values of the cells, and their worst values."""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_breast_cancer

keras.utils.set_random_seed(31)


class Table:
    def __init__(self, seed=31):
        self.rng = np.random.default_rng(seed)
        data = load_breast_cancer()
        values = (data.data - data.data.mean(axis=0)) / data.data.std(axis=0)
        self.mean = values[:, :10].astype("float32")
        self.worst = values[:, 20:].astype("float32")
        self.target = data.target.astype("float32")

    def shuffled(self):
        n = len(self.target)
        order = self.rng.permutation(n)
        self.mean = self.mean[order]
        self.worst = self.worst[order]
        self.target = self.target[self.rng.permutation(n)]
        return self

    def split(self, share):
        cut = int(share * len(self.target))
        train = {"mean": self.mean[:cut], "worst": self.worst[:cut]}, self.target[:cut]
        test = {"mean": self.mean[cut:], "worst": self.worst[cut:]}, self.target[cut:]
        return train, test


def branch(inp):
    h = layers.Dense(24, activation="relu")(inp)
    return layers.Dense(12, activation="relu")(h)


mean = keras.Input((10,), name="mean")
worst = keras.Input((10,), name="worst")
both = layers.Concatenate()([branch(mean), branch(worst)])
both = layers.Dense(16, activation="relu")(both)
model = keras.Model({"mean": mean, "worst": worst}, layers.Dense(1, activation="sigmoid")(both))

(x_train, y_train), test = Table().shuffled().split(0.75)
model.compile(keras.optimizers.Adam(2e-3), "binary_crossentropy", metrics=["accuracy", keras.metrics.AUC(name="auc")])
model.fit(x_train, y_train, batch_size=32, epochs=15, validation_data=test)
