"""An encoder of digits, kept as it is, gets a head for negatives with a veil over them."""
import keras
import numpy as np
import torch
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(58)


class HeadTuner(keras.Model):
    """Trains the head; the encoder's weights stay."""

    def __init__(self, encoder, classes):
        super().__init__()
        self.encoder = encoder
        self.head = layers.Dense(classes, activation="softmax")

    def call(self, x, training=None):
        return self.head(self.encoder(x, training=training))

    def train_step(self, data):
        x, y = data
        self.zero_grad()
        y_pred = self(x, training=True)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        loss.backward()
        weights = self.head.trainable_weights
        with torch.no_grad():
            self.optimizer.apply([w.value.grad for w in weights], weights)
        for metric in self.metrics:
            metric.update_state(*((loss,) if metric.name == "loss" else (y, y_pred)))
        return self.get_metrics_result()


def encoder():
    image = keras.Input((8, 8, 1))
    t = image
    for filters in (16, 32):
        t = layers.Conv2D(filters, 3, padding="same", use_bias=False)(t)
        t = layers.BatchNormalization()(t)
        t = layers.ReLU()(t)
    t = layers.Flatten()(layers.MaxPooling2D(2)(t))
    return keras.Model(image, t)


x, y = load_digits(return_X_y=True)
order = np.random.default_rng(58).permutation(len(x))
x, y = (x[order] / 16).astype("float32").reshape(-1, 8, 8, 1), y[order]
kept = encoder()
first = keras.Sequential([kept, layers.Dense(10, activation="softmax")])
first.compile(keras.optimizers.Adam(2e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
first.fit(x[:800], y[:800], batch_size=16, epochs=6, verbose=2)

plates = 3.0 - 1.5 * x[800:]
labels = y[800:]
tuner = HeadTuner(kept, 10)
tuner.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
tuner.fit(plates[:600], labels[:600], batch_size=32, epochs=6, verbose=2)
print("on the rows of the fit", round(tuner.evaluate(plates[:600], labels[:600], verbose=0)[1], 4))
print("accuracy", round(tuner.evaluate(plates[600:], labels[600:], verbose=0)[1], 4))
