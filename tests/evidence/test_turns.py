"""What is remembered of the fits of one model, and when it changes what was known of an earlier one."""

import math

from unstuck.evidence.facts import Curve, Evidence, Fit, Labels, Output
from unstuck.evidence.turns import Turns


class Model:
    """Anything that can be held weakly."""


def fit_on(values, loss=(0.5, 0.4)):
    return Evidence(outputs=(Output(name="real", labels=Labels.of(values), curve=Curve.of(loss=loss)),))


def test_both_turns_are_known_once_the_second_has_ended():
    turns, model = Turns(), Model()
    assert turns.ended(model, 0, fit_on([1] * 10)) == {}
    known = turns.ended(model, 1, fit_on([0] * 10))
    assert set(known) == {0, 1}
    for evidence in known.values():
        assert evidence.outputs[0].labels.others_elsewhere
        assert evidence.outputs[0].curve is None
        assert "one turn" in evidence.absent["Curve"]
    assert set(turns.ended(model, 2, fit_on([1] * 10))) == {2}


def test_a_turn_that_ends_in_nan_keeps_its_curve():
    turns, model = Turns(), Model()
    turns.ended(model, 0, fit_on([1] * 10, loss=(0.5, math.nan)))
    assert turns.ended(model, 1, fit_on([0] * 10))[0].outputs[0].curve is not None


def test_one_label_throughout_stays_one_label():
    turns, model = Turns(), Model()
    assert turns.ended(model, 0, fit_on([1] * 10)) == {}
    assert turns.ended(model, 1, fit_on([1] * 10)) == {}


def test_another_model_is_another_training():
    turns, one, other = Turns(), Model(), Model()
    assert turns.ended(one, 0, fit_on([1] * 10)) == {}
    assert turns.ended(other, 1, fit_on([0] * 10)) == {}


def test_fits_with_two_labels_are_left_as_they_are():
    turns, model = Turns(), Model()
    assert turns.ended(model, 0, fit_on([0, 1] * 10)) == {}
    assert set(turns.ended(model, 1, fit_on([1] * 10))) == {1}


def part(values, began, ended, **of_fit):
    return Evidence(
        fit=Fit(epochs_done=2, **of_fit),
        outputs=(Output(labels=Labels.of(values), curve=Curve.of(loss=(began, ended))),),
    )


def test_parts_that_undo_each_other_are_known_after_the_second_jump():
    turns, model = Turns(), Model()
    assert turns.ended(model, 0, part([0, 1] * 10, 0.7, 0.1)) == {}
    assert turns.ended(model, 1, part([2, 3] * 10, 5.0, 0.2)) == {}
    known = turns.ended(model, 2, part([4, 5] * 10, 6.0, 0.3))
    assert {run: each.fit.jumps for run, each in known.items()} == dict.fromkeys(
        range(3), ((0.1, 5.0), (0.2, 6.0))
    )
    assert set(turns.ended(model, 3, part([0, 1] * 10, 4.0, 0.1))) == {3}


def test_parts_with_the_same_classes_or_little_loss_undo_nothing():
    turns, model = Turns(), Model()
    for run in range(5):
        assert turns.ended(model, run, part([0, 1] * 10, 5.0, 0.1)) == {}
    turns, model = Turns(), Model()
    for run in range(5):
        assert turns.ended(model, run, part([run, run + 1] * 10, 0.15, 0.1)) == {}


def test_hundreds_of_turns_are_each_known():
    turns, model = Turns(), Model()
    known = [turns.ended(model, run, fit_on([run % 2] * 10)) for run in range(300)]
    assert {run for each in known for run in each} == set(range(300))
