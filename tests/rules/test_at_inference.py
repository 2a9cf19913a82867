"""Training rows that are decided worse in inference mode than training logged for them."""

import pytest

from unstuck.evidence.facts import Curve, Metric, Metrics, Reference
from unstuck.rules.at_inference import loses_what_was_logged

ACCURACY = Metrics(uses=(Metric(name="accuracy"),))


def reference(network: float, **others: object) -> Reference:
    return Reference(**{"network": network, "on": "training", "judged": 600, **others})


@pytest.mark.parametrize(
    ("held", "logged", "lost"),
    [
        (reference(0.853), [0.3, 0.94, 0.965], True),
        (reference(0.853), [0.3, 0.7, 0.8], False),  # a mean over an epoch lies below the last weights
        (reference(0.853), [0.3, 0.86, 0.965], False),  # the epoch before was no better than the rows
        (reference(0.93), [0.3, 0.95, 0.965], False),
        (reference(0.8, judged=40), [0.9, 0.95, 0.95], False),  # 3 sqrt(.8 .2 / 40) = .19
        (reference(0.853, on="validation"), [0.3, 0.94, 0.965], False),
        (reference(0.853, measure="balanced accuracy"), [0.3, 0.94, 0.965], False),
        (reference(0.853), [0.3, float("nan"), 0.965], False),
    ],
)
def test_what_training_logged_is_held_against_the_same_rows(held, logged, lost):
    assert loses_what_was_logged(held, Curve.of(accuracy=logged), ACCURACY) is lost


def test_a_fit_without_a_figure_is_not_asked():
    assert not loses_what_was_logged(reference(0.5), Curve.of(loss=[0.7, 0.2]), Metrics())
    assert not loses_what_was_logged(None, None, None)
