"""Small dense networks used by several reports."""
import keras
from keras import layers


def dense_block(x, units, rate):
    x = layers.Dense(units, use_bias=False)(x)
    x = layers.LayerNormalization()(x)
    x = layers.Activation("relu")(x)
    if rate:
        x = layers.Dropout(rate)(x)
    return x


def classifier(n_features, n_outputs, hidden=(32, 16), rate=0.1, head_activation="sigmoid"):
    inputs = keras.Input((n_features,), name="features")
    x = inputs
    for units in hidden:
        x = dense_block(x, units, rate)
    outputs = layers.Dense(n_outputs, activation=head_activation, name="head")(x)
    return keras.Model(inputs, outputs, name="classifier")
