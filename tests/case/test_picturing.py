"""From one fit to what its pictures are drawn from."""

import keras
import numpy as np
import pytest

import unstuck
from unstuck.case.picturing import thinned
from unstuck.case.schema import Case
from unstuck.evidence.pictures import MOST_ROWS

pytestmark = pytest.mark.usefixtures("seeded")


@pytest.fixture
def rows():
    generator = np.random.default_rng(0)
    return generator.normal(size=(256, 4)).astype("float32") * [1, 10, 100, 1000], generator.integers(
        0, 2, 256
    )


def stuck(rows):
    """A watched fit whose steps are too small to learn anything."""
    model = keras.Sequential(
        [keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1, activation="sigmoid")]
    )
    model.compile(keras.optimizers.SGD(1e-9), loss="binary_crossentropy", metrics=["accuracy"])
    watch = unstuck.Watch(report=False)
    model.fit(*rows, epochs=2, verbose=0, validation_split=0.2, callbacks=[watch])
    return watch.diagnosis


def test_an_examined_run_has_its_pictures(rows, tmp_path):
    run = stuck(rows).run
    assert run.errors == []
    pictures = run.pictures
    assert [sum(map(sum, each.counts)) for each in pictures.answers] == [pictures.answers[0].rows]
    assert pictures.answers[0].groups == ["label 0", "label 1"]
    assert pictures.answers[0].changed == 0.0
    assert sum(map(sum, pictures.confusions[0].counts)) == pictures.confusions[0].rows
    assert [each.part for each in pictures.labels] == ["training", "validation"]
    assert [len(pictures.layers.layers), len(pictures.layers.gradients[0])] == [2, len(pictures.layers.steps)]
    assert pictures.units.activations == ["relu", "sigmoid"]
    assert pictures.scales[0].deviations == sorted(pictures.scales[0].deviations)
    Case(runs=[run]).save(tmp_path / "case.json")
    assert Case.load(tmp_path / "case.json").runs[0].pictures == pictures


def test_a_model_before_its_training_and_a_healthy_run_have_none(rows):
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy", metrics=["accuracy"])
    assert unstuck.check(model, *rows).run.pictures is None


def test_many_things_are_thinned_evenly():
    assert thinned([1, 2], 3) == [1, 2]
    kept = thinned(list(range(500)), MOST_ROWS)
    assert (len(set(kept)), kept[0], kept[-1]) == (MOST_ROWS, 0, 499)
