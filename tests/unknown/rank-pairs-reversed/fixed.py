"""Order wines by quality: scores from pairs within the batch (RankNet)."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(41)
rng = np.random.default_rng(41)
n = 1600
chemistry = rng.normal(size=(n, 9)).astype("float32")
taste = 1.2 * chemistry[:, 0] - chemistry[:, 3] + np.tanh(2 * chemistry[:, 5]) + rng.normal(0, 0.3, n)
points = np.clip(np.round(5 + 1.2 * taste), 0, 10).astype("float32")  # 0..10, from a jury


def ranknet(y_true, scores):
    y = ops.reshape(y_true, (-1, 1))
    s = ops.reshape(scores, (-1, 1))
    better = ops.cast(y > ops.transpose(y), "float32")  # row i above row j
    margin = s - ops.transpose(s)
    return ops.sum(better * ops.softplus(-margin)) / (ops.sum(better) + 1e-6)


class Scorer(keras.Model):
    def __init__(self, widths=(32, 16)):
        super().__init__()
        self.body = [layers.Dense(w, activation="relu") for w in widths]
        self.head = layers.Dense(1, use_bias=False)

    def call(self, x):
        for layer in self.body:
            x = layer(x)
        return self.head(x)


def right_order(truth, score):
    i, j = np.triu_indices(len(truth), 1)
    differ = truth[i] != truth[j]
    return np.mean((truth[i] > truth[j])[differ] == (score[i] > score[j])[differ])


scorer = Scorer()
scorer.compile(optimizer=keras.optimizers.Adam(0.003), loss=ranknet)
scorer.fit(
    chemistry[:1200],
    points[:1200],
    validation_data=(chemistry[1200:1400], points[1200:1400]),
    epochs=15,
    batch_size=40,
    verbose=2,
)
score = scorer.predict(chemistry[1400:], verbose=0)[:, 0]
print("best wine by score:", points[1400 + score.argmax()], "worst:", points[1400 + score.argmin()])
print(f"pairs in the right order: {right_order(points[1400:], score):.3f}")
