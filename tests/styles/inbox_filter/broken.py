"""Train a spam filter on a text file of labelled messages."""
import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import layers

import messages

keras.utils.set_random_seed(81)

LENGTH = 16
TRAIN_MESSAGES = 2000
TEST_MESSAGES = 400
SAMPLES = [
    "urgent you winner click here for the free casino bonus",
    "the draft of the budget report is here thanks team",
    "cheap pills and a loan offer for you now",
    "lunch with the team and a question on the holiday photo",
]


def build(n_words, width=16):
    codes = keras.Input((LENGTH,), dtype="int32", name="codes")
    x = layers.Embedding(n_words + 1, width)(codes)
    x = layers.SpatialDropout1D(0.1)(x)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(16, activation="relu")(x)
    return keras.Model(codes, layers.Dense(1, activation="sigmoid", name="spam")(x))


def main():
    with tempfile.TemporaryDirectory() as folder:
        train_file, test_file = Path(folder) / "train.txt", Path(folder) / "test.txt"
        messages.write(train_file, TRAIN_MESSAGES, seed=1)
        messages.write(test_file, TEST_MESSAGES, seed=2)
        texts, labels = messages.read(train_file)
        test_texts, test_labels = messages.read(test_file)

    vocabulary = messages.vocabulary(texts)
    codes = messages.encode(texts, vocabulary, LENGTH)
    test_codes = messages.encode(test_texts, vocabulary, LENGTH)

    model = build(len(vocabulary))
    model.compile(
        optimizer=keras.optimizers.Adam(5e-3), loss="binary_crossentropy", metrics=["accuracy"]
    )
    model.fit(
        codes,
        labels,
        validation_data=(test_codes, test_labels),
        epochs=8,
        batch_size=32,
        verbose=2,
    )

    scores = model.predict(messages.encode(SAMPLES, vocabulary, LENGTH), verbose=0).ravel()
    for text, score in zip(SAMPLES, scores):
        print(f"{score:.3f}  {text}")
    print("highest score in the test file:", np.round(model.predict(test_codes, verbose=0).max(), 3))


if __name__ == "__main__":
    main()
