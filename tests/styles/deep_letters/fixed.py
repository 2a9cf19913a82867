"""Digits with a deep narrow stack of dense layers."""
import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

WIDTH = 32
DEPTH = 10
ACTIVATION = "relu"
LEARNING_RATE = 0.002

keras.utils.set_random_seed(37)


def dataset():
    x, y = load_digits(return_X_y=True)
    x = (x / 16.0 - 0.3).astype("float32")
    return train_test_split(x, y, test_size=0.2, random_state=37, stratify=y)


class Stack(keras.Model):
    def __init__(self, depth, width, classes):
        super().__init__()
        self.inner = [keras.layers.Dense(width, activation=ACTIVATION, name=f"inner_{i}") for i in range(depth)]
        self.top = keras.layers.Dense(classes, activation="softmax", name="top")

    def call(self, x):
        for layer in self.inner:
            x = layer(x)
        return self.top(x)


class Progress(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.best = 0.0

    def on_epoch_end(self, epoch, logs=None):
        self.best = max(self.best, logs["val_accuracy"])


x_train, x_test, y_train, y_test = dataset()
net = Stack(DEPTH, WIDTH, 10)
net.compile(
    optimizer=keras.optimizers.Adam(LEARNING_RATE),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
progress = Progress()
net.fit(x_train, y_train, batch_size=64, epochs=15, validation_data=(x_test, y_test), callbacks=[progress])
print("best:", progress.best)
