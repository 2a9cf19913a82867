"""One trunk, two questions: which digit, and is it odd?"""
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

TRUNK = dict(depth=9, units=48)
UNIT = dict(
    activation="relu",
    kernel_initializer="glorot_uniform",
)


def trunk(t, depth, units):
    for _ in range(depth):
        t = layers.Dense(units, **UNIT)(t)
    return t


def two_heads():
    pixels = keras.Input((64,), name="pixels")
    t = trunk(layers.Rescaling(1 / 16)(pixels), **TRUNK)
    digit = layers.Dense(10, activation="softmax", name="digit")(t)
    odd = layers.Dense(1, activation="sigmoid", name="odd")(t)
    return keras.Model(pixels, {"digit": digit, "odd": odd})


keras.utils.set_random_seed(23)
x, y = load_digits(return_X_y=True)
x_fit, x_test, y_fit, y_test = train_test_split(x, y, test_size=0.3, random_state=23, stratify=y)
net = two_heads()
net.compile(
    keras.optimizers.Adam(1e-3),
    loss={"digit": "sparse_categorical_crossentropy", "odd": "binary_crossentropy"},
    metrics={"digit": ["accuracy"], "odd": ["accuracy"]},
)
net.fit(x_fit, {"digit": y_fit, "odd": (y_fit % 2)[:, None]}, batch_size=32, epochs=14, verbose=2)
found = net.predict(x_test, verbose=0)
print("odd right", round(float(((found["odd"][:, 0] > 0.5) == (y_test % 2 == 1)).mean()), 4))
print("digits right", round(float((found["digit"].argmax(-1) == y_test).mean()), 4))
