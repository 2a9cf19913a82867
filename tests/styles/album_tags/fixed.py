"""Tag small grey pictures: which of five patterns does a picture hold? Any number may be present."""
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(5)

TAGS = ["stripes", "column", "dot", "frame", "diagonal"]
SIZE = 14

TRAINING = {
    "epochs": 8,
    "batch": 64,
    "rate": 3e-3,
    "compile": {
        "loss": "binary_crossentropy",
        "metrics": ["binary_accuracy"],
    },
}


def draw(tags, rng):
    image = rng.normal(0.0, 0.25, (SIZE, SIZE))
    if tags[0]:
        image[rng.integers(0, 3) :: 4, :] += 0.8
    if tags[1]:
        image[:, rng.integers(2, SIZE - 2)] += 1.2
    if tags[2]:
        r, c = rng.integers(2, SIZE - 4, 2)
        image[r : r + 3, c : c + 3] -= 1.5
    if tags[3]:
        image[[0, -1], :] += 1.0
        image[:, [0, -1]] += 1.0
    if tags[4]:
        shift = rng.integers(-2, 3)
        image += 1.2 * np.eye(SIZE, k=shift)
    return image


def album(n, seed):
    rng = np.random.default_rng(seed)
    tags = (rng.random((n, len(TAGS))) < 0.4).astype("float32")
    images = np.stack([draw(t, rng) for t in tags]).astype("float32")[..., None]
    return images, tags


class Batches(keras.utils.PyDataset):
    def __init__(self, images, tags, batch, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.images, self.tags, self.batch = images, tags, batch
        self.rng = np.random.default_rng(seed)
        self.order = self.rng.permutation(len(images))

    def __len__(self):
        return -(-len(self.images) // self.batch)

    def __getitem__(self, index):
        rows = self.order[index * self.batch : (index + 1) * self.batch]
        return self.images[rows], self.tags[rows]

    def on_epoch_end(self):
        self.order = self.rng.permutation(len(self.images))


def network():
    inputs = keras.Input((SIZE, SIZE, 1))
    x = layers.Conv2D(12, 3, activation="relu", padding="same")(inputs)
    x = layers.Conv2D(16, 3, strides=2, activation="relu", padding="same")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(48, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(len(TAGS), activation="sigmoid")(x))


images, tags = album(2400, 1)
val_images, val_tags = album(600, 2)
print("share of pictures with each tag:", dict(zip(TAGS, tags.mean(0).round(3))))

model = network()
model.compile(optimizer=keras.optimizers.Adam(TRAINING["rate"]), **TRAINING["compile"])
history = model.fit(
    Batches(images, tags, TRAINING["batch"]),
    validation_data=(val_images, val_tags),
    epochs=TRAINING["epochs"],
    verbose=2,
)
for name, values in history.history.items():
    print(f"{name}: {values[0]:.4f} -> {values[-1]:.4f}")
