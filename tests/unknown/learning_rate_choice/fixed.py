"""Chooses the learning rate on a held-out part, then judges the chosen net on the test part."""
import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SEED = 41
CANDIDATES = [2e-5, 2e-4, 2e-3]


def load():
    images, labels = load_digits(return_X_y=True)
    images = (images / 16.0).astype("float32")
    x_rest, x_test, y_rest, y_test = train_test_split(
        images, labels, test_size=0.3, random_state=SEED, stratify=labels
    )
    x_train, x_val, y_train, y_val = train_test_split(
        x_rest, y_rest, test_size=0.2, random_state=SEED, stratify=y_rest
    )
    return (x_train, y_train), (x_val, y_val), (x_test, y_test)


def build(learning_rate):
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential(
        [
            layers.Input((64,)),
            layers.Dense(64, activation="relu"),
            layers.Dropout(0.1),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


class Trial:
    """A candidate with its net and its figures on the held-out part."""

    def __init__(self, learning_rate, train, val, epochs=6):
        self.learning_rate = learning_rate
        self.model = build(learning_rate)
        history = self.model.fit(
            *train, validation_data=val, batch_size=32, epochs=epochs, verbose=0
        )
        self.train_loss = history.history["loss"][-1]
        self.val_loss, self.val_accuracy = self.model.evaluate(*val, verbose=0)

    def __str__(self):
        return (
            f"lr {self.learning_rate:.0e} loss {self.train_loss:.4f} "
            f"val_loss {self.val_loss:.4f} val_accuracy {self.val_accuracy:.4f}"
        )


train, val, (x_test, y_test) = load()
print("rows", len(train[0]), len(val[0]), len(x_test))

trials = []
for learning_rate in CANDIDATES:
    trial = Trial(learning_rate, train, val)
    print(trial)
    trials.append(trial)

best = min(trials, key=lambda trial: trial.val_loss)
print("chosen learning rate", best.learning_rate)

best.model.fit(
    np.concatenate([train[0], val[0]]),
    np.concatenate([train[1], val[1]]),
    batch_size=32,
    epochs=2,
    verbose=0,
)
loss, accuracy = best.model.evaluate(x_test, y_test, batch_size=256, verbose=0)
print("test loss", round(loss, 4))
print("test accuracy", round(accuracy, 4))
