"""Breast cancer, raw columns; a normalisation layer of my own that follows mean and variance."""

import keras
from keras import layers, ops
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(111)


class RunningNorm(layers.Layer):
    def __init__(self, momentum=0.8, **kwargs):
        super().__init__(**kwargs)
        self.momentum = momentum

    def build(self, shape):
        size = (shape[-1],)
        self.mean = self.add_weight(shape=size, initializer="zeros", trainable=False, name="mean")
        self.var = self.add_weight(shape=size, initializer="ones", trainable=False, name="var")

    def follow(self, variable, value):
        new = self.momentum * variable.value + (1 - self.momentum) * ops.stop_gradient(value)
        return variable.assign(new)

    def call(self, x, training=False):
        if training:
            mean, var = ops.mean(x, axis=0), ops.var(x, axis=0)
            self.follow(self.mean, mean)
            self.follow(self.var, var)
        else:
            mean, var = self.mean, self.var
        return (x - mean) / ops.sqrt(var + 1e-6)


x, y = load_breast_cancer(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    x.astype("float32"), y, test_size=0.3, stratify=y, random_state=111
)
model = keras.Sequential(
    [
        layers.Input((30,)),
        RunningNorm(),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, validation_data=(x_test, y_test), epochs=15, batch_size=32, verbose=2)
print("accuracy on the test rows:", round(model.evaluate(x_test, y_test, verbose=0)[1], 3))
