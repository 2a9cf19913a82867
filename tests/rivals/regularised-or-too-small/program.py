"""Three cultivars of wine with a model that cannot overfit."""

import keras
from keras import layers, regularizers
from sklearn.datasets import load_wine
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(1)

x, y = load_wine(return_X_y=True)
x = StandardScaler().fit_transform(x)

model = keras.Sequential(
    [
        layers.Input((13,)),
        layers.Dense(2, activation="tanh", kernel_regularizer=regularizers.L2(0.5)),
        layers.Dense(3, activation="softmax", kernel_regularizer=regularizers.L2(0.5)),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(x, y, epochs=30, batch_size=16, verbose=2)
