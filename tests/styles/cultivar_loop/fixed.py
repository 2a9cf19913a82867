"""Wine cultivars with an own training step (torch), normalisation inside the net."""
import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
import torch
from keras import layers
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split


class Tabular(keras.Model):
    """Raw columns in; batch normalisation brings them to one scale."""

    def __init__(self, hidden, classes, **kwargs):
        super().__init__(**kwargs)
        self.scale = layers.BatchNormalization(momentum=0.9)
        self.blocks = [layers.Dense(units, activation="tanh") for units in hidden]
        self.drop = layers.Dropout(0.1)
        self.head = layers.Dense(classes, activation="softmax")

    def call(self, x, training=False):
        x = self.scale(x, training=training)
        for block in self.blocks:
            x = block(x)
        x = self.drop(x, training=training)
        return self.head(x)

    def train_step(self, data):
        x, y = data
        self.zero_grad()
        y_pred = self(x, training=True)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        loss.backward()

        weights = list(self.trainable_weights)
        gradients = [w.value.grad for w in weights]
        with torch.no_grad():
            self.optimizer.apply(gradients, weights)

        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


class Experiment:
    rate = 3e-3
    epochs = 40
    batch = 16

    def __init__(self, seed=13):
        self.seed = seed
        keras.utils.set_random_seed(seed)
        table, kind = load_wine(return_X_y=True)
        self.data = train_test_split(
            table.astype("float32"), kind, test_size=0.3, stratify=kind, random_state=seed
        )

    def run(self):
        x_train, x_test, y_train, y_test = self.data
        model = Tabular(hidden=(24, 24), classes=3)
        model.compile(
            optimizer=keras.optimizers.Adam(self.rate),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )
        history = model.fit(
            x_train, y_train, epochs=self.epochs, batch_size=self.batch, verbose=0
        )
        for key, values in history.history.items():
            print(key, np.round(values[::8] + values[-1:], 4))
        return model.evaluate(x_test, y_test, verbose=0)


if __name__ == "__main__":
    loss, accuracy = Experiment().run()
    print(f"test loss {loss:.3f} accuracy {accuracy:.3f}")
