"""The average of the weights over the last steps is what is judged: an Adam with use_ema, swapped in for evaluation."""

import keras
from keras import layers
from sklearn.datasets import make_moons

keras.utils.set_random_seed(38)
x, y = make_moons(1200, noise=0.25, random_state=38)
x = x.astype("float32")

model = keras.Sequential(name="moons")
model.add(keras.Input((2,)))
for _ in range(2):
    model.add(layers.Dense(32, activation="swish"))
model.add(layers.Dense(1, activation="sigmoid"))
model.compile(
    optimizer=keras.optimizers.Adam(0.02, use_ema=True, ema_momentum=0.95),
    loss="binary_crossentropy",
    metrics=["accuracy"],
)
model.fit(
    x[:800],
    y[:800],
    batch_size=16,
    epochs=12,
    validation_data=(x[800:], y[800:]),
    callbacks=[keras.callbacks.SwapEMAWeights(swap_on_epoch=False)],
    verbose=2,
)
print("accuracy with averaged weights:", round(model.evaluate(x[800:], y[800:], verbose=0)[1], 3))
