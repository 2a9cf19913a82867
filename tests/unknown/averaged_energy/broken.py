"""Heating load of buildings; the delivered weights are an exponential moving average."""
import numpy as np
import keras
from keras import layers

SEED = 21
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)


def make_buildings(n):
    area = rng.uniform(50, 400, n)
    glass = rng.uniform(0.0, 0.4, n)
    height = rng.uniform(2.4, 7.0, n)
    outside = rng.normal(4.0, 6.0, n)
    insulation = rng.uniform(0.2, 1.0, n)
    load = (21 - outside) * (0.3 + glass) * np.sqrt(area) * (1.4 - insulation) + 4.0 * height
    load = load + rng.normal(0.0, 5.0, n)
    x = np.stack([area, glass, height, outside, insulation], axis=1)
    return x, load


class WeightAverage(keras.callbacks.Callback):
    """Keeps a moving average of all weights and puts it into the model at the end."""

    def __init__(self, decay=0.999):
        super().__init__()
        self.decay = decay
        self.step = 0
        self.average = None

    def on_train_begin(self, logs=None):
        self.average = [np.zeros_like(w) for w in self.model.get_weights()]
        self.step = 0

    def on_train_batch_end(self, batch, logs=None):
        self.step += 1
        keep = self.decay
        for i, w in enumerate(self.model.get_weights()):
            self.average[i] = keep * self.average[i] + (1.0 - keep) * w

    def on_train_end(self, logs=None):
        final = [a for a in self.average]
        self.model.set_weights(final)


x_train, y_train = make_buildings(2400)
x_test, y_test = make_buildings(800)

x_mean, x_std = x_train.mean(axis=0), x_train.std(axis=0)
y_mean, y_std = y_train.mean(), y_train.std()
x_train_s = ((x_train - x_mean) / x_std).astype("float32")
x_test_s = ((x_test - x_mean) / x_std).astype("float32")
y_train_s = ((y_train - y_mean) / y_std).astype("float32")

model = keras.Sequential(
    [
        layers.Input((5,)),
        layers.Dense(48, activation="relu"),
        layers.Dense(48, activation="relu"),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="mse")
history = model.fit(
    x_train_s,
    y_train_s,
    batch_size=48,
    epochs=14,
    callbacks=[WeightAverage(decay=0.999)],
    verbose=0,
)
print("loss by epoch", [round(v, 4) for v in history.history["loss"]])

predicted = model.predict(x_test_s, batch_size=512, verbose=0)[:, 0] * y_std + y_mean
residual = y_test - predicted
print("rmse", round(float(np.sqrt((residual**2).mean())), 3), "spread of the load", round(float(y_test.std()), 3))
print("test r2", round(float(1.0 - (residual**2).mean() / y_test.var()), 4))
