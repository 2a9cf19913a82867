"""Code planted in a saved recipe."""

import json

import keras
import numpy as np
import pytest
from keras import layers

from unstuck.lab.build import build
from unstuck.lab.configured import make_callbacks, refuse_code
from unstuck.lab.recipe import Recipe
from unstuck.lab.record import NoRecipeError, _spec
from unstuck.lab.saved import load, save, why_not

WRITES = "__import__('pathlib').Path('ran').write_text('ran')"


def recipe_of(*stack):
    model = keras.Sequential([keras.Input((2,)), *stack])
    rows = np.ones((4, 2), "float32")
    spec = keras.saving.serialize_keras_object(model)
    return Recipe(model=spec, compiled={"optimizer": "sgd", "loss": "mse"}, x=rows, y=rows)


def read_back(recipe, folder):
    save({0: recipe}, folder / "case.recipes.npz")
    return load(folder / "case.recipes.npz")[0]


def test_a_recipe_of_keras_s_own_layers_is_made_from_a_file(here):
    held = read_back(recipe_of(layers.Dense(3, "relu", kernel_regularizer="l2"), layers.Dense(2)), here)
    assert held.from_file
    assert [layer.name for layer in build(held).layers]


def test_byte_code_of_a_lambda_is_neither_saved_nor_made(here):
    recipe = recipe_of(layers.Lambda(lambda x: (eval(WRITES), x)[1]))
    (here / "ran").unlink(missing_ok=True)
    assert "holds code (Lambda)" in why_not(recipe)
    with pytest.raises(NoRecipeError, match="holds code"):
        build(read_back(recipe, here))
    assert not (here / "ran").exists()


def planted(kind, module, config=None, **more):
    return {"class_name": kind, "module": module, "config": config or {}, **more}


def calling(name, module):
    """A metric that would call a function of this name."""
    return planted("MeanMetricWrapper", "keras.metrics", {"fn": planted("function", module, name)})


PLANTED = {
    "a program": (planted("Popen", "subprocess", {"args": ["touch", "ran"]}), "subprocess"),
    "a built-in": (planted("function", "builtins", "eval"), "'eval'"),
    "another module's function": (planted("function", "os", "system"), "'system'"),
    "a user's class": (planted("Own", "planted"), "planted.Own"),
    "byte code": ({"class_name": "__lambda__", "config": {"value": "4wA="}}, "holds code"),
    "a type of another module": (planted("__typespec__", "os", spec_name="x"), "holds code"),
    "a saved model of TensorFlow": (planted("TFSMLayer", "keras.layers", {"filepath": "x"}), "holds code"),
    "the same by its own module": (planted("TFSMLayer", "keras.src.export.tfsm_layer"), "holds code"),
    "a pickled module": (planted("TorchModuleWrapper", "keras.src.utils.torch_utils"), "holds code"),
    "no safe mode": (planted("enable_unsafe_deserialization", "keras.config"), "enable_unsafe"),
    "no safe mode, called": (calling("enable_unsafe_deserialization", "keras.config"), "enable_unsafe"),
    "a model to load": (planted("load_model", "keras.saving", {"filepath": "x"}), "load_model"),
    "a model to load, called": (calling("load_model", "keras.saving"), "load_model"),
    "a module inside Keras": (planted("func_load", "keras.src.utils.python_utils"), "func_load"),
    "what a module of Keras imports": (planted("os", "keras.src.saving.saving_lib"), "saving_lib.os"),
    "a download": (planted("get_file", "keras.utils", {"origin": "file:///x"}), "get_file"),
    "pretrained weights": (planted("VGG16", "keras.applications", {"weights": "x"}), "VGG16"),
    "a callback": (planted("CSVLogger", "keras.callbacks", {"filename": "ran"}), "CSVLogger"),
    "a function that makes others": (calling("deserialize", "builtins"), "'deserialize'"),
    "another one": (calling("get", "builtins"), "'get'"),
    "Keras 2's way": ({"class_name": "deserialize", "config": {"config": {}}}, "None.deserialize"),
    "no name": (planted(["Dense"], "keras.layers"), "names no class"),
    "a name that a program registered": (
        planted("Dense", "keras.layers", {"units": 1}, registered_name="mine>Own"),
        "mine>Own",
    ),
    "a file of words": (planted("StringLookup", "keras.layers", {"vocabulary": "/x"}), "read the file /x"),
}


