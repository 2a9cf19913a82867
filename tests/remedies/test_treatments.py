"""The recipe side of every remedy: what a trial changes is what the diff changes."""

from dataclasses import replace

import numpy as np
import pytest
from by_hand import at, config, dense, recipe, refused, rows, spec, treat
from writing import edited

from unstuck.evidence.sample import leaves
from unstuck.lab.recipe import LayerPlan
from unstuck.remedies.remedy import catalogue

#: Remedies that change nothing a training could try.
ADVICE = {"advise"}


def test_every_remedy_that_is_no_advice_can_be_tried():
    assert {name for name, each in catalogue().items() if each.treatment is None} == ADVICE


def test_advice_says_that_no_training_can_try_it():
    assert "advice" in refused("advise", rows(), text="Think.")


# --- layers ---


def test_an_activation_is_set_on_the_layer_of_the_place():
    held = recipe(dense("a", 8), dense("b", 1, "softmax"))
    treated = treat("set-output-activation", held, at(2), activation="sigmoid")
    assert config(treated, "b")["activation"] == "sigmoid"
    assert config(treated, "a") == config(held, "a")
    assert config(held, "b")["activation"] == "softmax"


def test_shapes_that_layers_were_built_for_are_forgotten():
    treated = treat("widen-layer", recipe(dense("a", 8), dense("b", 1)), at(1), units=64)
    assert config(treated, "a")["units"] == 64
    assert not any("build_config" in each for each in treated.model["config"]["layers"])


@pytest.mark.parametrize("place", [None, at(99)])
def test_an_output_that_was_not_seen_to_be_made_is_found_by_its_end(place):
    held = recipe(dense("a", 8), dense("b", 2, "softmax"))
    treated = treat("set-output-units", held, place, units=1, activation="sigmoid")
    assert (config(treated, "b")["units"], config(treated, "b")["activation"]) == (1, "sigmoid")
    assert config(treated, "a")["units"] == 8


def test_an_output_behind_a_wrapper_is_the_layer_inside():
    wrapped = spec("TimeDistributed", "w", layer=dense("inner", 2, "softmax"))
    held = recipe(wrapped)
    held = replace(held, layers=(*held.layers, LayerPlan(name="inner", kind="Dense")))
    treated = treat("set-output-units", held, None, units=1, activation="sigmoid")
    assert (config(treated, "inner")["units"], config(treated, "inner")["activation"]) == (1, "sigmoid")


def test_the_width_of_a_bare_activation_is_that_of_the_layer_before():
    held = recipe(dense("a", 8), dense("b", 2), spec("Softmax", "end", axis=-1))
    treated = treat("set-output-units", held, None, units=1, activation="sigmoid")
    assert [config(treated, name).get("units") for name in "ab"] == [8, 1]
    assert treated.kind_of("end") == "Activation"


def test_a_bare_activation_becomes_an_activation_layer_of_the_same_name():
    held = recipe(dense("b", 2), spec("Softmax", "end", axis=1, trainable=True, dtype="float32"))
    treated = treat("set-output-activation", held, at(2), activation="sigmoid")
    assert treated.model["config"]["layers"][1] == {
        "module": "keras.layers",
        "class_name": "Activation",
        "config": {"name": "end", "trainable": True, "dtype": "float32", "activation": "sigmoid"},
        "registered_name": None,
    }


def test_all_layers_of_a_loop_change():
    held = recipe(dense("a", 8, "sigmoid"), dense("b", 8, "sigmoid"), dense("c", 1))
    held = replace(held, layers=(*(replace(each, place=at(1)) for each in held.layers[:2]), held.layers[2]))
    treated = treat("set-hidden-activation", held, at(1), activation="relu")
    assert [config(treated, name)["activation"] for name in "abc"] == ["relu", "relu", "linear"]


def test_the_output_alone_changes_where_a_loop_made_it_too():
    held = recipe(dense("a", 8, "relu"), dense("b", 8, "relu"))
    held = replace(held, layers=tuple(replace(each, place=at(1)) for each in held.layers))
    treated = treat("set-output-activation", held, at(1, shared=True), activation="linear")
    assert [config(treated, name)["activation"] for name in "ab"] == ["relu", "linear"]


