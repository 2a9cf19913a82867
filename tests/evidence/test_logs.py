"""Running means back into values, and histories of several outputs into one curve each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unstuck.evidence.logs import read_curves
from unstuck.watch.batch_losses import deaverage
from unstuck.watch.recorder import VitalSigns

values = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=40)


@given(values)
def test_deaverage_undoes_a_running_mean(losses):
    means = np.cumsum(losses) / np.arange(1, len(losses) + 1)
    np.testing.assert_allclose(deaverage(list(means)), losses, atol=1e-8)


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.integers(1, 64)), min_size=1, max_size=40))
def test_deaverage_undoes_a_mean_over_batches_of_any_size(batches):
    losses, rows = np.array(batches).T
    counts = np.cumsum(rows)
    means = np.cumsum(losses * rows) / counts
    np.testing.assert_allclose(deaverage(list(means), list(counts)), losses, atol=1e-6)


@given(values, st.floats(0.1, 10), st.floats(-5, 5))
def test_deaverage_keeps_scale_and_offset(losses, scale, offset):
    means = np.cumsum(losses) / np.arange(1, len(losses) + 1)
    plain = np.array(deaverage(list(means)))
    np.testing.assert_allclose(deaverage(list(means * scale + offset)), plain * scale + offset, atol=1e-6)


def test_deaverage_of_a_broken_loss_stays_broken():
    assert np.isnan(deaverage([1.0, float("nan")])[1])
    assert deaverage([]) == ()


def test_counts_that_do_not_rise_are_refused():
    with pytest.raises(ValueError, match="must rise"):
        deaverage([1.0, 2.0], [3, 3])


def test_one_output_keeps_its_keys():
    signs = VitalSigns(epochs={"loss": (1.0,), "val_a_loss": (2.0,)}, batch_losses=(3.0,), batch_stride=2)
    curve = read_curves(signs, ("",))[""]
    assert dict(curve.epochs) == {"loss": (1.0,), "val_a_loss": (2.0,)}
    assert curve.batch_losses == (3.0,)
    assert curve.batch_stride == 2


def test_outputs_get_their_own_keys_under_plain_names():
    history = {
        "loss": [3.0],
        "a_loss": [1.0],
        "a_b_loss": [2.0],
        "a_b_accuracy": [0.5],
        "val_a_loss": [1.5],
        "val_loss": [4.0],
        "learning_rate": [0.1],
    }
    curves = read_curves(history, ("a", "a_b"))
    assert dict(curves["a"].epochs) == {
        "loss": (1.0,),
        "val_loss": (1.5,),
        "learning_rate": (0.1,),
    }
    assert curves["a_b"].loss == (2.0,)
    assert curves["a_b"].get("accuracy") == (0.5,)
    assert curves["a_b"].val_loss == (4.0,)


def test_what_is_no_number_is_left_out():
    class History:
        def __init__(self):
            self.history = {"loss": [1, 2], "confusion": [[[1, 2], [3, 4]]]}

    assert dict(read_curves(History(), ("",))[""].epochs) == {"loss": (1.0, 2.0)}
