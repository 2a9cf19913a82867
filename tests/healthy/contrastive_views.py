"""Two noisy views of each digit find each other in the batch (NT-Xent); a linear probe reads what was learned."""

import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)

x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32")


def view(rows):
    kept = rng.random(rows.shape) > 0.3
    return (rows * kept + rng.normal(0, 0.1, rows.shape)).astype("float32")


class ContrastiveModel(keras.Model):
    def __init__(self, temperature=0.2):
        super().__init__()
        self.encoder = keras.Sequential(
            [layers.Dense(64, activation="relu"), layers.Dense(32, activation="relu")]
        )
        self.projection = layers.Dense(16)
        self.temperature = temperature
        self.found = keras.metrics.SparseCategoricalAccuracy(name="found")

    def call(self, pair):
        return tuple(self.projection(self.encoder(one)) for one in pair)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, **_):
        a, b = (ops.normalize(each, axis=-1) for each in y_pred)
        similar = ops.matmul(a, ops.transpose(b)) / self.temperature
        partner = ops.arange(ops.shape(a)[0])
        self.found.update_state(partner, similar)
        one_way = keras.losses.sparse_categorical_crossentropy(partner, similar, from_logits=True)
        back = keras.losses.sparse_categorical_crossentropy(partner, ops.transpose(similar), from_logits=True)
        return ops.mean(one_way + back) / 2

    @property
    def metrics(self):
        return [*super().metrics, self.found]


model = ContrastiveModel()
model.compile(optimizer=keras.optimizers.Adam(0.003))
for round_ in range(4):
    model.fit((view(x[:1400]), view(x[:1400])), epochs=4, batch_size=100, verbose=2)

codes = model.encoder.predict(x, verbose=0)
probe = LogisticRegression(max_iter=500).fit(codes[:1400], y[:1400])
print("linear probe on codes:", round(probe.score(codes[1400:], y[1400:]), 3))
