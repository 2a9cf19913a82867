"""Easy digits first: the rows of the lowest loss, more of them each epoch."""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


class Curriculum:
    def __init__(self, net, x, y, begin, length):
        self.net, self.x, self.y = net, x, y
        self.begin, self.length = begin, length
        self.rng = np.random.default_rng(0)

    def share(self, epoch):
        done = min(1, epoch / self.length)
        return self.begin + (1 - self.begin) * done

    def rows(self, epoch):
        chance = self.net.predict(self.x, batch_size=256, verbose=0)[np.arange(len(self.y)), self.y]
        chosen = np.argsort(-chance)[: int(self.share(epoch) * len(self.y))]
        return self.rng.permutation(chosen)

    def run(self, epochs):
        for epoch in range(epochs):
            rows = self.rows(epoch)
            log = self.net.fit(self.x[rows], self.y[rows], batch_size=32, verbose=0).history
            print(f"epoch {epoch}: {len(rows)} rows, loss {log['loss'][0]:.4f}, accuracy {log['accuracy'][0]:.4f}")


keras.utils.set_random_seed(26)
x, y = load_digits(return_X_y=True)
x_fit, x_test, y_fit, y_test = train_test_split((x / 16).astype("float32"), y, test_size=0.3, random_state=26)
net = keras.Sequential(
    [
        keras.Input((64,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(32, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
net.compile(keras.optimizers.Adam(2e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
Curriculum(net, x_fit, y_fit, begin=0.15, length=12).run(12)
print("test accuracy", round(net.evaluate(x_test, y_test, verbose=0)[1], 4))
