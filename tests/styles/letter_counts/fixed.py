"""Guess the language of a short text from the counts of its letters and letter pairs."""
import keras
import numpy as np
from keras import layers

LETTERS = "abcdefghijklmnopqrstuvwxyz"
LANGUAGES = ("alphan", "betish", "gammic")
TEXTS = 700
LENGTH = 60


def language_model(rng):
    """First letters and letter-to-letter odds of an invented language."""
    odds = rng.dirichlet(np.full(26, 0.25), size=26)
    return odds / odds.sum(1, keepdims=True)


def text(odds, rng):
    letters = [rng.integers(26)]
    for _ in range(LENGTH - 1):
        letters.append(rng.choice(26, p=odds[letters[-1]]))
    return "".join(LETTERS[i] for i in letters)


def counts(texts):
    table = np.zeros((len(texts), 26 + 26 * 26), dtype="float32")
    for row, words in enumerate(texts):
        codes = np.array([LETTERS.index(c) for c in words])
        np.add.at(table[row], codes, 1.0)
        np.add.at(table[row], 26 + 26 * codes[:-1] + codes[1:], 1.0)
    return np.sqrt(table)


def collect(rng):
    texts, labels = [], []
    for number in range(len(LANGUAGES)):
        odds = language_model(rng)
        texts += [text(odds, rng) for _ in range(TEXTS)]
        labels += [number] * TEXTS
    return counts(texts), np.array(labels)


def mix(features, labels, rng):
    """Fisher and Yates, in place, the same exchange in both."""
    for last in range(len(labels) - 1, 0, -1):
        other = rng.integers(0, last + 1)
        features[[last, other]] = features[[other, last]]
        labels[last], labels[other] = labels[other], labels[last]
    return features, labels


def network(n_features):
    inputs = keras.Input((n_features,))
    x = layers.Dense(32, activation="relu")(inputs)
    x = layers.Dropout(0.3)(x)
    return keras.Model(inputs, layers.Dense(len(LANGUAGES), activation="softmax")(x))


def main():
    keras.utils.set_random_seed(60)
    rng = np.random.default_rng(60)
    features, labels = mix(*collect(rng), rng)
    print("texts per language:", np.bincount(labels))

    model = network(features.shape[1])
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(features, labels, validation_split=0.25, epochs=10, batch_size=32, verbose=2)
    held = slice(int(0.75 * len(labels)), None)
    guess = model.predict(features[held], verbose=0).argmax(-1)
    print(f"held-out accuracy {(guess == labels[held]).mean():.4f}")


if __name__ == "__main__":
    main()
