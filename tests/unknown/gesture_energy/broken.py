"""Which of four gestures does a wrist sensor see? Sorted by the energy of the motion per channel."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)

STEPS, CHANNELS, CLASSES = 40, 6, 4
SPEED = np.array(
    [
        [0.6, 0.2, 0.2, 0.4, 0.2, 0.3],
        [0.2, 0.6, 0.2, 0.2, 0.4, 0.3],
        [0.2, 0.2, 0.6, 0.3, 0.3, 0.2],
        [0.3, 0.3, 0.3, 0.2, 0.2, 0.6],
    ]
)


def record(n):
    """Random walks around a resting posture that differs from wearer to wearer."""
    label = rng.integers(0, CLASSES, size=n)
    steps = rng.normal(size=(n, STEPS, CHANNELS)) * SPEED[label][:, None, :]
    walk = np.zeros_like(steps)
    for t in range(1, STEPS):
        walk[:, t] = 0.8 * walk[:, t - 1] + steps[:, t]
    posture = rng.normal(scale=2.0, size=(n, 1, CHANNELS))
    return (walk + posture).astype("float32"), label


class MotionEnergy(layers.Layer):
    """Absolute change from one reading to the next; the first reading has none."""

    def call(self, x):
        previous = ops.roll(x, 1, axis=0)
        change = ops.abs(x - previous)
        return change[:, 1:, :]

    def compute_output_shape(self, input_shape):
        batch, steps, channels = input_shape
        return (batch, steps - 1, channels)


def build():
    inputs = keras.Input((STEPS, CHANNELS))
    h = MotionEnergy(name="motion")(inputs)
    h = layers.GlobalAveragePooling1D()(h)
    h = layers.Dense(32, activation="relu")(h)
    outputs = layers.Dense(CLASSES, activation="softmax")(h)
    return keras.Model(inputs, outputs)


x_train, y_train = record(2400)
x_val, y_val = record(400)
x_test, y_test = record(800)

model = build()
model.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(
    x_train, y_train, validation_data=(x_val, y_val), batch_size=64, epochs=15, verbose=0
)
for epoch in (0, 4, 9, 14):
    row = {name: round(values[epoch], 4) for name, values in history.history.items()}
    print("epoch", epoch + 1, row)

predicted = model.predict(x_test, batch_size=256, verbose=0).argmax(axis=1)
print("share of each gesture predicted", np.bincount(predicted, minlength=CLASSES) / len(predicted))
print("test accuracy", round(float((predicted == y_test).mean()), 4))
