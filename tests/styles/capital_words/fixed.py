# tiny sentiment classifier
import random
import numpy as np
import keras
from keras import layers

random.seed(0)
keras.utils.set_random_seed(0)
good = "Great Lovely Superb Brilliant Happy Wonderful".split()
bad = "Awful Boring Poor Terrible Sad Dreadful".split()
filler = "the film was and it plot actor scene with some of this an evening story".split()


def sentence(word_list):
    words = random.choices(filler, k=random.randint(5, 14))
    words[random.randrange(len(words))] = random.choice(word_list)
    return " ".join(words)


texts, labels = [], []
for _ in range(1200):
    lab = random.randint(0, 1)
    texts.append(sentence(good if lab else bad))
    labels.append(lab)
labels = np.array(labels)

vocab = {w: i + 2 for i, w in enumerate(sorted({w.lower() for t in texts for w in t.split()}))}
maxlen = 14
ids = np.zeros((len(texts), maxlen), dtype="int32")
for r, t in enumerate(texts):
    seq = [vocab.get(w.lower(), 1) for w in t.split()]
    ids[r, :len(seq)] = seq

model = keras.Sequential([
    layers.Input((maxlen,)),
    layers.Embedding(len(vocab) + 2, 16),
    layers.GlobalAveragePooling1D(),
    layers.Dense(16, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(ids, labels, epochs=12, batch_size=32, validation_split=0.2, verbose=2)
