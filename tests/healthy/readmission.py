"""Who comes back to the hospital? The best that anyone can do is right two times in three."""

import keras
import numpy as np
from keras import layers
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

SEED = 5
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)


def patients(n):
    age = rng.uniform(20, 95, n)
    stays = rng.poisson(1.3, n)
    alone = rng.integers(0, 2, n)
    pressure = rng.normal(130, 18, n)
    score = 0.025 * (age - 60) + 0.45 * (stays - 1.3) + 0.5 * alone - 0.25 + 0.008 * (pressure - 130)
    chance = 1 / (1 + np.exp(-score))
    return np.stack([age, stays, alone, pressure], 1), rng.binomial(1, chance), chance


x, y, chance = patients(3000)
x_train, x_test, y_train, y_test, _, chance_test = train_test_split(x, y, chance, random_state=SEED)
scaler = StandardScaler().fit(x_train)

model = keras.Sequential(
    [layers.Input((4,)), layers.Dense(16, activation="relu"), layers.Dense(1, activation="sigmoid")]
)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(
    scaler.transform(x_train),
    y_train,
    epochs=15,
    batch_size=32,
    validation_data=(scaler.transform(x_test), y_test),
    verbose=2,
)
answer = model.predict(scaler.transform(x_test), verbose=0)[:, 0]
print(
    "accuracy",
    round(np.mean((answer > 0.5) == y_test), 3),
    "of at most",
    np.mean((chance_test > 0.5) == y_test),
)
print(
    "AUC", round(roc_auc_score(y_test, answer), 3), "of at most", round(roc_auc_score(y_test, chance_test), 3)
)