def test_a_call_that_made_a_whole_model_is_not_taken_for_one_of_its_layers():
    held = recipe(spec("Conv2D", "a", filters=8, activation="relu"), dense("b", 2, "softmax"))
    held = replace(held, layers=tuple(replace(each, place=at(1)) for each in held.layers))
    treated = treat("set-output-activation", held, at(1), activation="sigmoid")
    assert [config(treated, name)["activation"] for name in "ab"] == ["relu", "sigmoid"]


def test_a_hidden_layer_that_was_not_seen_is_changed_only_where_there_is_one():
    one, two = recipe(dense("a", 8), dense("c", 1)), recipe(dense("a", 8), dense("b", 8), dense("c", 1))
    assert config(treat("widen-layer", one, None, units=9), "a")["units"] == 9
    assert "not known which layer" in refused("widen-layer", two, None, units=9)


def test_an_activation_inside_a_subclassed_model_is_a_change_of_its_arguments():
    held = recipe(dense("a", 8), dense("b", 1), kind="subclassed", model={"class_name": "Mine", "config": {}})
    treated = treat("set-hidden-activation", held, at(1), activation="relu")
    assert treated.layer_changes == {"a": {"activation": "relu"}}


def test_embedding():
    table = spec("Embedding", "e", input_dim=10, output_dim=4, mask_zero=False)
    held = recipe(table, dense("b", 1))
    assert config(treat("mask-padding", held, at(1)), "e") == {**table["config"], "mask_zero": True}
    assert config(treat("enlarge-embedding", held, None, input_dim=50), "e")["input_dim"] == 50


def test_dropout_is_lowered_where_the_place_is_known_and_else_wherever_it_is_higher():
    drops = [spec("Dropout", name, rate=rate) for name, rate in (("a", 0.1), ("b", 0.8), ("c", 0.9))]
    held = recipe(*drops, dense("d", 1))
    assert [config(treat("lower-dropout", held, at(2), rate=0.2), name)["rate"] for name in "abc"] == [
        *(0.1, 0.2, 0.9)
    ]
    assert [config(treat("lower-dropout", held, None, rate=0.2), name)["rate"] for name in "abc"] == [
        *(0.1, 0.2, 0.2)
    ]


def test_dropout_of_a_recurrent_layer_is_its_own_argument():
    held = recipe(spec("LSTM", "a", units=4, dropout=0.9, recurrent_dropout=0.0), dense("d", 1))
    assert config(treat("lower-dropout", held, at(1), rate=0.2), "a")["dropout"] == 0.2


def test_momentum():
    held = recipe(spec("BatchNormalization", "a", momentum=0.99), dense("d", 1))
    assert config(treat("set-batchnorm-momentum", held, at(1), momentum=0.9), "a")["momentum"] == 0.9


@pytest.mark.parametrize(("values", "l1", "l2"), [({}, 0.0005, 0.0002), ({"penalty": 1e-4}, 1e-4, 1e-4)])
def test_penalty_is_lowered(values, l1, l2):
    both = {"class_name": "L1L2", "module": "keras.regularizers", "config": {"l1": 0.05, "l2": 0.02}}
    none = {"class_name": "L1L2", "module": "keras.regularizers", "config": {"l1": 0.0, "l2": 0.0}}
    held = recipe(dense("a", 8, kernel_regularizer=both, bias_regularizer=none), dense("b", 1))
    changed = config(treat("lower-penalty", held, at(1), **values), "a")
    assert changed["kernel_regularizer"] == {**both, "config": {"l1": l1, "l2": l2}}
    assert changed["bias_regularizer"] == none
    assert "no layer with a penalty" in refused("lower-penalty", recipe(dense("b", 1)), at(1))


def test_a_layer_goes_from_a_sequential_model():
    held = recipe(dense("a", 8), spec("Softmax", "end", axis=-1))
    held = replace(held, outputs={"": ("end", "a")})
    treated = treat("remove-layer", held, at(2))
    assert [each["config"]["name"] for each in treated.model["config"]["layers"]] == ["a"]
    assert [each.name for each in treated.layers] == ["a"]
    assert treated.outputs == {"": ("a", "a")}


