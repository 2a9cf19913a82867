"""Give every recipe its diet and kitchen tags, from the words in its list of ingredients."""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(14)

TAGS = ["vegan", "quick", "spicy", "oven", "sweet", "asian", "festive", "soup"]
VOCABULARY = 400
LENGTH = 30


class Recipes(keras.utils.PyDataset):
    """Rows of word numbers; each tag has a dozen words of its own."""

    def __init__(self, n, seed, batch=64, **kwargs):
        super().__init__(**kwargs)
        rng = np.random.default_rng(seed)
        self.batch = batch
        lexicon = np.random.default_rng(99).permutation(np.arange(1, VOCABULARY))
        self.tags = np.zeros((n, len(TAGS)), dtype="float32")
        self.words = rng.integers(1, VOCABULARY, (n, LENGTH))
        for row in range(n):
            chosen = rng.choice(len(TAGS), rng.integers(2, 5), replace=False)
            self.tags[row, chosen] = 1.0
            places = rng.permutation(LENGTH)
            for k, tag in enumerate(chosen):
                words = lexicon[12 * tag : 12 * tag + 12]
                self.words[row, places[4 * k : 4 * k + 4]] = rng.choice(words, 4)

    def __len__(self):
        return len(self.words) // self.batch

    def __getitem__(self, index):
        rows = slice(index * self.batch, (index + 1) * self.batch)
        return self.words[rows], self.tags[rows]


class TagRecall(keras.metrics.Metric):
    """Share of the tags of a recipe that the model gives with more than .5."""

    def __init__(self, name="recall"):
        super().__init__(name=name)
        self.found = self.add_weight(shape=(), initializer="zeros", name="found")
        self.given = self.add_weight(shape=(), initializer="zeros", name="given")

    def update_state(self, y_true, y_pred, sample_weight=None):
        hit = ops.cast(y_pred > 0.5, "float32") * ops.cast(y_true, "float32")
        self.found.assign_add(ops.sum(hit))
        self.given.assign_add(ops.sum(ops.cast(y_true, "float32")))

    def result(self):
        return self.found / (self.given + 1e-7)


def tagger(width=32, head="softmax"):
    words = keras.Input((LENGTH,), dtype="int32")
    x = layers.Embedding(VOCABULARY, width)(words)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(64, activation="relu")(x)
    x = layers.Dropout(0.1)(x)
    return keras.Model(words, layers.Dense(len(TAGS), activation=head)(x))


train, valid = Recipes(3200, 1), Recipes(640, 2)
print("tags per recipe:", train.tags.sum(1).mean().round(2))

model = tagger()
model.compile(
    optimizer=keras.optimizers.Adam(5e-3),
    loss="binary_crossentropy",
    metrics=[keras.metrics.BinaryAccuracy(name="per_tag"), TagRecall()],
)
model.fit(train, validation_data=valid, epochs=10, verbose=2)

scores = model.predict(valid.words[:5], verbose=0)
for row, score in enumerate(scores):
    wanted = [t for t, v in zip(TAGS, valid.tags[row]) if v]
    given = [t for t, v in zip(TAGS, score) if v > 0.5]
    print("wanted", wanted, "given", given)
