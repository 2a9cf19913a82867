"""Simple models find what is there, find nothing where nothing is, and say what they could have found."""

import importlib
import json
from dataclasses import replace

import numpy as np
import pytest

from unstuck.evidence.facts import Curve, Evidence, Fit, Labels, Learnability, Metric, Metrics, Output
from unstuck.evidence.probe import Clock
from unstuck.evidence.reference.folds import folds_of, is_series
from unstuck.lab.experiment import UnaskableError, experiments
from unstuck.lab.experiments._rows import loss_name, table_of, targets_of, thinned
from unstuck.lab.experiments.learnability import learnability
from unstuck.lab.recipe import LayerPlan, Recipe
from unstuck.rules.labels._learnable import finds_nothing, finds_something
from unstuck.rules.rule import judge

CAUSE = ("nothing-to-learn",)

module = importlib.import_module("unstuck.lab.experiments.learnability")


@pytest.fixture(autouse=True)
def _few_draws(monkeypatch):
    """The fewest draws that can come to p = .05; the arithmetic is that of more."""
    monkeypatch.setattr(module, "DRAWS", (19,))


def asked(x, y, **rest):
    return learnability(Recipe(x=x, y=y, **rest), Clock(600))


def noise(rows, columns, seed=0):
    return np.random.default_rng(seed).normal(size=(rows, columns))


def test_it_is_in_the_catalogue():
    assert experiments()["learnability"].trains
    assert experiments()["learnability"].decides == CAUSE


def test_the_draws_are_counted(monkeypatch):
    monkeypatch.setattr(module, "DRAWS", (39, 19))
    x = noise(60, 1)
    record = asked(x, (x[:, 0] > 0).astype(int)).record
    assert (record.permutations, record.p_value) == (39, 1 / 40)


def test_a_straight_line_is_found_by_logistic_regression():
    x = noise(300, 4)
    answer = asked(x, (x[:, 0] + 0.3 * noise(300, 1, 1)[:, 0] > 0).astype(int))
    assert answer.refutes == CAUSE
    assert dict(answer.record.scores)["logistic regression"] > 0.85
    assert answer.record.p_value == 1 / 20
    assert answer.says.endswith("there is something to learn.")


def test_exclusive_or_is_found_by_trees_and_not_by_a_line():
    x = noise(300, 2)
    answer = asked(x, (x[:, 0] * x[:, 1] > 0).astype(int))
    scores = dict(answer.record.scores)
    assert answer.refutes == CAUSE
    assert scores["boosted trees"] > 0.9
    assert scores["logistic regression"] < 0.65


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_labels_are_nothing_to_learn(seed):
    answer = asked(noise(400, 5, seed), np.random.default_rng(100 + seed).integers(0, 2, 400))
    assert answer.record.p_value > 0.05
    assert answer.supports == CAUSE
    assert answer.refutes == ()
    assert "no simple model finds anything" in answer.says


def test_few_rows_decide_nothing_and_say_so():
    answer = asked(noise(60, 5), np.random.default_rng(1).integers(0, 2, 60))
    assert answer.supports == answer.refutes == ()
    assert answer.record.smallest > 0.1
    assert "tells nothing" in answer.says


def test_the_smallest_advantage_shrinks_with_the_root_of_the_rows():
    few, many = (
        asked(noise(rows, 3), np.random.default_rng(1).integers(0, 2, rows)).record.smallest
        for rows in (80, 720)
    )
    assert 1.8 < few / many < 5.0  # 3 but for the luck of the draws


def test_numbers_are_judged_by_the_variation_explained():
    x = noise(300, 4)
    answer = asked(x, x[:, 0] + noise(300, 1, 1)[:, 0])
    assert answer.record.measure == "R2"
    assert answer.record.score == pytest.approx(0.5, abs=0.12)  # half of the variance is noise
    assert answer.refutes == CAUSE
    assert asked(x, noise(300, 1, 1)[:, 0]).supports == CAUSE


