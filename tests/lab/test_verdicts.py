import math

import pytest

from unstuck.lab.verdicts import SMALLEST_GAIN, paired_difference, verdict_of


def test_the_interval_is_students_over_the_pairs():
    found = paired_difference([0.5, 0.5, 0.5], [0.8, 0.9, 1.0])
    # mean .4, standard deviation .1, t(2) = 4.303
    assert found.mean == pytest.approx(0.4)
    assert found.high - found.mean == pytest.approx(4.303 * 0.1 / math.sqrt(3), rel=1e-3)
    assert found.better
    assert not found.worse


def test_pairs_without_a_value_do_not_count():
    assert paired_difference([0.5, None, 0.5], [0.6, 0.9, None]) is None
    assert paired_difference([0.5, None, 0.5], [0.6, 0.9, 0.7]).pairs == 2


@pytest.mark.parametrize(
    ("control", "treated", "healed", "verdict"),
    [
        ([0.5, 0.5, 0.5], [0.9, 0.9, 0.91], True, "confirmed"),
        ([0.5, 0.5, 0.5], [0.9, 0.9, 0.91], False, "helped"),
        ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5], False, "no effect"),
        ([0.5, 0.5, 0.5], [0.4, 0.41, 0.4], False, "worse"),
        # Gone, but by a difference that may be chance.
        ([0.5, 0.5, 0.5], [0.4, 0.9, 0.6], True, "not proven"),
        # Sure, but of no size.
        ([0.5, 0.5, 0.5], [0.5 + SMALLEST_GAIN / 2] * 3, False, "no effect"),
        ([0.5, 0.5], [0.9, 0.9], True, "not proven"),
    ],
)
def test_verdicts(control, treated, healed, verdict):
    assert verdict_of(paired_difference(control, treated), healed)[0] == verdict
