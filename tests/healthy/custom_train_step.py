"""A train_step by hand: the gradient of torch, the optimizer of Keras."""
# needs: torch

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
import torch
from keras import layers


class ByHand(keras.Model):
    def train_step(self, data):
        x, y = data
        self.zero_grad()
        y_pred = self(x, training=True)
        loss = self.compute_loss(y=y, y_pred=y_pred)
        loss.backward()
        weights = list(self.trainable_weights)
        with torch.no_grad():
            self.optimizer.apply([w.value.grad for w in weights], weights)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {metric.name: metric.result() for metric in self.metrics}


keras.utils.set_random_seed(0)
table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
x, y = (table[:, :64] / 16).astype("float32"), table[:, 64].astype("int32")

inputs = keras.Input((64,))
outputs = layers.Dense(10, activation="softmax")(layers.Dense(64, activation="relu")(inputs))
model = ByHand(inputs, outputs)
model.compile(
    optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x, y, epochs=8, batch_size=32, verbose=2)
