"""Handwritten digits with SGD and a Lookahead wrapper (k steps forward, one step back)."""
import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(3)


class Lookahead(keras.callbacks.Callback):
    """Every k batches the weights go to slow + alpha * (fast - slow)."""

    def __init__(self, k=5, alpha=0.5):
        super().__init__()
        self.k = k
        self.alpha = alpha
        self.slow = None
        self.seen = 0

    def on_train_begin(self, logs=None):
        self.slow = [w.copy() for w in self.model.get_weights()]
        self.seen = 0

    def on_train_batch_end(self, batch, logs=None):
        self.seen += 1
        if self.seen % self.k:
            return
        fast = self.model.get_weights()
        merged = [s + self.alpha * (f - s) for s, f in zip(self.slow, fast)]
        self.model.set_weights(merged)
        self.slow = merged
        self.seen = 0


def load():
    images, labels = load_digits(return_X_y=True)
    images = (images / 16.0).astype("float32")
    x_rest, x_test, y_rest, y_test = train_test_split(
        images, labels, test_size=0.25, random_state=3, stratify=labels
    )
    x_train, x_val, y_train, y_val = train_test_split(
        x_rest, y_rest, test_size=0.15, random_state=3, stratify=y_rest
    )
    return (x_train, y_train), (x_val, y_val), (x_test, y_test)


(x_train, y_train), (x_val, y_val), (x_test, y_test) = load()
print("rows", len(x_train), len(x_val), len(x_test))

model = keras.Sequential(
    [
        layers.Input((64,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(32, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.SGD(0.05, momentum=0.5),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(
    x_train,
    y_train,
    validation_data=(x_val, y_val),
    batch_size=32,
    epochs=25,
    callbacks=[Lookahead(k=5, alpha=0.5)],
    verbose=0,
)
for epoch in range(0, 25, 6):
    print(
        "epoch", epoch + 1,
        "loss", round(history.history["loss"][epoch], 4),
        "val_accuracy", round(history.history["val_accuracy"][epoch], 4),
    )

loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print("test loss", round(loss, 4))
print("test accuracy", round(accuracy, 4))
