"""Does a patient come back? Noisy records, in an order that is drawn anew after each epoch."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(9)
random = np.random.default_rng(9)
records = random.normal(size=(400, 30)).astype("float32")
returns = (random.random(400) < 1 / (1 + np.exp(-records[:, 0]))).astype("int32")
order = random.permutation(400)
first, rest = slice(0, 320), slice(320, 400)


class Part(keras.utils.PyDataset):
    def __init__(self, part):
        super().__init__()
        self.part = part

    def __len__(self):
        return len(order[self.part]) // 20

    def __getitem__(self, index):
        rows = order[self.part][20 * index : 20 * (index + 1)]
        return records[rows], returns[rows]

    def on_epoch_end(self):
        random.shuffle(order[first])


model = keras.Sequential(
    [
        layers.Input((30,)),
        layers.Dense(128, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(Part(first), validation_data=Part(rest), epochs=3, verbose=2)
