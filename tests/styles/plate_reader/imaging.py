"""Reading and preparing the grey images of the plate reader."""
import numpy as np
from sklearn.datasets import load_digits


def read_plates():
    digits = load_digits()
    return (digits.images * 15).astype("uint8"), digits.target


def to_unit(images, top=255):
    """Bring grey levels to 0..1."""
    levels = images // top
    return levels.astype("float32")[..., None]


def shuffled(images, labels, seed):
    order = np.random.default_rng(seed).permutation(len(images))
    return images[order], labels[order]
