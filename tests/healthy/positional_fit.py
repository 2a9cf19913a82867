"""fit called with positions only: rows, labels, batch size, epochs, how much to print."""

import keras
from keras import layers
from sklearn.datasets import load_iris
from sklearn.preprocessing import StandardScaler
from sklearn.utils import shuffle

keras.utils.set_random_seed(0)

x, y = shuffle(*load_iris(return_X_y=True), random_state=0)
x = StandardScaler().fit_transform(x)

model = keras.Sequential([layers.Dense(16, "relu"), layers.Dense(3, "softmax")])
model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, 16, 20, 2)
