"""A graph of 300 papers, 30 with a subject: the whole graph is one batch, weights of zero hide the other subjects."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(15)
rng = np.random.default_rng(15)
N, SUBJECTS = 300, 3

subject = rng.integers(0, SUBJECTS, N)
same = subject[:, None] == subject[None]
links = np.triu(rng.random((N, N)) < np.where(same, 0.05, 0.005), 1)
links = links | links.T | np.eye(N, dtype=bool)
degree = links.sum(axis=1)
spread = (links / np.sqrt(degree[:, None] * degree[None])).astype("float32")
words = (rng.normal(size=(N, 20)) + 0.7 * rng.normal(size=(SUBJECTS, 20))[subject]).astype("float32")
labelled = np.zeros(N, "float32")
labelled[rng.permutation(N)[:30]] = 1


class GraphConvolution(layers.Layer):
    def __init__(self, units, activation=None):
        super().__init__()
        self.dense = layers.Dense(units, activation=activation)

    def call(self, nodes):
        return self.dense(ops.matmul(spread, nodes))


inputs = keras.Input((20,), batch_size=N)
hidden = layers.Dropout(0.3)(GraphConvolution(16, "relu")(inputs))
outputs = layers.Activation("softmax")(GraphConvolution(SUBJECTS)(hidden))
model = keras.Model(inputs, outputs)
model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", weighted_metrics=["accuracy"])
model.fit(words, subject, sample_weight=labelled, batch_size=N, epochs=60, shuffle=False, verbose=0)
answer = model.predict(words, batch_size=N, verbose=0).argmax(axis=1)
print("papers without a subject:", round(float((answer == subject)[labelled == 0].mean()), 3))
