from dataclasses import replace

import numpy as np

from unstuck.lab.recipe import Recipe
from unstuck.lab.resize import PADDING_KEPT, Size, fewest_steps, padded_lengths, resized


def padded(rows=400, steps=1000, seed=0):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(20, 300, rows)
    ids = np.where(np.arange(steps) < lengths[:, None], rng.integers(2, 50, (rows, steps)), 0)
    return Recipe(x=ids, y=np.repeat([0, 1], rows // 2)), lengths


def test_lengths_are_found():
    recipe, lengths = padded()
    found, padding = padded_lengths(recipe)
    assert padding == 0
    assert (found == lengths).all()


def test_the_shortest_rows_are_kept_in_order_with_their_mix_and_enough_padding():
    recipe, _ = padded()
    steps = fewest_steps(recipe, 40)
    fewer = resized(recipe, Size(rows=40, steps=steps))
    assert fewer.x.shape == (40, steps)
    assert fewer.y.tolist() == [0] * 20 + [1] * 20
    lengths, _ = padded_lengths(fewer)
    assert steps - lengths.max() == PADDING_KEPT


def test_floats_and_unpadded_rows_are_left_alone():
    recipe, _ = padded()
    assert padded_lengths(Recipe(x=recipe.x.astype("float32"))) is None
    assert fewest_steps(Recipe(x=np.arange(4000).reshape(40, 100)), 10) == 0


def test_enough_rows_stay_to_judge_and_keep_their_side():
    recipe, _ = padded()
    sorted_rows = replace(recipe, validation_split=0.02)
    small = resized(sorted_rows, Size(rows=128))
    (_, taught), (_, judged) = small.split()
    assert len(judged) == 8
    assert len(taught) == 120
    assert judged.tolist() == [1] * 8
    assert 0.4 < taught.mean() < 0.6
