import numpy as np
import pytest

from unstuck.evidence.facts import Place
from unstuck.lab.recipe import LayerPlan, Recipe
from unstuck.lab.saved import SavedError, load, recipe_fields, save, why_not

RECIPE = Recipe(
    kind="Functional",
    model={"config": {"layers": [{"shape": (None, 3)}]}},
    layers=(LayerPlan(name="a", place=Place(file="train.py", line=3, column=0)),),
    outputs={"": ("a", None)},
    compiled={"loss": "mse", "optimizer": {"config": {"learning_rate": 0.1}}},
    x={"left": np.arange(6.0).reshape(2, 3), "right": np.array(["a", "b"])},
    y=np.array([1, 0]),
    held_out=(np.zeros((1, 3)), np.ones(1)),
    class_weight={0: 1.0, 1: 2.0},
    callbacks=(("EarlyStopping", {"patience": 2}),),
    initial=(np.ones(3),),
)


def same(one, other):
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and (one == other).all()
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return type(one) is type(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    return one == other


def test_a_recipe_comes_back_as_it_was(tmp_path):
    save({2: RECIPE}, tmp_path / "a.npz")
    back = load(tmp_path / "a.npz")[2]
    assert same(recipe_fields(back), recipe_fields(RECIPE) | {"from_file": True})


def test_code_and_objects_are_refused():
    assert "your own code" in why_not(Recipe(custom={"loss": print}))
    assert "objects" in why_not(Recipe(x=np.array([{}], dtype=object)))
    assert why_not(RECIPE) == ""


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04"])
def test_a_broken_file_is_a_clear_error(tmp_path, content):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(SavedError, match="cannot be read"):
        load(tmp_path / "a.npz")


def test_pickles_are_not_read(tmp_path):
    np.savez(tmp_path / "a.npz", recipe=np.array([print], dtype=object))
    with pytest.raises(SavedError, match="cannot be read"):
        load(tmp_path / "a.npz")
