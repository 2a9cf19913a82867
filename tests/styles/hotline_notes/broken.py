"""Is a note to the hotline urgent? Words, an LSTM, one answer."""
import keras
import numpy as np

keras.utils.set_random_seed(55)

WORDS = [f"word{n}" for n in range(60)]
URGENT = ["fire", "leak", "smoke", "alarm"]
CALM = ["thanks", "later", "question", "invoice"]
LONGEST = 48
ROWS = 640


class Vocabulary:
    def __init__(self, words):
        self.index = {word: n + 1 for n, word in enumerate(words)}

    def __len__(self):
        return len(self.index) + 1

    def encode(self, note):
        return [self.index[word] for word in note]


def write_notes(rng):
    notes, urgent = [], rng.integers(0, 2, ROWS)
    for flag in urgent:
        note = list(rng.choice(WORDS, rng.integers(4, 12)))
        if rng.random() < 0.03:
            note += list(rng.choice(WORDS, LONGEST - len(note) - 1))
        note.insert(rng.integers(0, len(note) + 1), rng.choice(URGENT if flag else CALM))
        notes.append(note)
    return notes, urgent.astype("float32")


def pad(rows, length):
    table = np.zeros((len(rows), length), dtype="int32")
    for n, row in enumerate(rows):
        table[n, : len(row)] = row
    return table


def build(size):
    return keras.Sequential(
        [
            keras.Input((LONGEST,), dtype="int32"),
            keras.layers.Embedding(size, 12),
            keras.layers.LSTM(16),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


rng = np.random.default_rng(55)
notes, urgent = write_notes(rng)
vocabulary = Vocabulary(WORDS + URGENT + CALM)
table = pad([vocabulary.encode(note) for note in notes], LONGEST)
cut = 512

model = build(len(vocabulary))
model.compile(
    optimizer=keras.optimizers.Adam(0.02),
    loss="binary_crossentropy",
    metrics=["accuracy"],
)
model.fit(
    table[:cut],
    urgent[:cut],
    validation_data=(table[cut:], urgent[cut:]),
    epochs=6,
    batch_size=64,
    verbose=2,
)
score = model.predict(table[cut:], verbose=0)[:, 0]
print("spread of the scores", score.std(), "right", np.mean((score > 0.5) == urgent[cut:]))
