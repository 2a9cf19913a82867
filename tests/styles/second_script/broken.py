"""Learn the digits 0-4 first, then carry the encoder over to the digits 5-9."""
import keras
import numpy as np
from sklearn.datasets import load_digits

keras.utils.set_random_seed(90)


def digits_between(low, high):
    data = load_digits()
    mine = (data.target >= low) & (data.target <= high)
    images = data.images[mine, :, :, None].astype("float32") / 16
    return images, data.target[mine] - low


def make_encoder():
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(16, 3, padding="same", activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(96, activation="relu"),
        ],
        name="encoder",
    )


def attach_head(encoder, classes, name):
    inputs = keras.Input((8, 8, 1))
    outputs = keras.layers.Dense(classes, activation="softmax", name=name)(encoder(inputs))
    return keras.Model(inputs, outputs)


def freeze(model):
    for layer in model.layers:
        layer.trainable = False


def fit(model, images, labels, epochs, rate):
    cut = int(0.8 * len(labels))
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model.fit(
        images[:cut],
        labels[:cut],
        validation_data=(images[cut:], labels[cut:]),
        epochs=epochs,
        batch_size=32,
        verbose=2,
    )


def main():
    encoder = make_encoder()
    first = attach_head(encoder, 5, "low_digits")
    print("first script")
    fit(first, *digits_between(0, 4), epochs=4, rate=0.001)

    second = attach_head(encoder, 5, "high_digits")
    freeze(second)
    print("second script")
    history = fit(second, *digits_between(5, 9), epochs=14, rate=0.02).history
    print("val_accuracy", np.round(history["val_accuracy"], 4))


main()
