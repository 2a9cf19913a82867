"""What is told while it trains, when, and that the training does not notice."""

import contextlib
import io

import numpy as np
import pytest

import unstuck
from unstuck.case.schema import CauseRecord, NoteRecord, RunRecord, ToldRecord
from unstuck.evidence.facts import Baselines, Curve, Evidence, Output
from unstuck.judgement.findings import Certainty, Finding, Impact, Judgement
from unstuck.report.early import taken_back, told_early
from unstuck.told import teller
from unstuck.told.outlet import Outlet
from unstuck.told.standing import Standing, blocking, ran_away
from unstuck.told.telling import Telling
from unstuck.watch import hook
from unstuck.watch.batch_losses import BatchLosses

X = np.random.default_rng(0).normal(size=(320, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("float32")


def compiled(rate=0.01, loss="binary_crossentropy", activation="sigmoid"):
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dense(1, activation=activation),
        ]
    )
    model.compile(keras.optimizers.SGD(rate), loss, metrics=["accuracy"])
    return model


def runs_away():
    """A regression whose weights are NaN within some steps."""
    return compiled(rate=1e6, loss="mse", activation=None)


@contextlib.contextmanager
def listening(telling):
    """The observations of the fits in the block, with what was told."""
    found = []

    def listen(seen):
        found.append((list(seen.told), list(seen.errors), seen.stopped_at))

    hook.install()
    hook.listen(listen, telling.onlooker)
    try:
        yield found
    finally:
        hook.stop_listening(listen)


@pytest.mark.backend
def test_nan_is_told_in_the_first_epoch_with_the_weights_that_hold_it():
    stream, epochs = io.StringIO(), []
    import keras

    noting = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, _: epochs.append(stream.getvalue()))
    with listening(Telling(Outlet(stream))) as found:
        runs_away().fit(X, Y, batch_size=16, epochs=2, verbose=0, callbacks=[noting])
    assert epochs[0] == ""
    head, says = epochs[1].splitlines()[:2]
    assert head.startswith("unstuck, step ")
    assert says.startswith("  The training loss becomes infinite at step ")
    assert "; 4 of 4 weight arrays hold NaN, " in says
    ((told, errors, _),) = found
    assert errors == []
    assert told[0].epoch == 1
    assert 0 < told[0].step <= 20


def test_the_training_is_the_same_bit_by_bit():
    def trained():
        model = compiled()
        history = model.fit(X, Y, batch_size=16, epochs=3, validation_split=0.2, verbose=0).history
        return history, model.get_weights(), np.random.random()

    np.random.seed(7)
    alone = trained()
    np.random.seed(7)
    with listening(Telling(Outlet(io.StringIO()))):
        watched = trained()
    assert watched[0] == alone[0]
    assert all(np.array_equal(a, b) for a, b in zip(watched[1], alone[1], strict=True))
    assert watched[2] == alone[2]


@pytest.mark.parametrize("name", ["gather", "judge", "so_far", "recorded"])
def test_an_error_of_ours_ends_the_telling_and_not_the_training(monkeypatch, name):
    def planted(*_, **__):
        raise RuntimeError("planted")

    monkeypatch.setattr(teller, name, planted)
    with listening(Telling(Outlet(io.StringIO()))) as found:
        history = runs_away().fit(X, Y, epochs=2, verbose=0).history
    assert len(history["loss"]) == 2
    ((told, errors, _),) = found
    assert told == []
    assert [text for _, text in errors] == ["RuntimeError: planted"]


def test_no_line_stands_in_the_middle_of_a_bar():
    both = io.StringIO()
    with listening(Telling(Outlet(both))), contextlib.redirect_stdout(both):
        runs_away().fit(X, Y, batch_size=16, epochs=2, verbose=1)
    printed = both.getvalue()
    at = printed.index("unstuck, step ")
    assert printed[at - 1] == "\n"
    assert printed[:at].count("Epoch ") == 1  # the bar of the first epoch is complete
    assert printed[printed.index("\n", printed.index("\n", at) + 1) + 1 :].startswith("Epoch 2/2")


@pytest.mark.backend
@pytest.mark.filterwarnings("ignore:.*softmax over axis:UserWarning")
def test_watch_stops_a_fit_that_is_proved_to_be_blocked(capsys):
    watch = unstuck.Watch(stop="proved", reference=False)
    model = compiled(activation="softmax")
    history = model.fit(X, Y, batch_size=16, epochs=50, verbose=0, callbacks=[watch]).history
    assert len(history["loss"]) == 1
    assert int(model.optimizer.iterations) == 1
    run = watch.diagnosis.run
    assert run.causes[0].rule == "softmax-over-one-unit"
    assert [each.rule for each in run.causes if each.rule == "too-few-updates"] == []
    assert [each.stopped for each in run.told] == [True]
    assert "the training ends after this step, as --stop asks" in capsys.readouterr().err
    assert told_early(run)[-1] == (
        "unstuck ended this training after 1 step for softmax-over-one-unit, as --stop asked."
    )


