"""Malignant or benign from the 30 measurements of the Wisconsin table."""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

SEED = 7
LR = 1e-3
BATCH = 32
EPOCHS = 15
HIDDEN = (32, 16)
DROP = 0.1

keras.utils.set_random_seed(SEED)


def load():
    x, y = load_breast_cancer(return_X_y=True)
    parts = train_test_split(x, y, test_size=0.25, stratify=y, random_state=SEED)
    scaler = StandardScaler().fit(parts[0])
    return scaler.transform(parts[0]), scaler.transform(parts[1]), parts[2], parts[3]


def build(n_features):
    inp = keras.Input((n_features,), name="measurements")
    h = inp
    for units in HIDDEN:
        h = layers.Dense(units, activation="relu")(h)
        h = layers.Dropout(DROP)(h)
    out = layers.Dense(1, activation="sigmoid", name="benign")(h)
    return keras.Model(inp, out)


x_train, x_test, y_train, y_test = load()
model = build(x_train.shape[1])
model.summary()

optimizer = keras.optimizers.Adam(learning_rate=LR)
model.compile(optimizer=optimizer, loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, batch_size=BATCH, epochs=EPOCHS, validation_data=(x_test, y_test))

p = model.predict(x_test, verbose=0)[:, 0]
print("test accuracy", np.mean((p > 0.5) == y_test))
