"""Steering angle from small drawings of the road ahead."""
import math

import numpy as np
import keras
from keras import layers

SEED = 29
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

HEIGHT, WIDTH = 12, 24


def draw_roads(n):
    """A bright lane on a dark ground that bends with the angle; the car is in the middle."""
    angle = rng.uniform(-1.0, 1.0, size=n)
    images = 0.15 * rng.random((n, HEIGHT, WIDTH))
    depth = np.linspace(1.0, 0.0, HEIGHT)
    columns = np.arange(WIDTH)
    offset = rng.normal(scale=0.7, size=n)
    for i in range(n):
        centre = WIDTH / 2 - 0.5 + offset[i] + 9.0 * angle[i] * depth**2
        lane = np.exp(-0.5 * ((columns[None, :] - centre[:, None]) / 1.6) ** 2)
        images[i] += lane
    return images[..., None].astype("float32"), angle.astype("float32")


class RoadBatches(keras.utils.PyDataset):
    """Shuffled batches with mirrored, brightened and shifted drawings."""

    def __init__(self, images, angles, batch_size=64, **kwargs):
        super().__init__(**kwargs)
        self.images = images
        self.angles = angles
        self.batch_size = batch_size
        self.rng = np.random.default_rng(SEED)
        self.order = self.rng.permutation(len(images))

    def __len__(self):
        return math.ceil(len(self.images) / self.batch_size)

    def on_epoch_end(self):
        self.order = self.rng.permutation(len(self.images))

    def augment(self, x, y):
        mirrored = self.rng.random(len(x)) < 0.5
        x[mirrored] = x[mirrored, :, ::-1]
        y[mirrored] = -y[mirrored]
        light = self.rng.uniform(0.8, 1.2, size=(len(x), 1, 1, 1))
        return (x * light).astype("float32"), y

    def __getitem__(self, index):
        rows = self.order[index * self.batch_size:(index + 1) * self.batch_size]
        return self.augment(self.images[rows].copy(), self.angles[rows].copy())


x_train, y_train = draw_roads(1600)
x_val, y_val = draw_roads(300)
x_test, y_test = draw_roads(600)

model = keras.Sequential(
    [
        layers.Input((HEIGHT, WIDTH, 1)),
        layers.Conv2D(8, 3, strides=2, activation="relu"),
        layers.Flatten(),
        layers.Dense(32, activation="relu"),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
history = model.fit(
    RoadBatches(x_train, y_train), validation_data=(x_val, y_val), epochs=12, verbose=0
)
print("loss", [round(v, 4) for v in history.history["loss"][::3]])
print("val_loss", [round(v, 4) for v in history.history["val_loss"][::3]])

predicted = model.predict(x_test, batch_size=256, verbose=0)[:, 0]
print("spread of the predictions", round(float(predicted.std()), 4), "of the angles", round(float(y_test.std()), 4))
print("test mae", round(float(np.abs(predicted - y_test).mean()), 4))
