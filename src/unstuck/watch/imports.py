"""Keras asks whether a thing is TensorFlow's by importing TensorFlow; where nobody has, nothing can be."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def nothing_imported() -> Iterator[None]:
    """While Keras describes or builds a model, keep it from importing a framework that is not there yet.

    `keras.saving` and `keras.utils.set_random_seed` import TensorFlow on any backend where it is installed:
    seconds of time, its words on the terminal, and memory of the accelerator. An object of TensorFlow's can
    only be met, and its random streams only be wanted, where it has been imported.
    """
    known = sys.modules.get("keras.src.utils.module_utils")
    lazy = getattr(known, "tensorflow", None)
    if getattr(lazy, "_available", True) is not None or "tensorflow" in sys.modules:
        yield  # Keras has looked already, or there is nothing to spare
        return
    lazy._available = False  # type: ignore[union-attr]
    try:
        yield
    finally:
        lazy._available = None  # type: ignore[union-attr]
