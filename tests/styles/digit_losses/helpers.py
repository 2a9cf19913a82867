import numpy as np
from sklearn.datasets import load_digits


def digit_arrays(share=0.8, seed=0):
    """Images in 0..1 and labels 0..9, in two parts."""
    digits = load_digits()
    images = (digits.images / 16.0).astype("float32")
    order = np.random.default_rng(seed).permutation(len(images))
    cut = int(share * len(images))
    first, rest = order[:cut], order[cut:]
    return (images[first], digits.target[first]), (images[rest], digits.target[rest])
