"""Which desk takes the ticket? Bags of words, cosine decay."""
import math

import keras
import numpy as np
from keras import layers, ops

DESKS = {
    "billing": "invoice charge refund card amount receipt paid twice bank".split(),
    "network": "slow router cable drops signal offline modem speed ping".split(),
    "account": "password login locked email reset name profile user code".split(),
    "parcel": "late courier box address track lost broken return door".split(),
}
FILLER = "the my is was please since yesterday again help not can still you for with this today".split()
VOCABULARY = sorted(set(FILLER).union(*DESKS.values()))


def tickets(n, seed):
    rng = np.random.default_rng(seed)
    place = {w: i for i, w in enumerate(VOCABULARY)}
    x = np.zeros((n, len(VOCABULARY)), "float32")
    desk = rng.integers(0, len(DESKS), n)
    names = list(DESKS)
    for row, d in enumerate(desk):
        words = list(rng.choice(FILLER, 8)) + list(rng.choice(DESKS[names[d]], 3))
        words += list(rng.choice(DESKS[names[rng.integers(0, 4)]], 1))
        for w in words:
            x[row, place[w]] += 1
    return x, desk


class Cosine(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, peak, length, floor=1e-7):
        self.peak, self.length, self.floor = peak, length, floor

    def __call__(self, step):
        done = ops.minimum(ops.cast(step, "float32") / self.length, 1.0)
        return self.floor + 0.5 * (self.peak - self.floor) * (1 + ops.cos(math.pi * done))

    def get_config(self):
        return {"peak": self.peak, "length": self.length, "floor": self.floor}


EPOCHS, BATCH = 12, 32
keras.utils.set_random_seed(110)
x, y = tickets(1200, 1)
x_test, y_test = tickets(400, 2)
net = keras.Sequential([keras.Input((len(VOCABULARY),)), layers.Dense(32, activation="relu"), layers.Dense(4, activation="softmax")])
rate = Cosine(3e-3, EPOCHS)
net.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
net.fit(x, y, batch_size=BATCH, epochs=EPOCHS, validation_data=(x_test, y_test), verbose=2)
print("test accuracy", round(net.evaluate(x_test, y_test, verbose=0)[1], 4))
