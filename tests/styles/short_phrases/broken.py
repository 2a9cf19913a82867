"""Is a phrase a question or an order? Made-up token ids, an LSTM reads them."""
import keras
import numpy as np
from keras import layers

SEED = 47
VOCAB = 200
LONGEST = 60


class Phrases:
    """Phrases of 4 to 10 tokens; an order holds one of the first 20 words."""

    def __init__(self, rows, seed):
        rng = np.random.default_rng(seed)
        self.kind = rng.integers(0, 2, rows)
        self.tokens = []
        for kind in self.kind:
            words = rng.integers(21, VOCAB, rng.integers(4, 11))
            if kind:
                spots = rng.choice(len(words), 2, replace=False)
                words[spots] = rng.integers(1, 21, 2)
            self.tokens.append(words)

    def padded(self):
        table = keras.utils.pad_sequences(self.tokens, maxlen=LONGEST, padding="post")
        return self.encode(table)

    def encode(self, table):
        return table.astype("float32") / VOCAB


class Reader(keras.Model):
    def __init__(self, dim=24, state=24, **kwargs):
        super().__init__(**kwargs)
        self.embed = layers.Embedding(VOCAB, dim)
        self.read = layers.LSTM(state)
        self.judge = layers.Dense(1, activation="sigmoid")

    def call(self, tokens):
        return self.judge(self.read(self.embed(tokens)))


def main():
    keras.utils.set_random_seed(SEED)
    phrases = Phrases(900, SEED)
    x, y = phrases.padded(), phrases.kind.astype("float32")
    model = Reader()
    model.compile(
        optimizer=keras.optimizers.Adam(1e-2),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(x[:700], y[:700], epochs=6, batch_size=50, verbose=2)
    chance = model.predict(x[700:], verbose=0)[:, 0]
    print("spread", float(chance.std()), "accuracy", float(((chance > 0.5) == y[700:]).mean()))


if __name__ == "__main__":
    main()
