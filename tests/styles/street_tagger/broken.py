"""Tag the parts of an address: street, number, place, name, filler."""
import keras
import numpy as np

keras.utils.set_random_seed(19)

LENGTH = 60
VOCABULARY = 500
TAGS = ["<pad>", "street", "number", "place", "name", "filler"]


class Addresses(keras.utils.PyDataset):
    """Batches of padded word numbers with a tag for each word."""

    def __init__(self, rows, seed, batch=32, **kwargs):
        super().__init__(**kwargs)
        rng = np.random.default_rng(seed)
        self.batch = batch
        self.words = np.zeros((rows, LENGTH), dtype="int32")
        self.tags = np.zeros((rows, LENGTH), dtype="int32")
        for row in range(rows):
            n = rng.integers(4, 9)
            tags = rng.integers(1, len(TAGS), n)
            words = 1 + (tags - 1) * 90 + rng.integers(0, 90, n)
            mixed = rng.random(n) < 0.05
            words[mixed] = rng.integers(460, VOCABULARY, mixed.sum())
            self.words[row, :n] = words
            self.tags[row, :n] = tags

    def __len__(self):
        return -(-len(self.words) // self.batch)

    def __getitem__(self, index):
        rows = slice(index * self.batch, (index + 1) * self.batch)
        words, tags = self.words[rows], self.tags[rows]
        return words, tags


def build():
    words = keras.Input((LENGTH,), dtype="int32")
    x = keras.layers.Embedding(VOCABULARY, 16)(words)
    x = keras.layers.Conv1D(24, 3, padding="same", activation="relu")(x)
    tags = keras.layers.Dense(len(TAGS), activation="softmax")(x)
    model = keras.Model(words, tags)
    model.compile(
        optimizer=keras.optimizers.Adam(0.004),
        loss="sparse_categorical_crossentropy",
        weighted_metrics=["accuracy"],
    )
    return model


def by_tag(model, data):
    guess = model.predict(data.words, verbose=0).argmax(axis=-1)
    for number, tag in enumerate(TAGS[1:], start=1):
        mine = data.tags == number
        print(f"{tag:>8}: recall {np.mean(guess[mine] == number):.3f}")
    real = data.tags > 0
    print("all words", np.mean(guess[real] == data.tags[real]))


train, test = Addresses(384, 19), Addresses(128, 20)
model = build()
model.fit(train, validation_data=test, epochs=5, verbose=2)
by_tag(model, test)
