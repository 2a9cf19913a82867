"""Three cultivars of wine from a chemical analysis."""

import keras
from keras import layers
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

SEED = 19
keras.utils.set_random_seed(SEED)


def load():
    wine = load_wine()
    measurements = wine.data.astype("float32")
    kinds = wine.target
    x_train, x_test = train_test_split(measurements, test_size=0.3, random_state=SEED)
    y_train, y_test = train_test_split(kinds, test_size=0.3, random_state=SEED + 1)
    scaler = StandardScaler().fit(x_train)
    return scaler.transform(x_train), y_train, scaler.transform(x_test), y_test


def build(features, classes):
    model = keras.Sequential(name="wine")
    model.add(layers.Input((features,)))
    model.add(layers.Dense(16, activation="relu"))
    model.add(layers.Dense(classes, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def main():
    x_train, y_train, x_test, y_test = load()
    model = build(x_train.shape[1], 3)
    model.summary()
    model.fit(x_train, y_train, validation_data=(x_test, y_test), epochs=40, batch_size=16, verbose=2)
    print("test accuracy:", round(model.evaluate(x_test, y_test, verbose=0)[1], 3))


if __name__ == "__main__":
    main()
