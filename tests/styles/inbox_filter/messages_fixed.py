"""Writes and reads the message file: one message a line, words and kind parted by a bar."""
import numpy as np

PLAIN = "meeting report lunch train draft budget photo holiday question answer thanks team".split()
SPAM = "winner prize cheap credit pills offer click bonus urgent casino loan free".split()
COMMON = "the a to we you for on with and is it of this that now here from your".split()


def write(path, n, seed):
    rng = np.random.default_rng(seed)
    with open(path, "w", encoding="utf-8") as file:
        for _ in range(n):
            spam = rng.random() < 0.4
            own, other = (SPAM, PLAIN) if spam else (PLAIN, SPAM)
            words = list(rng.choice(COMMON, 8)) + list(rng.choice(own, 3)) + [rng.choice(other)]
            rng.shuffle(words)
            file.write(" ".join(words) + " | " + ("spam" if spam else "plain") + "\n")


def read(path):
    texts, labels = [], []
    with open(path, encoding="utf-8") as file:
        for line in file:
            text, kind = line.split("|")
            texts.append(text.strip())
            labels.append(1.0 if kind.strip() == "spam" else 0.0)
    return texts, np.array(labels, dtype="float32")


def vocabulary(texts):
    words = sorted({word for text in texts for word in text.split()})
    return {word: number for number, word in enumerate(words, 1)}


def encode(texts, vocabulary, length):
    codes = np.zeros((len(texts), length), dtype="int32")
    for row, text in enumerate(texts):
        numbers = [vocabulary.get(word, 0) for word in text.split()][:length]
        codes[row, : len(numbers)] = numbers
    return codes
