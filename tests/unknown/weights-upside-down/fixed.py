"""Machine failures are rare: 8 in 100. Each row gets a weight, so that failures are not overlooked."""

import keras
import numpy as np
from keras import layers
from sklearn.metrics import balanced_accuracy_score, recall_score
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(16)
rng = np.random.default_rng(16)
n = 2500
heat, load, hours, speed = rng.normal(size=(4, n))
risk = 1.6 * heat + 1.2 * load * (hours > 0) - 0.7 * speed + rng.normal(0, 0.6, n)
failed = (risk > np.quantile(risk, 0.92)).astype("int32")
x = np.stack([heat, load, hours, speed], axis=1).astype("float32")
x_train, x_test, y_train, y_test = train_test_split(
    x, failed, stratify=failed, test_size=0.3, random_state=16
)


def weights_for(labels):
    counts = np.bincount(labels)
    per_class = counts.sum() / (len(counts) * counts)
    return per_class[labels].astype("float32")


model = keras.Sequential(
    [
        layers.Input((4,)),
        layers.Dense(16, activation="relu"),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(
    x_train,
    y_train,
    sample_weight=weights_for(y_train),
    epochs=12,
    batch_size=50,
    validation_data=(x_test, y_test),
    verbose=2,
)
found = (model.predict(x_test, verbose=0)[:, 0] > 0.5).astype("int32")
print("failures found:", round(recall_score(y_test, found), 3))
print("balanced accuracy:", round(balanced_accuracy_score(y_test, found), 3))
