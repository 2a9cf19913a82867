"""Fraud: one payment in a hundred. Judged by the area under precision and recall, the bias starts at the base rate."""

import keras
import numpy as np
from keras import layers
from sklearn.metrics import average_precision_score

keras.utils.set_random_seed(41)
rng = np.random.default_rng(41)

n = 8000
amount, hour, abroad, age = (
    rng.gamma(2, 40, n),
    rng.uniform(0, 24, n),
    rng.binomial(1, 0.08, n),
    rng.exponential(400, n),
)
night = (hour < 5).astype(float)
logit = -5.9 + 0.012 * amount + 2.2 * abroad + 1.8 * night * (amount > 120) - 0.002 * age
fraud = rng.binomial(1, 1 / (1 + np.exp(-logit)))
x = np.stack(
    [np.log1p(amount), np.sin(hour * np.pi / 12), np.cos(hour * np.pi / 12), abroad, np.log1p(age)], axis=1
)
x = ((x - x[:6000].mean(axis=0)) / x[:6000].std(axis=0)).astype("float32")
rate = fraud[:6000].mean()

model = keras.Sequential(
    [
        layers.Input((5,)),
        layers.Dense(24, activation="relu"),
        layers.Dense(
            1,
            activation="sigmoid",
            bias_initializer=keras.initializers.Constant(float(np.log(rate / (1 - rate)))),
        ),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(0.003),
    loss="binary_crossentropy",
    metrics=[keras.metrics.AUC(curve="PR", name="pr_auc"), keras.metrics.Recall(name="recall")],
)
model.fit(
    x[:6000], fraud[:6000], epochs=12, batch_size=128, validation_data=(x[6000:], fraud[6000:]), verbose=2
)
chance = model.predict(x[6000:], verbose=0)[:, 0]
truth = 1 / (1 + np.exp(-logit[6000:]))
print("base rate", round(fraud[6000:].mean(), 4))
print("average precision", round(average_precision_score(fraud[6000:], chance), 3))
print("of the true chances", round(average_precision_score(fraud[6000:], truth), 3))
