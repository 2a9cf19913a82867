"""Convolution on the 8x8 digits, learning rate led by a cosine with a short warm-up."""
import math

import numpy as np
import keras
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(5)

EPOCHS = 16
BATCH = 32


@keras.saving.register_keras_serializable()
class WarmCosine(keras.optimizers.schedules.LearningRateSchedule):
    """Linear rise over `warmup` steps, then a cosine down over the rest of `total`."""

    def __init__(self, peak, warmup, total):
        self.peak = peak
        self.warmup = warmup
        self.total = total

    def __call__(self, step):
        step = ops.cast(step, "float32")
        rise = self.peak * (step + 1.0) / self.warmup
        share = (step - self.warmup) / (self.total - self.warmup)
        share = ops.clip(share, 0.0, 1.0)
        fall = self.peak * ops.cos(math.pi * share)
        return ops.where(step < self.warmup, rise, fall)

    def get_config(self):
        return {"peak": self.peak, "warmup": self.warmup, "total": self.total}


def load():
    images, labels = load_digits(return_X_y=True)
    images = (images.reshape(-1, 8, 8, 1) / 16.0).astype("float32")
    return train_test_split(images, labels, test_size=0.3, random_state=5, stratify=labels)


x_train, x_test, y_train, y_test = load()
steps = EPOCHS * math.ceil(len(x_train) / BATCH)
schedule = WarmCosine(peak=0.05, warmup=20, total=steps)

model = keras.Sequential(
    [
        layers.Input((8, 8, 1)),
        layers.Conv2D(12, 3, activation="relu"),
        layers.Conv2D(24, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(48, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.SGD(schedule, momentum=0.8),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(
    x_train,
    y_train,
    validation_data=(x_test[:200], y_test[:200]),
    batch_size=BATCH,
    epochs=EPOCHS,
    verbose=0,
)
for epoch in range(0, EPOCHS, 3):
    print(
        "epoch", epoch + 1,
        "accuracy", round(history.history["accuracy"][epoch], 4),
        "val_accuracy", round(history.history["val_accuracy"][epoch], 4),
    )

predicted = model.predict(x_test, batch_size=256, verbose=0).argmax(axis=1)
print("test rows", len(x_test))
print("test accuracy", round(float((predicted == y_test).mean()), 4))
