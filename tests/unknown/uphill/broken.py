"""Energy of a building from eight numbers, Nesterov's momentum written out as an optimizer of my own."""

import keras
import numpy as np
from keras import layers, ops
from sklearn.metrics import r2_score

keras.utils.set_random_seed(115)
rng = np.random.default_rng(115)
x = rng.normal(size=(1500, 8)).astype("float32")
y = np.sin(x[:, 0]) + 0.5 * x[:, 1] * x[:, 2] - 0.3 * x[:, 3] + rng.normal(0, 0.1, 1500)
y = ((y - y.mean()) / y.std()).astype("float32")[:, None]


class Nesterov(keras.optimizers.Optimizer):
    def __init__(self, learning_rate=0.01, momentum=0.9, name="nesterov", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.momentum = momentum

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.velocities = [self.add_variable_from_reference(v, name="velocity") for v in variables]

    def update_step(self, gradient, variable, learning_rate):
        rate = ops.cast(learning_rate, variable.dtype)
        velocity = self.velocities[self._get_variable_index(variable)]
        new = self.momentum * velocity.value - rate * ops.cast(gradient, variable.dtype)
        self.assign(velocity, new)
        look_ahead = self.momentum * new - rate * gradient
        self.assign_sub(variable, look_ahead)


inputs = keras.Input((8,))
h = layers.Dense(32, activation="tanh")(inputs)
h = layers.Dense(32, activation="tanh")(h)
model = keras.Model(inputs, layers.Dense(1)(h))
model.compile(optimizer=Nesterov(0.02), loss="mse", metrics=["mae"])
model.fit(x[:1200], y[:1200], epochs=20, batch_size=40, validation_data=(x[1200:], y[1200:]), verbose=2)
print("R2:", round(float(r2_score(y[1200:], np.nan_to_num(model.predict(x[1200:], verbose=0), nan=1e6))), 3))
