"""Which figure the two arms of a trial are compared by."""

import pytest

from unstuck.lab.arms import Arm
from unstuck.lab.measures import measure_of


def arm(right, val_right):
    return Arm(seed=0, scores={"": {"right": right, "val_right": val_right}})


@pytest.mark.parametrize(
    "symptoms", [{"validation-accuracy-pinned"}, {"validation-accuracy-pinned", "train-validation-gap"}]
)
def test_a_split_is_judged_by_the_agreement_of_both_sides(symptoms):
    broken, cured = arm(1.0, 0.02), arm(1.0, 0.96)
    measure = measure_of("one-sided-validation-split", "misleads", symptoms, "", [broken])
    assert measure.before(broken) == pytest.approx(0.02)
    assert measure.after(cured) == pytest.approx(0.96)


def test_a_gap_alone_is_judged_by_the_rows_held_out():
    broken = Arm(seed=0, scores={"": {"right": 1.0, "loss": 0.1, "val_right": 0.6, "val_loss": 2.0}})
    cured = Arm(seed=0, scores={"": {"right": 0.9, "loss": 0.3, "val_right": 0.6, "val_loss": 0.9}})
    measure = measure_of("overfitting", "harms", {"train-validation-gap"}, "", [broken])
    assert measure.less
    assert measure.after(cured) < measure.before(broken)


def test_other_symptoms_are_judged_by_the_rows_trained_on():
    broken = arm(0.3, 0.2)
    measure = measure_of("learning-rate-too-low", "harms", {"accuracy-flat"}, "", [broken])
    assert measure.before(broken) == 0.3


@pytest.mark.parametrize(("classes", "name"), [(1.0, "share of right decisions"), (0.0, "R2")])
def test_the_score_has_the_name_of_what_it_is(classes, name):
    broken = Arm(seed=0, scores={"": {"right": 0.3, "classes": classes, "reported": 0.02}})
    assert measure_of("dead-relu", "blocks", {"accuracy-flat"}, "", [broken]).says == f"{name} (trained rows)"
    misleads = measure_of("a", "misleads", {"loss-falls-accuracy-does-not"}, "", [broken])
    assert misleads.says == f"the figure shown (accuracy now, {name} with the change)"
    assert measure_of("a", "blocks", {"accuracy-flat"}, "", []).says == "score (trained rows)"


def test_a_figure_that_flatters_is_no_measure():
    broken = Arm(seed=0, scores={"": {"right": 0.71, "classes": 1.0, "reported": 0.87}})
    cured = Arm(seed=0, scores={"": {"right": 0.83, "classes": 1.0, "reported": 0.83}})
    measure = measure_of("a", "misleads", {"accuracy-contradicts-predictions"}, "", [broken], [cured])
    assert (measure.before(broken), measure.after(cured)) == (0.71, 0.83)
