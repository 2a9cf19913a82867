import numpy as np


def make_reviews(n, vocab, seed=0):
    """Lists of word ids: the first ids are praise, the next ones blame, the rest neutral."""
    rng = np.random.default_rng(seed)
    texts, labels = [], []
    for _ in range(n):
        label = int(rng.integers(0, 2))
        length = int(rng.integers(6, 20))
        words = rng.integers(60, vocab, length)
        mood = rng.random(length) < 0.4
        words[mood] = rng.integers(1, 30, mood.sum()) + (0 if label else 30)
        words[0] = rng.integers(1, 30) + (0 if label else 30)
        texts.append(words.tolist())
        labels.append(label)
    return texts, np.array(labels, dtype="float32")


def to_matrix(texts, maxlen, side="post"):
    out = np.zeros((len(texts), maxlen), dtype="int32")
    for row, words in zip(out, texts):
        words = words[:maxlen]
        if side == "post":
            row[:len(words)] = words
        else:
            row[maxlen - len(words):] = words
    return out
