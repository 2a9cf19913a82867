"""A response surface with five real inputs, fitted with tanh units of a given steepness."""
import argparse

import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import make_friedman1
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler


class Steep(layers.Layer):
    def __init__(self, factor, **kw):
        super().__init__(**kw)
        self.factor = factor

    def call(self, t):
        return ops.tanh(self.factor * t)


def surface(options):
    point = keras.Input((10,))
    t = point
    for width in options.widths:
        t = Steep(options.steepness)(layers.Dense(width)(t))
    return keras.Model(point, layers.Dense(1)(t))


def parse():
    p = argparse.ArgumentParser()
    p.add_argument("--widths", type=int, nargs="+", default=[48, 48, 24])
    p.add_argument("--steepness", type=float, default=30.0)
    p.add_argument("--epochs", type=int, default=25)
    p.add_argument("--seed", type=int, default=13)
    return p.parse_args()


options = parse()
keras.utils.set_random_seed(options.seed)
x, y = make_friedman1(1500, noise=0.5, random_state=options.seed)
fit, test = slice(0, 1200), slice(1200, None)
sx, sy = StandardScaler().fit(x[fit]), StandardScaler().fit(y[fit, None])
net = surface(options)
net.compile(keras.optimizers.Adam(2e-3), "mse")
net.fit(sx.transform(x[fit]), sy.transform(y[fit, None]), batch_size=32, epochs=options.epochs, verbose=2)
found = sy.inverse_transform(net.predict(sx.transform(x[test]), verbose=0))[:, 0]
print("R2", round(r2_score(y[test], found), 4))
