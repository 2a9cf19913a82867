"""Rows that were scaled in each part by themselves are told from every other sound way to scale."""

import numpy as np
import pytest

from unstuck.evidence.scaling import read_scaled_apart
from unstuck.watch.rows import Rows

RANDOM = np.random.default_rng(4)
TRAINING, VALIDATION = RANDOM.normal(5, 3, (400, 4)), RANDOM.normal(6, 2, (100, 4))
GRID, OTHER_GRID = (np.linspace(-1, 2, n)[:, None] ** [1, 3, 5] for n in (400, 100))


def standardised(rows, by=None):
    by = rows if by is None else by
    return (rows - by.mean(axis=0)) / by.std(axis=0)


def to_unit(rows, by=None):
    by = rows if by is None else by
    return (rows - by.min(axis=0)) / np.ptp(by, axis=0)


def by_subject(rows):
    return np.concatenate([standardised(part) for part in np.split(rows, 4)])


def read(training, validation):
    return read_scaled_apart(Rows(x=training), Rows(x=validation))


@pytest.mark.parametrize(("scale", "how"), [(standardised, "standard"), (to_unit, "range")])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_each_part_by_itself(scale, how, dtype):
    found = read(scale(TRAINING).astype(dtype), scale(VALIDATION).astype(dtype))
    assert (found.how, found.columns, found.rows, found.validation_rows) == (how, 4, 400, 100)


@pytest.mark.parametrize(
    ("training", "validation"),
    [
        (standardised(TRAINING), standardised(VALIDATION, TRAINING)),
        (to_unit(TRAINING), to_unit(VALIDATION, TRAINING)),
        (to_unit(TRAINING), to_unit(VALIDATION * 3, TRAINING).clip(0, 1)),
        (standardised(TRAINING), standardised(TRAINING)[::-1]),  # judged by the rows that trained
        (to_unit(TRAINING), to_unit(TRAINING)),
        (GRID, OTHER_GRID),  # powers of one grid have their bounds in the same rows
        (GRID[:, :1], OTHER_GRID[:, :1]),
        (by_subject(TRAINING), by_subject(VALIDATION)),
        ((TRAINING > 5).astype(float), (VALIDATION > 5).astype(float)),
        (standardised(TRAINING)[:, :, None], standardised(VALIDATION)[:, :, None]),
        (standardised(TRAINING)[:10], standardised(VALIDATION)[:10]),
    ],
)
def test_sound_ways_to_scale(training, validation):
    assert read(training, validation) is None
