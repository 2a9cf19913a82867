"""First learn odd or even, then reuse the network for all ten digits."""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(47)

x, y = load_digits(return_X_y=True)
x = (x / 16.0).astype("float32")
order = np.random.default_rng(0).permutation(len(x))
x, y = x[order], y[order]
cut = 1400


class Transfer:
    def __init__(self, pre_epochs=3, epochs=8):
        self.pre_epochs = pre_epochs
        self.epochs = epochs
        self.inputs = keras.Input((64,))
        self.body = keras.Sequential([layers.Dense(64, activation="relu"), layers.Dense(32, activation="relu")])

    def pretrain(self):
        parity = layers.Dense(1, activation="sigmoid")(self.body(self.inputs))
        model = keras.Model(self.inputs, parity)
        model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        model.fit(x[:cut], y[:cut] % 2, epochs=self.pre_epochs, batch_size=32)

    def finetune(self):
        h = layers.Dense(32, activation="relu", name="adapter")(self.body(self.inputs))
        probs = layers.Dense(10, activation="softmax", name="digit")(h)
        model = keras.Model(self.inputs, probs)
        for layer in model.layers[:-2]:
            layer.trainable = False
        self.report(model)
        model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
        model.fit(x[:cut], y[:cut], epochs=self.epochs, batch_size=32, validation_data=(x[cut:], y[cut:]))
        return model

    @staticmethod
    def report(model):
        print([layer.name for layer in model.layers], "parameters:", model.count_params())


job = Transfer()
job.pretrain()
final = job.finetune()
print("digits right:", np.mean(final.predict(x[cut:], verbose=0).argmax(axis=1) == y[cut:]))
