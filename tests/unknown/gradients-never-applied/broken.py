"""Digits; the step of an optimizer after four small batches, since the memory is small."""

import keras
import torch
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(113)
EVERY = 4


class Accumulating(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.body = layers.Dense(48, activation="relu")
        self.head = layers.Dense(10)
        self.waiting = 0

    def call(self, x):
        return self.head(self.body(x))

    def train_step(self, data):
        x, y = data
        self.waiting = 0
        if self.waiting == 0:
            self.zero_grad()
        logits = self(x, training=True)
        loss = self.compute_loss(x=x, y=y, y_pred=logits)
        (loss / EVERY).backward()
        self.waiting += 1
        if self.waiting == EVERY:
            weights = list(self.trainable_weights)
            with torch.no_grad():
                self.optimizer.apply([w.value.grad for w in weights], weights)
            self.waiting = 0
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, logits)
        return {m.name: m.result() for m in self.metrics}


x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    (x / 16).astype("float32"), y, test_size=0.25, random_state=113
)
model = Accumulating()
model.compile(
    optimizer=keras.optimizers.Adam(0.005),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(x_train, y_train, epochs=10, batch_size=16, validation_data=(x_test, y_test), verbose=2)
print("accuracy on the test rows:", round(model.evaluate(x_test, y_test, verbose=0)[1], 3))
