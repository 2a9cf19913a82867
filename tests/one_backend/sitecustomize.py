"""Whole programs see one backend, as on a user's machine: the others are as if not installed.

With all three there, Keras imports them all, which costs each program seconds.
"""

import importlib.machinery
import os

HIDDEN = {"tensorflow", "jax", "torch"} - {os.environ.get("KERAS_BACKEND")}
find = importlib.machinery.PathFinder.find_spec


@classmethod
def find_spec(_, name, path=None, target=None):
    return None if name.partition(".")[0] in HIDDEN else find(name, path, target)


importlib.machinery.PathFinder.find_spec = find_spec
