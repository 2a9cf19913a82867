"""The readings of curves that rules share, against figures known by other means."""

import math

import numpy as np
import pytest

from unstuck.evidence.facts import Baselines, Curve, Fit, Loss
from unstuck.rules import bounds
from unstuck.rules.progress import chance_loss, closing_loss, fall_of, is_flat, learned_by_loss, rise_of


def test_clip_constants_are_what_float32_makes_of_them():
    high = np.float32(1.0) - np.float32(1e-7)
    assert float(-np.log(np.float32(1.0) - high)) == pytest.approx(bounds.CLIP_ONE, abs=1e-4)
    assert float(-np.log(np.float32(1e-7))) == pytest.approx(bounds.CLIP_ZERO, abs=1e-4)


@pytest.mark.parametrize("majority", [0.5, 0.6, 0.8, 0.95])
def test_blind_answers_stay_within_the_noise(majority):
    rng = np.random.default_rng(0)
    rows, ones = 400, round(400 * majority)
    labels = np.repeat([1, 0], [ones, rows - ones])
    blind = [
        (labels == (rng.random(rows) >= share)).mean() for share in np.linspace(0, 0.5, 20) for _ in range(50)
    ]
    above = np.array(blind) - majority
    assert (above > bounds.guess_noise(majority, rows)).mean() < 0.003


def test_noise_is_flat_and_a_slow_rise_is_not():
    rng = np.random.default_rng(0)
    still = [tuple(rng.binomial(1000, 0.5, size=10) / 1000) for _ in range(200)]
    assert np.mean([is_flat(values, 1000) for values in still]) > 0.98
    assert not is_flat([0.50 + 0.01 * k for k in range(10)], 1000)


def test_the_end_of_one_epoch_is_read_off_its_batches():
    batches = tuple(2.0 * 0.97**k for k in range(100))
    curve = Curve.of(batches, loss=[sum(batches) / 100])
    assert closing_loss(curve) == pytest.approx(sum(batches[-25:]) / 25)
    assert closing_loss(Curve.of(loss=[0.7])) == 0.7
    assert closing_loss(Curve.of(loss=[math.nan])) is None


def test_batch_losses_of_all_outputs_together_are_not_taken_for_one():
    curve = Curve.of((5.0,) * 20, loss=[0.7, 0.6, 0.5])
    fall = fall_of(curve)
    assert fall is not None
    assert (fall.first, fall.last) == (0.7, 0.5)


def test_weighted_rows_have_no_known_constant_answer():
    baselines = Baselines(constant_loss=0.2, classes=2)
    assert chance_loss(None, baselines, Fit(class_weight=((0, 0.5), (1, 10.0)))) is None
    assert chance_loss(None, baselines, Fit()).value == 0.2


def test_soft_targets_count_as_learned_from_any_clear_step_on():
    soft = chance_loss(Loss(name="binary_crossentropy"), Baselines(constant_loss=0.64))
    hard = chance_loss(Loss(name="binary_crossentropy"), Baselines(constant_loss=0.64, classes=2))
    assert learned_by_loss(Curve.of(loss=[0.61]), soft)
    assert not learned_by_loss(Curve.of(loss=[0.61]), hard)


def test_a_noisy_validation_curve_has_not_risen():
    rng = np.random.default_rng(1)
    level = np.r_[np.linspace(0.6, 0.3, 8), [0.3] * 12]
    training = list(np.linspace(0.6, 0.1, 20))
    noisy = [rise_of(Curve.of(loss=training, val_loss=level + rng.normal(0, 0.02, 20))) for _ in range(100)]
    assert np.mean([rise is not None and rise.share >= 0.2 for rise in noisy]) < 0.05
    rising = np.r_[np.linspace(0.6, 0.3, 8), np.linspace(0.3, 0.6, 12)] + rng.normal(0, 0.02, 20)
    assert rise_of(Curve.of(loss=training, val_loss=rising)).best_epoch in range(6, 11)
