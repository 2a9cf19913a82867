"""Code planted in what is read: a saved recipe, and a script that is run again for a trial."""

import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import layers

from unstuck.lab.build import build
from unstuck.lab.configured import make_callbacks, refuse_code
from unstuck.lab.record import NoRecipeError
from unstuck.lab.saved import load, save, why_not
from unstuck.recipe import Recipe

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


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ({"class_name": "Popen", "module": "subprocess", "config": {"args": ["touch", "ran"]}}, "subprocess"),
        ({"class_name": "function", "module": "builtins", "config": "eval"}, "'eval'"),
        ({"class_name": "function", "module": "os", "config": "system"}, "'system'"),
        ({"class_name": "Own", "module": "planted", "config": {}}, "planted.Own"),
        ({"class_name": "__lambda__", "config": {"value": "4wA="}}, "holds code"),
        ({"class_name": "TFSMLayer", "module": "keras.layers", "config": {"filepath": "x"}}, "holds code"),
    ],
)
def test_what_is_not_keras_s_own_is_refused_wherever_it_stands(spec, says):
    with pytest.raises(NoRecipeError, match=says):
        refuse_code({"class_name": "Sequential", "module": "keras", "config": {"layers": [spec]}})


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


GUARDED = """
import sys
from unstuck.lab.guard import guard
sys.addaudithook(guard({scratch!r}))
{does}
"""

REFUSED = {
    "a shell that names a compiler": "import subprocess; subprocess.run(['sh', '-c', 'echo gcc >> ran'])",
    "a line for the shell": "import subprocess; subprocess.run('echo cc >> ran', shell=True)",
    "system": "import os; os.system('echo gcc > ran')",
    "a program with a compiler among its words": "import subprocess; subprocess.run(['touch', 'ran', 'cc '])",
    "a compiler that writes elsewhere": "import subprocess; subprocess.run(['gcc', '-o', 'ran', 'x.c'])",
    "a compiler that runs a program": "import subprocess; subprocess.run(['cc', '-wrapper', 'touch,ran'])",
    "exec": "import os; os.execvp('touch', ['touch', 'ran'])",
    "posix_spawn": "import os; os.posix_spawn('/usr/bin/touch', ['touch', 'ran'], {})",
    "open": "open('ran', 'w')",
    "append": "import os; os.open('ran', os.O_WRONLY | os.O_CREAT)",
    "a folder": "import os; os.mkdir('ran')",
    "a data base": "import sqlite3; sqlite3.connect('ran')",
    "the network": "import socket; socket.create_connection(('127.0.0.1', 9), 1)",
    "a name in the network": "import socket; socket.getaddrinfo('example.org', 80)",
    "a datagram": "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
}


def guarded(does, folder):
    scratch = folder / "scratch"
    scratch.mkdir()
    code = GUARDED.format(scratch=str(scratch), does=does)
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, env={**os.environ}
    )


@pytest.mark.parametrize("does", REFUSED.values(), ids=REFUSED)
def test_a_trial_neither_writes_nor_starts_nor_reaches_out(does, here):
    done = guarded(does, here)
    assert "PermissionError: a trial " in done.stderr
    assert [path.name for path in here.iterdir()] == ["scratch"]


def test_a_program_that_a_fork_would_become_is_refused_in_the_fork(here):
    guarded("import os; os.spawnvp(os.P_WAIT, 'touch', ['touch', 'ran'])", here)
    assert [path.name for path in here.iterdir()] == ["scratch"]


@pytest.mark.parametrize(
    "does",
    [
        "import platform; platform.processor(); platform.uname()",
        "import ctypes.util; ctypes.util.find_library('m')",
        "open('scratch/out', 'w').write('x')",
        "import socket; a, b = socket.socketpair(); a.send(b'x')",
    ],
)
def test_what_a_framework_needs_is_left_alone(does, here):
    assert guarded(does, here).stderr == ""
