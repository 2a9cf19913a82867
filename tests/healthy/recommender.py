"""Stars that people gave to films: two tables of vectors, their product, and a bias for each."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)
PEOPLE, FILMS = 150, 80

tastes, traits = rng.normal(size=(PEOPLE, 2)), rng.normal(size=(FILMS, 2))
kindness, quality = rng.normal(0, 0.4, PEOPLE), rng.normal(0, 0.5, FILMS)
pairs = rng.permutation(PEOPLE * FILMS)[:6000]
person, film = pairs // FILMS, pairs % FILMS
stars = 3.3 + kindness[person] + quality[film] + 0.6 * (tastes[person] * traits[film]).sum(axis=1)
stars = np.clip(np.round(stars + rng.normal(0, 0.3, len(stars))), 1, 5).astype("float32")


class Recommender(keras.Model):
    def __init__(self, size=4):
        super().__init__()
        decay = keras.regularizers.L2(1e-5)
        self.people = layers.Embedding(PEOPLE, size, embeddings_regularizer=decay)
        self.films = layers.Embedding(FILMS, size, embeddings_regularizer=decay)
        self.kindness, self.quality = layers.Embedding(PEOPLE, 1), layers.Embedding(FILMS, 1)

    def call(self, inputs):
        person, film = inputs[:, 0], inputs[:, 1]
        match = ops.sum(self.people(person) * self.films(film), axis=-1, keepdims=True)
        return 3.3 + match + self.kindness(person) + self.quality(film)


ids = np.stack([person, film], axis=1).astype("int32")
model = Recommender()
model.compile(
    keras.optimizers.Adam(0.02), loss="mse", metrics=[keras.metrics.RootMeanSquaredError(name="rmse")]
)
model.fit(
    ids[:5000], stars[:5000], epochs=15, batch_size=64, validation_data=(ids[5000:], stars[5000:]), verbose=2
)
print(
    "RMSE",
    round(model.evaluate(ids[5000:], stars[5000:], verbose=0)[1], 3),
    "of",
    round(float(stars.std()), 3),
)
