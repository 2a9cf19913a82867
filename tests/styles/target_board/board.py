"""Blocks for small dense networks."""
from keras import layers


def block(x, units, activation=None):
    x = layers.Dense(units)(x)
    if activation is not None:
        x = layers.Activation(activation)(x)
    return x


def stack(x, widths):
    for units in widths:
        x = block(x, units)
    return x