def test_a_measured_cause_stops_only_where_that_is_asked_for():
    for stop, epochs in (("measured", 1), ("proved", 3), (None, 3)):
        with listening(Telling(None, stop=stop)) as found:
            history = runs_away().fit(X, Y, batch_size=16, epochs=3, verbose=0).history
        assert len(history["loss"]) == epochs
        assert (found[0][2] is not None) is (stop == "measured")


def test_stop_takes_two_words():
    with pytest.raises(ValueError, match="stop is 'soon'"):
        unstuck.Watch(stop="soon")


def finding(rule, certainty="measured", impact="harms", explains=()):
    return Finding(
        says="", rule=rule, certainty=Certainty(certainty), impact=Impact(impact), explains=explains
    )


def test_what_more_training_could_cure_has_to_stand_for_half_of_it():
    standing = Standing()
    slow = Judgement(causes=(finding("slow"),))
    assert standing.sure(slow, 100) == []
    assert standing.sure(Judgement(), 150) == []  # gone: it counts anew
    assert standing.sure(slow, 200) == []
    assert standing.sure(slow, 399) == []
    assert [each.rule for each in standing.sure(slow, 400)] == ["slow"]


def test_what_cannot_come_right_is_told_at_once():
    diverged = Judgement(
        symptoms=(finding("loss-explodes"),), causes=(finding("away", explains=("loss-explodes",)),)
    )
    proved = Judgement(causes=(finding("certain", "proved", "blocks"), finding("perhaps", "suspected")))
    assert [each.rule for each in Standing().sure(diverged, 10)] == ["away"]
    assert [each.rule for each in Standing().sure(proved, 10)] == ["certain"]


def test_a_loss_that_ran_away_lets_be_told_what_makes_one_diverge():
    high = Judgement(causes=(finding("learning-rate-too-high"), finding("overfitting")))
    assert Standing().sure(high, 10) == []
    assert [each.rule for each in Standing().sure(high, 10, ran_away=True)] == ["learning-rate-too-high"]


@pytest.mark.parametrize(
    ("losses", "away"),
    [
        ((1.4, *[15.0, 8.0, 12.0, 9.0] * 3), True),
        ((1.4, 15.0, 12.0, 9.0, 7.0, 6.0, 5.0, 2.7, 2.5), False),  # it comes back
        ((1.4, *[15.0, 8.0, 12.0, 2.5] * 3), False),  # some batches are no worse than at the start
        ((7.0, *[12.0] * 12), False),  # it was as bad from the beginning
        ((0.1, *[1.3] * 12), False),  # as bad as a constant answer, no more
        ((1.4, 15.0, 15.0), False),  # too few to tell
    ],
)
def test_a_loss_ran_away_when_half_of_all_batches_cost_far_more_than_without_training(losses, away):
    output = Output(baselines=Baselines(constant_loss=0.69, classes=2), curve=Curve.of(losses))
    assert ran_away(Evidence(outputs=(output,))) is away
    assert not ran_away(Evidence(outputs=(output, output)))
    assert not ran_away(Evidence(outputs=(Output(curve=Curve.of(losses)),)))


@pytest.mark.backend
def test_steps_that_are_far_too_long_are_told_in_the_first_epoch():
    with listening(Telling(None)) as found:
        compiled(rate=1000.0).fit(X, Y, batch_size=16, epochs=2, verbose=0)
    ((told, errors, _),) = found
    assert errors == []
    assert [(each.rule, each.epoch) for each in told] == [("learning-rate-too-high", 1)]


def test_only_what_blocks_ends_a_training():
    causes = [finding("a", "proved", "misleads"), finding("b", "measured", "blocks")]
    assert blocking(causes, "proved") == []
    assert [each.rule for each in blocking(causes, "measured")] == ["b"]
    assert blocking(causes, None) == []


def test_the_report_takes_back_what_did_not_come_true():
    told = [
        ToldRecord(rule=rule, certainty="measured", impact="harms", step=64, epoch=1, seconds=2.0)
        for rule in ("stands", "follows", "gone")
    ]
    note = NoteRecord(rule="follows", certainty="measured", impact="harms", explained_by="stands")
    cause = CauseRecord(rule="stands", certainty="measured", impact="harms")
    run = RunRecord(told=told, causes=[cause], notes=[note])
    assert [each.rule for each in taken_back(run)] == ["gone"]
    assert told_early(run) == [
        "Told while it trained: stands at step 64 (2.0 s) and follows at step 64 (2.0 s).",
        "Taken back, as the whole training does not show it: gone at step 64 (2.0 s).",
    ]
    assert told_early(RunRecord()) == []


def test_losses_so_far_leave_those_on_their_way_alone():
    losses = BatchLosses()
    losses.add(0, 1.0)
    losses.add(2, 2.0)  # that of batch 1 is late
    assert losses.so_far().kept == [1.0, 2.5]
    losses.add(1, 1.5)
    losses.end_epoch()
    assert losses.so_far().kept == [1.0, 2.0, 3.0]
