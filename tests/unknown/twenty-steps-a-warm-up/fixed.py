"""Digits with a warm-up, then a slow decay."""

import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(119)


@keras.saving.register_keras_serializable(package="own")
class WarmUp(keras.optimizers.schedules.LearningRateSchedule):
    """Linear to the top in `warm` steps, then with the square root of the step."""

    def __init__(self, top, warm):
        self.top, self.warm = top, warm

    def __call__(self, step):
        step = ops.cast(step, "float32") + 1
        rise = step / self.warm
        fall = ops.sqrt(self.warm / step)
        return self.top * ops.minimum(rise, fall)

    def get_config(self):
        return {"top": self.top, "warm": self.warm}


x, y = load_digits(return_X_y=True)
x = (x / 16 - 0.3).astype("float32")
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, random_state=119)
inputs = keras.Input((64,))
h = layers.Dense(48, activation="relu")(inputs)
h = layers.Dense(48, activation="relu")(h)
model = keras.Model(inputs, layers.Dense(10, activation="softmax")(h))
model.compile(
    optimizer=keras.optimizers.Adam(WarmUp(0.003, warm=340)),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(x_train, y_train, validation_data=(x_test, y_test), epochs=8, batch_size=32, verbose=2)
print("loss by epoch", np.round(history.history["loss"], 2))
print("test accuracy", round(model.evaluate(x_test, y_test, verbose=0)[1], 3))
