"""How sure it is that a rate which fell to nothing cut the training short, and what comes before that."""

import pytest

from unstuck.evidence.facts import Code, Fit, Optimizer, Sighting
from unstuck.judgement.findings import Certainty
from unstuck.rules.rule import catalogue

RULE = catalogue()["schedule-kills-training"]
#: Seven decades in a hundred epochs: all updates are worth 6.7% of them at the highest rate.
FALLING = Optimizer(learning_rates=tuple(0.1 * 10 ** (-0.07 * epoch) for epoch in range(100)))


@pytest.mark.parametrize(
    ("updates", "certainty"), [(1_000, Certainty.MEASURED), (10_000, Certainty.SUSPECTED)]
)
def test_a_training_worth_many_updates_may_have_been_done_before(updates, certainty):
    finding = RULE(FALLING, Fit(updates=updates))
    assert finding.certainty == certainty
    assert finding.shows["worth_updates"] == pytest.approx(0.0671 * updates, rel=0.01)
    assert ("may be all that" in finding.says) == (certainty == Certainty.SUSPECTED)


def test_a_wrong_mode_comes_before_the_rate_that_fell_because_of_it():
    arguments = (("monitor", "val_accuracy"), ("mode", "min"), ("patience", 5))
    seen = Sighting(kind="callback", shows={"name": "ReduceLROnPlateau", "arguments": arguments})
    finding = RULE(FALLING, Fit(updates=1_000), Code(sightings=(seen,)))
    assert finding.certainty == Certainty.PROVED
    assert finding.shows["right_mode"] == "max"
