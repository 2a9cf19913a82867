import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(6)
rng = np.random.default_rng(6)


class ImageFolder:
    """Keeps the images and hands out what a model wants."""

    def __init__(self, images, labels, size=8):
        self.images = images
        self.labels = labels
        self.size = size

    def subset(self, rows):
        return ImageFolder(self.images[rows], self.labels[rows], self.size)

    def for_training(self, noise=0.02):
        x = self.images.astype("float32") / 16.0
        x = x - 0.5
        x = x + rng.normal(0, noise, x.shape)
        return x.reshape(-1, self.size, self.size, 1), keras.utils.to_categorical(self.labels, 10)

    def for_evaluation(self):
        x = self.images.astype("float32") / 16.0 - 0.5
        return x.reshape(-1, self.size, self.size, 1), keras.utils.to_categorical(self.labels, 10)


digits = load_digits()
order = rng.permutation(len(digits.images))
folder = ImageFolder(digits.images, digits.target)
x_train, y_train = folder.subset(order[:1400]).for_training()
x_val, y_val = folder.subset(order[1400:]).for_evaluation()

inp = keras.Input((8, 8, 1))
h = layers.Conv2D(16, 3, padding="same", activation="tanh")(inp)
h = layers.MaxPooling2D()(h)
h = layers.Conv2D(32, 3, padding="same", activation="tanh")(h)
h = layers.Flatten()(h)
h = layers.Dense(48, activation="tanh")(h)
out = layers.Dense(10, activation="softmax")(h)
model = keras.Model(inp, out)
model.compile(keras.optimizers.Adam(2e-3), "categorical_crossentropy", metrics=["accuracy"])
stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=6, restore_best_weights=True)
model.fit(x_train, y_train, batch_size=64, epochs=8, validation_data=(x_val, y_val), callbacks=[stop])