def test_a_layer_of_another_model_is_passed_by():
    call = {"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["a", 0, 0]}}]}
    noise = spec("GaussianNoise", "n", stddev=0.5) | {"inbound_nodes": [{**call, "kwargs": {"mask": None}}]}
    held = recipe(dense("a", 8), noise)
    held = replace(held, kind="Functional", model={**held.model, "class_name": "Functional"})
    treated = treat("remove-layer", held, at(2))
    idle = treated.model["config"]["layers"][1]
    assert (idle["class_name"], idle["config"]) == ("Identity", {"name": "n"})
    assert idle["inbound_nodes"] == [{**call, "kwargs": {}}]
    subclassed = replace(held, kind="subclassed")
    assert treat("remove-layer", subclassed, at(2)).layer_changes == {"n": {"stddev": 0.0}}
    assert "makes its layers itself" in refused("remove-layer", subclassed, at(1))


def frozen(*layers):
    held = recipe(*layers)
    return replace(held, layers=tuple(replace(each, trainable=False) for each in held.layers))


def test_all_frozen_layers_learn_where_the_source_does_not_say_which():
    held = frozen(
        *({**dense(name, 8), "config": {**dense(name, 8)["config"], "trainable": False}} for name in "ab")
    )
    treated = treat("unfreeze-layers", held, at(1))
    assert all(config(treated, name)["trainable"] for name in "ab")
    assert all(each.trainable for each in treated.layers)
    assert "no layer is frozen" in refused("unfreeze-layers", recipe(dense("a", 1)))


def test_only_the_layers_learn_that_the_source_freezes_where_it_makes_them(tmp_path):
    script = tmp_path / "train.py"
    script.write_text("a = Dense(8, trainable=False)\nb = Dense(8, trainable=False)\n")
    held = frozen(
        *({**dense(name, 8), "config": {**dense(name, 8)["config"], "trainable": False}} for name in "ab")
    )
    held = replace(
        held, layers=tuple(replace(each, place=replace(each.place, file=str(script))) for each in held.layers)
    )
    treated = treat("unfreeze-layers", held, held.layers[0].place)
    assert [config(treated, name)["trainable"] for name in "ab"] == [True, False]
    assert [each.trainable for each in treated.layers] == [True, False]


# --- fit ---


def test_arguments_of_fit():
    held = rows(validation_split=0.25, shuffle=False)
    assert treat("set-batch-size", held, batch_size=4).batch_size == 4
    assert treat("train-longer", held, epochs=70).epochs == 70
    assert treat("shuffle-batches", held).shuffle
    assert treat("weigh-classes", held, weights=[[0, 0.55554], [1.0, 5]]).class_weight == {0: 0.5555, 1: 5.0}
    assert "not both" in refused("weigh-classes", rows(sample_weight=np.ones(4)), weights=[[0, 1]])
    stopping = ("EarlyStopping", {"patience": 3, "restore_best_weights": True})
    treated = treat("stop-early", held, patience=3)
    assert treated.callbacks == (stopping,)
    assert "already" in refused("stop-early", treated, patience=3)
    assert "no validation rows" in refused("stop-early", rows(), patience=3)


LABELS = {
    "shift-labels": ({"by": -1}, [1, 2, 3], [0, 1, 2]),
    "encode-labels": ({}, [3, 12, 7], [0, 2, 1]),
    "remap-signed-labels": ({}, [-1, 1, 1], [0, 1, 1]),
    "rescale-labels": ({"factor": 255.0}, [0, 1 / 255, 2 / 255], [0, 1, 2]),
    "binarise-targets": ({"threshold": 0.5}, [0.2, 0.5, 0.9], [0, 0, 1]),
}


@pytest.mark.parametrize("name", LABELS)
def test_labels(name):
    values, before, after = LABELS[name]
    y = np.array(before)
    treated = treat(name, rows(np.zeros((3, 2)), y, held_out=(np.zeros((1, 2)), y[1:2])), **values)
    assert treated.y.tolist() == after
    assert treated.held_out[1].tolist() == after[1:2]
    assert "several arrays" in refused(name, rows(y={"a": y, "b": y}), **values)
    assert "does not hold numbers" in refused(name, rows(y=np.array(["a", "b"])), **values)


def test_inputs_and_targets_are_standardised_by_the_figures_of_the_training_rows():
    x, y = np.array([[1.0, 7], [3, 7], [5, 7]], "float32"), np.array([10.0, 20, 30])
    held = rows(x, y, held_out=(x + 2, y + 10))
    treated = treat("standardise-inputs", held)
    assert np.allclose(treated.x[:, 0], [-(1.5**0.5), 0, 1.5**0.5])
    assert (treated.x[:, 1] == 0).all()
    assert np.allclose(treated.held_out[0], (x + 2 - [3, 7]) / [(8 / 3) ** 0.5, 1])
    treated = treat("standardise-targets", held)
    assert np.allclose(treated.held_out[1], (y + 10 - 20) / (200 / 3) ** 0.5)
    assert "never varies" in refused("standardise-targets", rows(x, np.ones(3)))


def test_pictures_are_rescaled():
    treated = treat("rescale-inputs", rows(np.full((4, 2, 2), 51, "uint8")), divisor=255.0)
    assert treated.x.dtype == "float32"
    assert np.allclose(treated.x, 0.2)


def test_rows_that_are_not_finite_go_from_every_array():
    x, y = np.array([[1.0, 2], [np.nan, 1], [3, 4]]), np.array([1.0, 2, np.inf])
    held = rows(x, y, sample_weight=np.array([5.0, 6, 7]), held_out=(x, np.array([1.0, 2, 3])))
    treated = treat("drop-non-finite-rows", held)
    assert (treated.x.tolist(), treated.y.tolist(), treated.sample_weight.tolist()) == ([[1, 2]], [1], [5])
    assert treated.held_out[1].tolist() == [1, 3]
    assert "no row is free" in refused("drop-non-finite-rows", rows(x[1:2], y[:1]))


def test_rows_are_shuffled_before_the_split_as_the_inserted_lines_do():
    held = rows(sample_weight=np.arange(4.0), validation_split=0.5)
    order = np.random.default_rng(0).permutation(4)
    treated = treat("shuffle-before-split", held)
    assert treated.x.tolist() == held.x[order].tolist()
    assert treated.y.tolist() == held.y[order].tolist()
    assert treated.sample_weight.tolist() == order.tolist()
    assert "no rows were held out" in refused("shuffle-before-split", rows())


def test_rows_that_were_split_before_are_pooled_and_split_at_the_old_size():
    x = np.arange(10.0)[:, None]
    treated = treat("shuffle-before-split", rows({"in": x[:7]}, x[:7], held_out=({"in": x[7:]}, x[7:])))
    order = np.random.default_rng(0).permutation(10)
    assert treated.x["in"][:, 0].tolist() == treated.y[:, 0].tolist() == order[:7].tolist()
    assert treated.held_out[0]["in"][:, 0].tolist() == order[7:].tolist()
    assert "differ in shape" in refused(
        "shuffle-before-split", rows(x[:7], x[:7], held_out=(x[7:, 0], x[7:]))
    )


CHANGES = {
    "shift-labels": {"by": -1},
    "encode-labels": {},
    "remap-signed-labels": {},
    "rescale-labels": {"factor": 0.3333333},
    "binarise-targets": {"threshold": 2.00004},
    "standardise-inputs": {},
    "standardise-targets": {},
    "rescale-inputs": {"divisor": 3.0},
    "drop-non-finite-rows": {},
    "shuffle-before-split": {},
}


@pytest.mark.parametrize("name", CHANGES)
def test_rows_are_what_the_edited_lines_pass_to_fit(name):
    noise = np.random.default_rng(7)
    x, y = noise.normal(5, 2, (12, 3)), noise.integers(1, 4, 12)
    if name == "drop-non-finite-rows":
        x[[2, 5], 1] = np.nan, np.inf
    later = (noise.normal(5, 2, (4, 3)), noise.integers(1, 4, 4))
    parts = name == "shuffle-before-split"
    call = f"fit(x, y, {'validation_split=0.25' if parts else 'validation_data=(vx, vy)'})"
    held = rows(x, y, validation_split=0.25) if parts else rows(x, y, held_out=later)
    passed = []

    def fit(x, y, validation_split=0.0, validation_data=None):
        passed.extend(leaves([x, y, validation_data]))

    exec(
        edited(name, call + "\n", call, **CHANGES[name]),
        {"x": x, "y": y, "vx": later[0], "vy": later[1], "fit": fit},
    )
    treated = treat(name, held, **CHANGES[name])
    mine = leaves([treated.x, treated.y, treated.held_out])
    for one, other in zip(passed, mine, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
