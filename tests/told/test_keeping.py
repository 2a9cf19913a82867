"""What is kept of a fit while it goes on, how often, and that the training does not notice."""

import gc
import weakref

import numpy as np
import pytest

import unstuck
from unstuck.case.growing import read_back
from unstuck.case.journal import Journal, kept
from unstuck.python import interactive
from unstuck.told import keeper as keepers
from unstuck.told.keeper import AT_LEAST, Keeper
from unstuck.told.telling import Telling
from unstuck.verbs.show import judged
from unstuck.watch import hook
from unstuck.watch.batch_losses import BatchLosses
from unstuck.watch.observation import Observation
from unstuck.watch.onlooker import KEEPING

X = np.random.default_rng(0).normal(size=(320, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("float32")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("UNSTUCK_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def compiled(activation="sigmoid"):
    import keras

    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1, activation=activation)]
    model = keras.Sequential([keras.Input((4,)), *layers])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


@pytest.fixture
def fit():
    """Fits a model with a journal; gives the history, and what was in the journal as each epoch began."""
    found = []

    def listen(seen):
        found.append(list(seen.errors))

    def call(journal, model=None, **given):
        import keras

        heads = []
        noting = keras.callbacks.LambdaCallback(on_epoch_begin=lambda *_: heads.extend(now()))
        hook.install()
        hook.listen(listen, Telling(None, journal=journal).onlooker)
        asked = {"epochs": 3, "batch_size": 32, "verbose": 0, **given}
        history = (model or compiled()).fit(X, Y, callbacks=[noting], **asked).history
        return history, heads, found[-1]

    yield call
    hook.stop_listening(listen)


def now():
    return [run.case() for run in kept()]


@pytest.mark.backend
def test_a_fit_is_kept_as_it_grows(fit):
    journal = Journal("train.py", [])
    history, heads, errors = fit(journal, validation_split=0.2)
    assert errors == []
    assert [head.growing.stage for head in heads] == ["training"] * 3
    begun, first = (read_back(head.growing.evidence) for head in heads[:2])
    assert (begun.fit.epochs_done, first.fit.epochs_done) == (0, 1)
    assert begun.fit.place.file == __file__
    assert begun.outputs[0].labels.classes == 2
    assert first.environment.keras
    assert first.outputs[0].curve.epochs["val_loss"] == tuple(history["val_loss"][:1])
    (end,) = now()
    curve = read_back(end.growing.evidence).outputs[0].curve
    assert curve.epochs == {name: tuple(values) for name, values in history.items()}
    assert journal.fresh is None  # it holds neither model nor rows


@pytest.mark.filterwarnings("ignore:.*softmax over axis:UserWarning")
def test_what_was_told_and_what_was_seen_is_judged(fit):
    _, heads, _ = fit(Journal("train.py", []), compiled("softmax"))
    (run,) = judged(heads[1]).runs
    assert [cause.rule for cause in run.causes] == ["softmax-over-one-unit"]
    assert [(told.rule, told.step) for told in run.told] == [("softmax-over-one-unit", 0)]


def test_of_a_training_that_goes_on_only_what_is_proved_is_a_verdict(fit):
    (run,) = judged(fit(Journal("train.py", []))[1][-1]).runs
    assert run.status == "interrupted"
    assert run.headline == "The training goes on; up to here nothing is proved to be wrong."


def test_the_training_is_the_same_bit_by_bit(fit):
    def trained(journal):
        np.random.seed(7)
        model = compiled()
        history = fit(journal, model)[0]
        return history, model.get_weights(), np.random.random()

    alone, watched = trained(None), trained(Journal("train.py", []))
    assert watched[0] == alone[0]
    assert all(np.array_equal(a, b) for a, b in zip(watched[1], alone[1], strict=True))
    assert watched[2] == alone[2]


def test_of_a_fit_that_nobody_looked_at_the_curve_is_kept(fit, monkeypatch):
    monkeypatch.setattr(Telling, "may_look", False)
    history, _, errors = fit(Journal("train.py", []))
    evidence = read_back(now()[0].growing.evidence)
    assert errors == []
    assert evidence.outputs[0].labels is None
    assert evidence.outputs[0].curve.epochs["loss"] == tuple(history["loss"])
    assert evidence.fit.place.file == __file__


def test_a_folder_that_cannot_be_written_is_one_sentence(fit, cache, capsys):
    cache.write_text("no folder")
    history, heads, errors = fit(Journal("train.py", []))
    assert len(history["loss"]) == 3
    assert (heads, errors) == ([], [])
    assert capsys.readouterr().err.count("cannot be written") == 1


def test_an_error_of_ours_ends_the_keeping_and_not_the_training(fit, monkeypatch):
    def planted(*_):
        raise RuntimeError("planted")

    monkeypatch.setattr(keepers, "so_far", planted)
    history, _, errors = fit(Journal("train.py", []))
    assert len(history["loss"]) == 3
    assert errors == [("journal", "RuntimeError: planted")]


class Clocked:
    """A keeper whose writing takes as long as is said, by a clock that goes as is said."""

    def __init__(self, monkeypatch, cost):
        self.now, self.cost, self.written = 0.0, cost, []
        monkeypatch.setattr(keepers, "clock", lambda: self.now)
        self.seen = Observation(model=None, arguments={})
        self.keeper = Keeper(Journal(None, []), self.seen, None)
        monkeypatch.setattr(self.keeper, "write", self._write)
        self.keeper.begun(None)

    def _write(self):
        self.now += self.cost
        self.keeper._told = len(self.seen.told)
        self.written.append(round(self.now, 6))


def test_it_is_written_as_often_as_its_share_allows(monkeypatch):
    clocked = Clocked(monkeypatch, cost=0.001)
    for epoch in range(10_000):
        clocked.now += 0.001
        clocked.keeper.epoch_ended(first=epoch == 0)
    share = 0.001 * (len(clocked.written) - 2) / clocked.now  # but for the first two
    assert 0.9 * KEEPING < share <= KEEPING
    before = len(clocked.written)
    clocked.seen.told.append("something")
    clocked.keeper.stepped()
    assert len(clocked.written) == before + 1


def test_where_it_takes_long_it_is_written_each_half_minute(monkeypatch):
    clocked = Clocked(monkeypatch, cost=1.0)
    for _ in range(2 * int(AT_LEAST)):
        clocked.now += 1.0
        if clocked.now >= clocked.keeper.wakes:
            clocked.keeper.stepped()
    assert clocked.written == [1.0, 2.0 + AT_LEAST, 3.0 + 2 * AT_LEAST]


def test_losses_that_a_stopped_thread_holds_are_not_waited_for():
    losses = BatchLosses()
    with losses._lock, pytest.raises(TimeoutError):
        losses.so_far()


@pytest.fixture
def own(monkeypatch):
    """A journal of this process that is this test's alone."""
    journal = Journal("train.py", [], holds=False)
    monkeypatch.setattr(interactive, "own", lambda: journal)
    return journal


def test_watch_keeps_its_fit_and_what_became_of_it(own):
    import keras

    begun = []
    noting = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: begun.extend(now()))
    for _ in range(2):
        watch = unstuck.Watch(report=False, reference=False)
        compiled().fit(X, Y, epochs=2, verbose=0, callbacks=[watch, noting])
    assert begun[-1].growing.stage == "training"
    assert len(begun[-1].runs) == 1
    own.end()
    (case,) = now()
    assert case.growing is None
    assert [run.fit.file for run in case.runs] == [__file__] * 2


def test_a_fit_that_raises_under_watch_is_told_by_show_and_nothing_of_it_is_held(own):
    import keras

    def raising(epoch, _):
        if epoch == 1:
            raise RuntimeError("planted")

    model = compiled()
    gone = weakref.ref(model)
    noting = keras.callbacks.LambdaCallback(on_epoch_begin=raising)
    with pytest.raises(RuntimeError, match="planted"):
        model.fit(X, Y, epochs=3, verbose=0, callbacks=[unstuck.Watch(report=False), noting])
    own.end()
    del model, noting
    gc.collect()
    assert gone() is None
    (run,) = judged(now()[0]).runs
    assert len(run.curves[""]["loss"]) == 1


def test_watch_without_a_journal_writes_nothing(cache):
    watch = unstuck.Watch(report=False, reference=False, journal=False)
    compiled().fit(X, Y, epochs=1, verbose=0, callbacks=[watch])
    assert not cache.exists()


def test_within_a_watched_fit_watch_leaves_the_keeping_to_that(own):
    with interactive.watched() as session:
        compiled().fit(X, Y, epochs=1, verbose=0, callbacks=[unstuck.Watch(report=False, reference=False)])
    assert len(session.runs) == 1
    assert len(now()[0].runs) == 1
