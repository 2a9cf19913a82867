"""Topic of short messages: bag of embeddings over a made-up vocabulary."""
import argparse

import keras
import numpy as np
from keras import layers

TOPICS = 6
VOCAB = 900
LENGTH = 24


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=6000)
    parser.add_argument("--dim", type=int, default=32)
    parser.add_argument("--batch", type=int, default=2048)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=3)
    return parser.parse_args()


def corpus(rows, seed):
    """Every topic owns 100 words; a third of each message comes from them."""
    rng = np.random.default_rng(seed)
    topic = rng.integers(0, TOPICS, rows)
    words = rng.integers(1, VOCAB, (rows, LENGTH))
    own = rng.random((rows, LENGTH)) < 0.33
    drawn = 1 + topic[:, None] * 100 + rng.integers(0, 100, (rows, LENGTH))
    words = np.where(own, drawn, words)
    return words.astype("int32"), topic.astype("int32")


class TopicModel(keras.Model):
    def __init__(self, dim, **kwargs):
        super().__init__(**kwargs)
        self.embed = layers.Embedding(VOCAB, dim)
        self.pool = layers.GlobalAveragePooling1D()
        self.hidden = layers.Dense(dim, activation="relu")
        self.head = layers.Dense(TOPICS, activation="softmax")

    def call(self, tokens):
        x = self.embed(tokens)
        x = self.pool(x)
        x = self.hidden(x)
        return self.head(x)


def main():
    args = parse()
    keras.utils.set_random_seed(args.seed)
    words, topic = corpus(args.rows, args.seed)
    cut = int(0.8 * len(words))
    model = TopicModel(args.dim)
    model.compile(
        optimizer=keras.optimizers.Adam(args.rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(
        words[:cut],
        topic[:cut],
        validation_data=(words[cut:], topic[cut:]),
        batch_size=args.batch,
        epochs=args.epochs,
        verbose=2,
    )
    guess = model.predict(words[cut:], verbose=0).argmax(axis=1)
    print("held-out accuracy", round(float((guess == topic[cut:]).mean()), 3))


if __name__ == "__main__":
    main()
