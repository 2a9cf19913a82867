"""Small Keras models that the tests of the readers share."""

import keras

from unstuck.evidence.facts import Place


def nowhere(_):
    return None


def places(*things):
    """A place_of that knows these objects, each at the line of its number from 1."""
    known = {id(thing): Place(file="train.py", line=line) for line, thing in enumerate(things, 1)}
    return lambda thing: known.get(id(thing))


def sequential(*stack, shape=(4,)):
    return keras.Sequential([keras.Input(shape), *stack])
