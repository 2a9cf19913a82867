"""Squeeze a digit into a few bits and read the class back from the bits."""
import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_digits

CONFIG = dict(seed=9, bits=5, hidden=96, epochs=15, batch=32, rate=2e-3, held_out=400)


class Bits(layers.Layer):
    """Turns values in (0, 1) into zeros and ones."""

    def __init__(self, threshold=0.5, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold

    def call(self, x):
        hard = ops.cast(x > self.threshold, x.dtype)
        return hard

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


class Encoder(layers.Layer):
    def __init__(self, hidden, bits, **kwargs):
        super().__init__(**kwargs)
        self.hidden = layers.Dense(hidden, activation="relu")
        self.squeeze = layers.Dense(bits, activation="sigmoid")
        self.binary = Bits()

    def call(self, x):
        return self.binary(self.squeeze(self.hidden(x)))


class Decoder(layers.Layer):
    def __init__(self, hidden, classes, **kwargs):
        super().__init__(**kwargs)
        self.hidden = layers.Dense(hidden, activation="relu")
        self.out = layers.Dense(classes, activation="softmax")

    def call(self, code):
        return self.out(self.hidden(code))


class BitClassifier(keras.Model):
    def __init__(self, config, **kwargs):
        super().__init__(**kwargs)
        self.encoder = Encoder(config["hidden"], config["bits"])
        self.decoder = Decoder(config["hidden"], 10)

    def call(self, x):
        return self.decoder(self.encoder(x))


keras.utils.set_random_seed(CONFIG["seed"])
images, labels = load_digits(return_X_y=True)
images = (images / 8.0 - 1.0).astype("float32")
order = np.random.default_rng(CONFIG["seed"]).permutation(len(images))
images, labels = images[order], labels[order]
n = CONFIG["held_out"]

model = BitClassifier(CONFIG)
model.compile(
    optimizer=keras.optimizers.Adam(CONFIG["rate"]),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(
    images[n:],
    labels[n:],
    epochs=CONFIG["epochs"],
    batch_size=CONFIG["batch"],
    validation_data=(images[:n], labels[:n]),
    verbose=2,
)
codes = keras.ops.convert_to_numpy(model.encoder(images[:n]))
print("different codes", len(np.unique(codes, axis=0)), "of", 2 ** CONFIG["bits"])
print("accuracy", model.evaluate(images[:n], labels[:n], verbose=0)[1])
