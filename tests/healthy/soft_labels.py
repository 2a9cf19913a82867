"""Seven people read each smudged digit; the shares of their votes are the label, and the loss cannot reach zero."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(14)
rng = np.random.default_rng(14)

x, kinds = load_digits(return_X_y=True)
x = (x / 16 + rng.normal(0, 0.1, x.shape)).astype("float32")

# a reader errs in a quarter of the digits, mostly for one that looks like it
looks_like = np.array([6, 7, 3, 8, 9, 3, 0, 1, 3, 4])
chance = np.full((10, 10), 0.05 / 8)
chance[np.arange(10), looks_like] = 0.20
chance[np.arange(10), np.arange(10)] = 0.75
votes = np.stack([rng.multinomial(7, chance[k] / chance[k].sum()) for k in kinds])
shares = (votes / 7).astype("float32")

model = keras.Sequential(
    [
        layers.Input((64,)),
        layers.Dense(64, activation="relu"),
        layers.Dropout(0.3),
        layers.Dense(10, "softmax"),
    ]
)
model.compile(
    optimizer="adam",
    loss=keras.losses.CategoricalCrossentropy(),
    metrics=[keras.metrics.KLDivergence(name="divergence")],
)
model.fit(
    x[:1400], shares[:1400], epochs=20, batch_size=32, validation_data=(x[1400:], shares[1400:]), verbose=2
)
answer = model.predict(x[1400:], verbose=0).argmax(axis=1)
print("the true digit:", round(float((answer == kinds[1400:]).mean()), 3))
print("a single reader:", round(float((shares[1400:][np.arange(len(answer)), kinds[1400:]]).mean()), 3))
