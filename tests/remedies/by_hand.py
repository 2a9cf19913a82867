"""Recipes written out by hand, for the tests of the remedies' recipe sides."""

import numpy as np
import pytest

from unstuck.evidence.facts import Place
from unstuck.lab.recipe import LayerPlan, Recipe, UntreatableError
from unstuck.remedies.remedy import catalogue

TRAIN = "train.py"


def at(line, **more):
    return Place(file=TRAIN, line=line, **more)


def spec(kind, name, module="keras.layers", **arguments):
    """An object as Keras serialises it."""
    config = {"name": name, **arguments}
    return {"module": module, "class_name": kind, "config": config, "registered_name": None}


def dense(name, units, activation="linear", **more):
    return spec("Dense", name, units=units, activation=activation, trainable=True, **more) | {
        "build_config": {"input_shape": [None, 4]}
    }


def sequential(*layers, name="model"):
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": name, "trainable": True, "layers": list(layers)},
        "registered_name": None,
    }


def recipe(*layers, model=None, **more):
    """A recipe of a Sequential model; its n-th layer was made on line n, counted from 1."""
    plans = tuple(
        LayerPlan(name=each["config"]["name"], kind=each["class_name"], place=at(line))
        for line, each in enumerate(layers, 1)
    )
    last = plans[-1].name if plans else None
    held = {"model": model or sequential(*layers), "layers": plans, "outputs": {"": (last, last)}}
    return Recipe(**{**held, **more})


def compiled(**more):
    adam = {"name": "adam", "learning_rate": 0.1, "clipnorm": None, "clipvalue": None}
    optimizer = {"module": "keras.optimizers", "class_name": "Adam", "config": adam, "registered_name": None}
    return Recipe(
        compiled={"optimizer": optimizer, "loss": "mse", "metrics": None, **more}, learning_rate=0.1
    )


def rows(x=None, y=None, **more):
    x = np.arange(8.0).reshape(4, 2) if x is None else x
    return Recipe(x=x, y=np.array([1, 2, 3, 1]) if y is None else y, **more)


def treat(name, held, place=None, **values):
    return catalogue()[name].treat(held, place, values)


def config(held, name):
    return held.arguments_of(name)


def refused(name, held, place=None, **values):
    """The reason for which the recipe cannot be treated, in the form of the end of a sentence."""
    with pytest.raises(UntreatableError) as caught:
        treat(name, held, place, **values)
    text = str(caught.value)
    assert text
    assert not text.endswith(".")
    return text
