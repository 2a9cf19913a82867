"""Positive or negative, from word ids, with an LSTM."""
import keras
import numpy as np
from keras import layers

from helpers2 import make_reviews, to_matrix

VOCAB = 400
MAXLEN = 80

keras.utils.set_random_seed(3)

texts, labels = make_reviews(900, VOCAB, seed=3)
x = to_matrix(texts, MAXLEN)
cut = 720
x_train, x_val = x[:cut], x[cut:]
y_train, y_val = labels[:cut], labels[cut:]
print("longest", max(len(t) for t in texts), "matrix", x.shape)


class ReviewNet(keras.Model):
    def __init__(self, vocab, dim=16, units=16):
        super().__init__()
        self.embed = layers.Embedding(vocab, dim)
        self.rnn = layers.LSTM(units)
        self.dense = layers.Dense(16, activation="relu")
        self.out = layers.Dense(1, activation="sigmoid")

    def call(self, ids):
        h = self.embed(ids)
        h = self.rnn(h)
        return self.out(self.dense(h))


model = ReviewNet(VOCAB)
model.compile(keras.optimizers.Adam(5e-3), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=5, batch_size=64, validation_data=(x_val, y_val))

scores = model.predict(x_val, verbose=0)[:, 0]
for s, y in zip(scores[:6], y_val[:6]):
    print(f"{s:.3f} {y}")
print("accuracy", np.mean((scores > 0.5) == (y_val > 0.5)))
