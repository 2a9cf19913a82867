"""Protein content from near-infrared spectra: few samples, many neighbouring channels."""
import numpy as np
import keras
from keras import layers, ops

SEED = 17
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

CHANNELS = 120
grid = np.arange(CHANNELS)


def peak(center, width):
    return np.exp(-0.5 * ((grid - center) / width) ** 2)


PROTEIN = peak(35, 6) - 0.6 * peak(80, 10)
WATER = peak(60, 14)
FAT = peak(100, 8) + 0.5 * peak(20, 9)


def measure(n):
    protein = rng.normal(size=n)
    water = rng.normal(size=n)
    fat = rng.normal(size=n)
    spectra = np.outer(protein, PROTEIN) + np.outer(water, WATER) + np.outer(fat, FAT)
    spectra = spectra + rng.normal(scale=0.35, size=spectra.shape)
    target = protein + 0.15 * rng.normal(size=n)
    return spectra.astype("float32"), target.astype("float32")


@keras.saving.register_keras_serializable()
class NeighbourSmoothness(keras.regularizers.Regularizer):
    """Quadratic form w' L w with the Laplacian of the chain of channels."""

    def __init__(self, strength, channels):
        self.strength = strength
        self.channels = channels
        near = np.eye(channels, k=1) + np.eye(channels, k=-1)
        degree = np.diag(near.sum(axis=1))
        self.laplacian = (degree - near).astype("float32")

    def __call__(self, w):
        rough = ops.matmul(ops.convert_to_tensor(self.laplacian), w)
        return self.strength * ops.sum(w * rough)

    def get_config(self):
        return {"strength": self.strength, "channels": self.channels}


x_train, y_train = measure(150)
x_val, y_val = measure(60)
x_test, y_test = measure(500)

model = keras.Sequential(
    [
        layers.Input((CHANNELS,)),
        layers.Dense(
            1,
            kernel_initializer=keras.initializers.RandomNormal(stddev=0.02),
            kernel_regularizer=NeighbourSmoothness(0.5, CHANNELS),
        ),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse", metrics=["mae"])
history = model.fit(
    x_train,
    y_train,
    validation_data=(x_val, y_val),
    batch_size=15,
    epochs=60,
    verbose=0,
)
print("mae by epoch", [round(v, 3) for v in history.history["mae"][::12]])
print("val mae by epoch", [round(v, 3) for v in history.history["val_mae"][::12]])

predicted = model.predict(x_test, batch_size=256, verbose=0)[:, 0]
error = float(np.sqrt(((predicted - y_test) ** 2).mean()))
print("spread of the target", round(float(y_test.std()), 4))
print("test rmse", round(error, 4))
