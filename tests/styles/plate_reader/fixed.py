"""Digits on number plates: which digit, and is it an odd one (two outputs)."""
import keras
import numpy as np

from imaging_fixed import read_plates, shuffled, to_unit

keras.utils.set_random_seed(17)

HOLDOUT = 360
EPOCHS = 9


def two_headed(shape):
    inputs = keras.Input(shape, name="plate")
    x = keras.layers.Conv2D(12, 3, activation="relu", padding="same")(inputs)
    x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.Conv2D(24, 3, activation="relu", padding="same")(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(32, activation="relu")(x)
    digit = keras.layers.Dense(10, activation="softmax", name="digit")(x)
    odd = keras.layers.Dense(1, activation="sigmoid", name="odd")(x)
    return keras.Model(inputs, {"digit": digit, "odd": odd})


images, labels = shuffled(*read_plates(), seed=17)
x = to_unit(images)
targets = {"digit": labels, "odd": (labels % 2).astype("float32")[:, None]}

train_targets = {name: value[HOLDOUT:] for name, value in targets.items()}
test_targets = {name: value[:HOLDOUT] for name, value in targets.items()}

model = two_headed(x.shape[1:])
model.compile(
    optimizer="adam",
    loss={"digit": "sparse_categorical_crossentropy", "odd": "binary_crossentropy"},
    loss_weights={"digit": 1.0, "odd": 0.5},
    metrics={"digit": ["accuracy"], "odd": ["accuracy"]},
)
history = model.fit(
    x[HOLDOUT:],
    train_targets,
    validation_data=(x[:HOLDOUT], test_targets),
    epochs=EPOCHS,
    batch_size=32,
    verbose=0,
).history

for epoch in range(EPOCHS):
    line = "  ".join(f"{key} {value[epoch]:.4f}" for key, value in sorted(history.items()))
    print(f"epoch {epoch + 1}: {line}")

answers = model.predict(x[:HOLDOUT], verbose=0)
print("digit", np.mean(answers["digit"].argmax(axis=1) == test_targets["digit"]))
print("odd", np.mean((answers["odd"] > 0.5) == test_targets["odd"]))
