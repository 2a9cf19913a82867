"""What the source tells of a watched fit: the right call, on the way that was taken, or a reason why not."""

from unstuck.evidence.facts import Environment, Evidence, Fit, Layer, Model, Output, Place
from unstuck.reading.watched import with_source

SCRIPT = """\
import keras
import random, sys

model = keras.Sequential([keras.layers.Dense(8), keras.layers.Dense(1)])
other = keras.optimizers.Adam(0.01)
model.compile("sgd", "mse")
if len(sys.argv) > 1:
    model.add(keras.layers.Conv2D(4, 3))
    random.shuffle(x)
model.fit(x / 255, y, epochs=5)
"""


def seen(tmp_path, text=SCRIPT, *, line=10, kinds=("Dense", "Dense"), backend="torch"):
    file = tmp_path / "train.py"
    file.write_text(text)
    layers = tuple(Layer(kind=kind, parameters=9) for kind in kinds)
    return Evidence(
        environment=Environment(backend=backend),
        model=Model(layers=layers),
        fit=Fit(place=Place(file=str(file), line=line, column=0)),
        outputs=(Output(name=""),),
        absent={"Code": "not read"},
    )


def kinds(evidence):
    return {each.kind for each in evidence.code.sightings}


def test_what_stands_around_the_fit_is_known(tmp_path):
    found = with_source(seen(tmp_path))
    assert "optimizer-unused" in kinds(found)
    assert [each.kind for each in found.written_inputs.operations] == ["divide"]
    assert found.outputs[0].written_targets is not None


def test_only_the_way_that_built_the_live_model_counts(tmp_path):
    assert "swapped-rows" not in kinds(with_source(seen(tmp_path)))
    taken = with_source(seen(tmp_path, kinds=("Dense", "Dense", "Conv2D")))
    assert "swapped-rows" in kinds(taken)


def test_what_holds_on_some_ways_only_does_not_count(tmp_path):
    text = SCRIPT.replace("    model.add(keras.layers.Conv2D(4, 3))\n", "")
    assert "swapped-rows" not in kinds(with_source(seen(tmp_path, text, line=9)))


def test_a_fit_that_is_not_in_the_file_is_said_so(tmp_path):
    found = with_source(seen(tmp_path, line=3))
    assert found.code is None
    assert found.absent["Code"] == found.absent["WrittenInputs"] == "this fit was not found in its source"


def test_a_program_for_another_backend_is_not_this_one(tmp_path):
    text = SCRIPT.replace("import random, sys", 'import os; os.environ["KERAS_BACKEND"] = "jax"')
    assert with_source(seen(tmp_path, text)).code is None


def test_source_that_cannot_be_read_costs_nothing_else(tmp_path):
    evidence = seen(tmp_path)
    assert with_source(evidence).code is not None
    evidence = seen(tmp_path, "def broken(:\n")  # read again, as it has changed
    assert with_source(evidence).absent["Code"] == "the source of this fit could not be read"
    (tmp_path / "train.py").unlink()
    evidence = Evidence(fit=Fit(place=Place(file="<cell 3>", line=1)))
    assert with_source(evidence).absent["Code"] == "the source of this fit could not be read"
    assert with_source(Evidence()).absent["Code"] == "it is not known where fit was called"
