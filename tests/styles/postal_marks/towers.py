"""Convolutional towers shared by the readers."""
import keras


def small_tower(shape, filters=(8, 16)):
    """A tower for images as they come from the scanner."""
    inputs = keras.Input(shape)
    x = keras.layers.Rescaling(1.0 / 255)(inputs)
    for width in filters:
        x = keras.layers.Conv2D(width, 3, padding="same", activation="relu")(x)
        x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.Flatten()(x)
    return keras.Model(inputs, x, name="tower")
