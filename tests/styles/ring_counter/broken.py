"""Which of four groups does a noisy reading belong to? Small and lean on memory."""
import keras
import numpy as np
from keras import layers
from sklearn.model_selection import train_test_split

PRECISION = "float16"
SETTINGS = {
    "seed": 5,
    "rows": 3000,
    "columns": 24,
    "classes": 4,
    "hidden": (48, 48),
    "epochs": 12,
    "batch": 64,
    "rate": 1e-3,
}


def blobs(rows, columns, classes, seed):
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(classes * 2, columns))
    part = rng.integers(0, classes * 2, rows)
    x = centres[part] + rng.normal(scale=0.9, size=(rows, columns))
    return x.astype("float32"), (part % classes).astype("int32")


def optimizer(rate):
    return keras.optimizers.Adam(learning_rate=rate)


def network(columns, classes, hidden):
    inputs = keras.Input((columns,))
    x = inputs
    for units in hidden:
        x = layers.Dense(units, activation="relu")(x)
    outputs = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(inputs, outputs)


def standardise(train, *others):
    mean, std = train.mean(axis=0), train.std(axis=0)
    return [(part - mean) / std for part in (train, *others)]


keras.utils.set_random_seed(SETTINGS["seed"])
keras.config.set_dtype_policy(PRECISION)

x, y = blobs(SETTINGS["rows"], SETTINGS["columns"], SETTINGS["classes"], SETTINGS["seed"])
x_train, x_test, y_train, y_test = train_test_split(
    x, y, test_size=0.2, stratify=y, random_state=SETTINGS["seed"]
)
x_train, x_test = standardise(x_train, x_test)

model = network(SETTINGS["columns"], SETTINGS["classes"], SETTINGS["hidden"])
model.compile(
    optimizer=optimizer(SETTINGS["rate"]),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(
    x_train,
    y_train,
    validation_data=(x_test, y_test),
    epochs=SETTINGS["epochs"],
    batch_size=SETTINGS["batch"],
    verbose=2,
)
print("loss by epoch", [round(float(v), 3) for v in history.history["loss"]])
print("test accuracy", round(model.evaluate(x_test, y_test, verbose=0)[1], 3))
