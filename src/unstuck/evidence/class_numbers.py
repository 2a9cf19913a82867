"""Targets read as one class number a row."""

from __future__ import annotations

import numpy as np


def class_numbers(y: np.ndarray) -> np.ndarray | None:
    """The class of each row, int64, of whole numbers or one-hot rows; None where they are no classes."""
    if y.dtype.kind not in "biuf" or y.ndim == 0 or not len(y):
        return None
    if y.ndim == 2 and y.shape[1] > 1:
        hot = np.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all()
        return y.argmax(axis=1) if hot else None
    flat = y.reshape(-1)
    if flat.size != len(y) or not np.isfinite(flat).all() or not np.array_equal(flat, np.round(flat)):
        return None
    return flat.astype(np.int64)
