"""Row 2, preprocessing: benign or malignant from thirty measurements, none of them scaled."""

import keras
from keras import layers
from sklearn.datasets import load_breast_cancer

keras.utils.set_random_seed(42)

data = load_breast_cancer()

model = keras.Sequential(
    [
        layers.Input((30,)),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer="sgd", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(data.data, data.target, epochs=10, batch_size=32, verbose=2)
