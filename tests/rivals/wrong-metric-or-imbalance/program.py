"""Three kinds of customers, one of them rare."""

import keras
from keras import layers
from sklearn.datasets import make_classification

keras.utils.set_random_seed(1)

x, y = make_classification(
    n_samples=1500,
    n_features=10,
    n_informative=6,
    n_classes=3,
    weights=[0.75, 0.15, 0.1],
    class_sep=2.5,
    random_state=1,
)

model = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(3, activation="softmax")])
model.compile(
    optimizer=keras.optimizers.Adam(0.005),
    loss="sparse_categorical_crossentropy",
    metrics=["categorical_accuracy"],
)
model.fit(x, y, epochs=8, batch_size=32, verbose=2)