@pytest.mark.parametrize(("spec", "says"), PLANTED.values(), ids=PLANTED)
def test_what_is_no_part_of_a_model_is_refused_wherever_it_stands(spec, says):
    for whole in (
        {"class_name": "Sequential", "module": "keras", "config": {"layers": [spec]}},
        {
            "class_name": "Dense",
            "module": "keras.layers",
            "config": {"kernel_regularizer": {"deep": (spec,)}},
        },
        {**spec, "build_config": {"input_shape": [spec]}},
    ):
        with pytest.raises(NoRecipeError, match=says):
            refuse_code(whole)


@pytest.mark.parametrize(
    "fields",
    [
        {"policy": PLANTED["a download"][0]},
        {"kind": "subclassed", "layer_changes": {"dense": {"activation": PLANTED["a download"][0]}}},
        {
            "compiled": {
                "optimizer": "sgd",
                "loss": {"out": {"class_name": "get_file", "module": "keras.utils"}},
            }
        },
    ],
    ids=["policy", "changes of layers", "compile"],
)
def test_no_field_of_a_saved_recipe_reaches_keras_unseen(fields, here):
    with pytest.raises(NoRecipeError, match="get_file"):
        build(read_back(Recipe(**{**vars(recipe_of(layers.Dense(2))), **fields}), here))


def test_a_class_that_a_program_registered_under_a_name_of_keras_is_not_made_from_a_file():
    refuse_code(planted("Dense", "keras.layers", {"units": 1}))
    with keras.saving.CustomObjectScope({"Dense": Recipe}), pytest.raises(NoRecipeError, match="registered"):
        refuse_code(planted("Dense", "keras.layers", {"units": 1}))


def ordinary():
    """A model of two outputs that names most kinds of parts that a configuration can hold."""
    series = keras.Input((4, 3))
    walked = layers.Bidirectional(layers.LSTM(3, kernel_regularizer="l2", return_sequences=True))(series)
    walked = keras.ops.relu(walked) + walked[:, -1:] * 2
    flat = layers.TimeDistributed(keras.Sequential([layers.Dense(2), layers.BatchNormalization()]))(walked)
    flat = keras.ops.reshape(flat, (-1, 8))
    first = layers.Dense(1, keras.ops.sigmoid, bias_constraint=keras.constraints.NonNeg(), name="first")(flat)
    start = keras.initializers.HeNormal(seed=1)
    second = layers.Dense(2, dtype="float64", kernel_initializer=start, name="second")(flat)
    model = keras.Model(series, [first, second])
    rate = keras.optimizers.schedules.CosineDecay(0.1, 10)
    losses = [keras.losses.BinaryCrossentropy(label_smoothing=0.1), keras.losses.mean_squared_error]
    metrics = [["accuracy", keras.metrics.AUC()], [keras.metrics.mean_absolute_error]]
    model.compile(keras.optimizers.Adam(rate, clipnorm=1.0), losses, metrics=metrics)
    return model


def test_ordinary_models_are_made_from_a_file_as_they_were(here):
    model = ordinary()
    given = {name: _spec(part, {}) for name, part in model._compile_config.config.items()}
    x, y = np.ones((4, 4, 3), "float32"), [np.ones((4, 1)), np.ones((4, 2))]
    spec = keras.saving.serialize_keras_object(model)
    recipe = Recipe(model={**spec, "compile_config": None}, kind="Functional", compiled=given, x=x, y=y)
    assert why_not(recipe) == ""
    made = build(read_back(recipe, here))
    assert [type(each) for each in made.operations] == [type(each) for each in model.operations]
    assert made.optimizer.get_config() == model.optimizer.get_config()
    assert made.train_on_batch(x, y)


def test_a_callback_that_writes_is_refused():
    with pytest.raises(NoRecipeError, match="CSVLogger"):
        make_callbacks(Recipe(callbacks=(("CSVLogger", {"filename": "ran"}),)))


def test_a_module_beside_the_file_is_not_imported(here):
    (here / "planted.py").write_text(WRITES)
    recipe = recipe_of(layers.Dense(2))
    text = json.dumps(recipe.model).replace('"module": "keras.layers"', '"module": "planted"')
    with pytest.raises(NoRecipeError, match="planted"):
        build(read_back(Recipe(**{**vars(recipe), "model": json.loads(text)}), here))
    assert not (here / "ran").exists()