def test_nothing_beats_yesterday_on_a_random_walk():
    walk = np.cumsum(noise(520, 1)[:, 0])
    x = np.stack([walk[i - 10 : i] for i in range(10, 520)])[..., None]
    answer = asked(x, walk[10:])
    assert answer.record.series
    assert answer.record.persistence > answer.record.score
    assert answer.supports == ()
    assert "no model beats that" in answer.says


def test_up_or_down_on_a_random_walk_is_nothing_to_learn():
    steps = noise(1020, 1)[:, 0]
    x = np.stack([steps[i - 10 : i] for i in range(10, 1020)])
    answer = asked(x, (steps[10:] > 0).astype(int))
    assert answer.record.series
    assert answer.supports == CAUSE


def test_labels_that_stay_for_long_are_not_called_nothing():
    draw = np.random.default_rng(0)
    y = np.repeat(draw.integers(0, 2, 120), 5)  # each label stands five times
    x = np.cumsum(noise(600, 3), axis=0)
    answer = asked(x, y)
    assert answer.record.persistence > 0.8
    assert answer.supports == ()


def test_words_by_number_are_counted():
    draw = np.random.default_rng(0)
    ids, y = draw.integers(1, 200, size=(200, 12)), draw.integers(0, 2, 200)
    ids[y == 1, 3] = 7
    answer = asked(ids, y, layers=(LayerPlan(name="words", kind="Embedding"),))
    assert answer.refutes == CAUSE
    assert answer.record.score > 0.7


def test_lopsided_labels_are_judged_class_by_class():
    x = noise(600, 3)
    y = (x[:, 0] + 0.3 * noise(600, 1, 1)[:, 0] > 1.3).astype(int)
    answer = asked(x, y)
    assert answer.record.measure == "balanced accuracy"
    assert answer.record.baseline == 0.5
    assert answer.refutes == CAUSE


def test_copies_of_rows_prove_nothing():
    x, y = noise(150, 4), np.random.default_rng(5).integers(0, 2, 150)
    copied = np.random.default_rng(6).permutation(np.tile(np.arange(150), 4))
    assert asked(x[copied], y[copied]).refutes == ()


def test_images_are_averaged():
    x = np.random.default_rng(0).normal(size=(60, 64, 64, 3)).astype("float32")
    table = table_of(Recipe(x=x, y=np.arange(60) % 2), 1000)
    assert table.features.shape == (60, 256)
    assert table.features.std(axis=0) == pytest.approx(1.0)


def test_the_same_recipe_gives_the_same_answer():
    x, y = noise(60, 3), np.random.default_rng(1).integers(0, 2, 60)
    assert asked(x, y) == asked(x, y)


def test_what_it_shows_is_plain():
    x = noise(60, 3)
    shows = asked(x, (x[:, 0] > 0).astype(int)).shows
    assert json.loads(json.dumps(shows)) == shows


@pytest.mark.parametrize(
    ("x", "y", "why"),
    [
        (noise(100, 2), np.zeros(100), "equal"),
        (noise(10, 2), np.arange(10) % 2, "too few"),
        (np.ones((100, 2)), np.arange(100) % 2, "no input varies"),
        (noise(100, 2), noise(100, 3), "several targets"),
        (noise(100, 2), {"a": np.arange(100), "b": np.arange(100)}, "2 outputs"),
        (noise(100, 2), None, "no targets"),
        (np.array([[{}], [{}]] * 50), np.arange(100) % 2, "neither numbers nor words"),
    ],
)
def test_what_cannot_be_asked(x, y, why):
    with pytest.raises(UnaskableError, match=why):
        asked(x, y)


def test_no_time_is_said():
    with pytest.raises(UnaskableError, match=r"time|seconds"):
        learnability(Recipe(x=noise(300, 4), y=np.arange(300) % 2), Clock(0.0))


# --- the folds and the table ---


