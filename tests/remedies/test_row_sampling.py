"""Remedies that draw training rows anew: the source they write runs, and the recipe is changed alike."""

import builtins
from dataclasses import replace

import numpy as np
import pytest
from writing import edited, record

from unstuck.lab.recipe import Recipe, UntreatableError
from unstuck.remedies.remedy import catalogue

FIT = "model.fit(x, y, epochs=3)"
SPLIT = "model.fit(x, y, validation_split=0.2, epochs=3)"


class Model:
    """Keeps what fit was given."""

    def fit(self, x, y, **arguments):
        self.x, self.y, self.arguments = x, y, arguments


def rows(count=50, rare=10):
    x = np.arange(4 * count, dtype="float32").reshape(count, 4) ** 1.1
    return x, (np.arange(count) % (count // rare) == 0).astype("int64")


def run(name, fit, y=None, **values):
    """Run the edited script on 50 rows, ten of which are of class 1."""
    x, labels = rows()
    model = Model()
    scope = {"model": model, "x": x, "y": labels if y is None else y}
    exec(compile(edited(name, f"{fit}\n", fit, **values), "train.py", "exec"), scope)
    assert scope["x"] is x
    return model, x


def test_oversampling_keeps_every_row_and_evens_the_classes():
    model, x = run("oversample", FIT)
    assert np.bincount(model.y).tolist() == [40, 40]
    assert {tuple(row) for row in model.x} == {tuple(row) for row in x}
    assert model.arguments == {"epochs": 3}


def test_undersampling_takes_no_row_twice():
    model, _ = run("undersample", FIT)
    assert np.bincount(model.y).tolist() == [10, 10]
    assert len({tuple(row) for row in model.x}) == 20


def test_smote_makes_rows_between_those_of_the_rare_class():
    pytest.importorskip("imblearn")
    model, x = run("smote", FIT)
    assert np.bincount(model.y).tolist() == [40, 40]
    assert len({tuple(row) for row in model.x} - {tuple(row) for row in x}) > 20


@pytest.mark.parametrize("name", ["oversample", "undersample", "smote"])
def test_rows_that_validate_are_cut_off_before_any_is_drawn(name):
    if name == "smote":
        pytest.importorskip("imblearn")
    model, x = run(name, SPLIT)
    held_x, held_y = model.arguments.pop("validation_data")
    assert model.arguments == {"epochs": 3}
    assert np.array_equal(held_x, x[40:])
    assert len(held_y) == 10
    assert not {tuple(row) for row in model.x} & {tuple(row) for row in held_x}
    assert len(set(np.bincount(model.y))) == 1


@pytest.mark.parametrize("name", ["oversample", "smote"])
def test_one_hot_labels_are_drawn_by_their_class(name):
    if name == "smote":
        pytest.importorskip("imblearn")
    hot = np.eye(2)[rows()[1]]
    model, _ = run(name, FIT, hot, one_hot=True)
    assert model.y.sum(axis=0).tolist() == [40, 40]


def test_what_fit_is_given_as_an_expression_gets_a_name():
    text = "model.fit(load()[0], y)\n"
    after = edited("undersample", text, "model.fit(load()[0], y)")
    assert after.startswith("import numpy as np\n\ninputs = load()[0]\n")
    assert after.endswith(
        "inputs, training_labels = inputs[chosen], y[chosen]\nmodel.fit(inputs, training_labels)\n"
    )


def test_smote_is_imported_once():
    text = "import keras\nfrom imblearn.over_sampling import SMOTE\nm.fit(x, y)\n"
    after = edited("smote", text, "m.fit(x, y)")
    assert after.count("import") == 2
    assert "= SMOTE(random_state=0).fit_resample(x, y)\n" in after


@pytest.mark.parametrize(
    ("fit", "why"),
    [
        ("m.fit(x, y, sample_weight=w)", "the rows have weights of their own"),
        ("m.fit(x, y, 32, 3, 0, None, 0.2)", "validation_split is given by its position"),
        ("m.fit(x, y, validation_split=share(x))", "the share of the rows that validate is computed"),
        ("m.fit([x], y)", "the arrays are given in a list or dict"),
        ("m.fit(data)", "the rows reach fit in one object"),
    ],
)
def test_rows_that_cannot_be_told_apart_are_left_to_the_user(fit, why):
    written = record("oversample", f"{fit}\n", fit)
    assert written.diff is None
    assert why in written.says


def treated(name, recipe, **values):
    return catalogue()[name].treat(recipe, None, values)


def test_a_recipe_is_drawn_anew_without_the_rows_that_validate():
    x, y = rows()
    recipe = Recipe(x=x, y=y[:, None], validation_split=0.2, batch_size=8)
    for name, each in (("oversample", 32), ("undersample", 8)):
        changed = treated(name, recipe)
        assert np.bincount(changed.y[:, 0]).tolist() == [each, each]
        assert changed.validation_split == 0.0
        assert np.array_equal(changed.held_out[0], x[40:])
        assert changed.training_rows == 2 * each


def test_a_recipe_of_a_dict_of_inputs_keeps_its_rows_together():
    x, y = rows()
    changed = treated("undersample", Recipe(x={"a": x, "b": x[:, 0]}, y=np.eye(2)[y]))
    assert np.array_equal(changed.x["a"][:, 0], changed.x["b"])
    assert changed.y.sum(axis=0).tolist() == [10, 10]


def test_smote_on_a_recipe():
    pytest.importorskip("imblearn")
    x, y = rows()
    for labels in (y, y[:, None].astype("float32"), np.eye(2, dtype="float32")[y]):
        changed = treated("smote", Recipe(x=x, y=labels))
        assert changed.x.shape == (80, 4)
        assert changed.y.shape == (80, *labels.shape[1:])
        assert changed.y.dtype == labels.dtype
    with pytest.raises(UntreatableError, match="a table of finite numbers"):
        treated("smote", Recipe(x=x.astype("int64"), y=y))
    with pytest.raises(UntreatableError, match="the rarest class has not 6 rows here"):
        treated("smote", Recipe(x=x[:20], y=y[:20]))


def test_smote_tells_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name.startswith("imblearn"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    x, y = rows()
    with pytest.raises(UntreatableError, match="pip install imbalanced-learn"):
        treated("smote", Recipe(x=x, y=y))


def test_rows_with_weights_or_of_one_class_are_not_drawn():
    x, y = rows()
    with pytest.raises(UntreatableError, match="weights of their own"):
        treated("oversample", Recipe(x=x, y=y, sample_weight=np.ones(50)))
    with pytest.raises(UntreatableError, match="two classes"):
        treated("oversample", Recipe(x=x, y=0 * y))
    with pytest.raises(UntreatableError, match="not recorded"):
        treated("oversample", replace(Recipe(), y=None))
