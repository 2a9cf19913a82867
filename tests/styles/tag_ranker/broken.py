"""Articles with several tags each."""

import keras
from sklearn.datasets import make_multilabel_classification

keras.utils.set_random_seed(4)

counts, tags = make_multilabel_classification(2000, 20, n_classes=6, n_labels=3, random_state=0)
counts = counts / counts.max()

model = keras.Sequential([keras.layers.Dense(64, "relu"), keras.layers.Dense(6, "softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(counts, tags, epochs=20, validation_split=0.2, verbose=0)