def test_classes_are_dealt_out_evenly():
    targets = np.array([0] * 50 + [1] * 10)
    folds = folds_of(targets, classes=True, series=False)
    assert [targets[fold.test].sum() for fold in folds] == [2] * 5
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(60))
    assert all(not set(fold.train) & set(fold.test) for fold in folds)


def test_a_series_is_judged_by_its_past():
    folds = folds_of(np.arange(60.0), classes=False, series=True)
    assert len(folds) == 5
    assert all(fold.train.max() < fold.test.min() for fold in folds)


@pytest.mark.parametrize(
    ("x", "y", "classes", "series"),
    [
        (noise(200, 2), np.cumsum(noise(200, 1)[:, 0]), False, True),
        (noise(200, 2), np.sort(noise(200, 1)[:, 0]), False, False),  # sorted by target
        (noise(200, 2), noise(200, 1)[:, 0], False, False),
        (np.repeat([[0.0], [9.0]], 100, axis=0) + noise(200, 1), np.repeat([0, 1], 100), True, False),
        (np.cumsum(noise(200, 2), axis=0), np.arange(200) % 2, True, True),
    ],
)
def test_what_is_a_series(x, y, classes, series):
    assert is_series(x, np.asarray(y, float), classes=classes) is series


def test_rows_are_thinned_by_class_and_a_series_to_its_end():
    targets = np.array([0] * 900 + [1] * 100)
    assert targets[thinned(targets, 100, classes=True, series=False)].sum() == pytest.approx(10, abs=1)
    assert thinned(targets, 100, classes=True, series=True).tolist() == list(range(900, 1000))


def test_targets_are_read_as_classes_or_numbers():
    hot = np.eye(3)[np.arange(30) % 3]
    assert targets_of(Recipe(y=hot))[1] == 3
    assert targets_of(Recipe(y=np.arange(30).reshape(-1, 1) % 2))[1] == 2
    assert targets_of(Recipe(y=noise(30, 1)))[1] is None
    counts = Recipe(y=np.arange(60) % 6, compiled={"loss": "mse"})
    assert targets_of(counts)[1] is None
    assert loss_name(Recipe(compiled={"loss": {"class_name": "MeanSquaredError", "config": {}}})) == (
        "mean_squared_error"
    )


# --- what becomes of the record ---


def _evidence(record):
    return Evidence(
        fit=Fit(rows=400, validation_rows=400, epochs_done=7, epochs=7, updates=350),
        learnability=record,
        outputs=(
            Output(
                metrics=Metrics(uses=(Metric(),)),
                labels=Labels.of([0, 1] * 200),
                curve=Curve.of(
                    loss=[0.6, 0.4, 0.3, 0.2, 0.1, 0.05, 0.02],
                    val_loss=[0.72, 0.70, 0.72, 0.8, 0.9, 1.0, 1.1],
                    accuracy=[0.6, 0.7, 0.8, 0.9, 0.95, 1.0, 1.0],
                    val_accuracy=[0.5] * 7,
                ),
            ),
        ),
    )


def test_nothing_to_learn_leads_overfitting():
    record = Learnability(
        scores=(("logistic regression", 0.51),), baseline=0.5, p_value=0.4, smallest=0.05, noise=0.02
    )
    judgement = judge(_evidence(record))
    assert judgement.causes[0].rule == "nothing-to-learn"
    assert "overfitting" in [each.rule for each in judgement.folded]
    assert [step.remedy for step in judgement.causes[0].remedies] == ["advise"]


def test_without_the_record_it_is_not_checked():
    judgement = judge(_evidence(None))
    assert "nothing-to-learn" in dict(judgement.not_checked)
    assert "overfitting" in [each.rule for each in judgement.causes]


def test_a_trace_is_nothing_only_where_it_is_surely_small():
    trace = Learnability(scores=(("boosted trees", 0.53),), baseline=0.5, p_value=0.025, noise=0.01)
    assert finds_nothing(trace)
    assert not finds_nothing(replace(trace, noise=0.03))
    assert not finds_something(trace)
