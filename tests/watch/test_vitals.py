"""The callback: it sees what it should, and the training never notices."""

import gc
import random
import weakref

import keras
import numpy as np
import pytest

from unstuck.watch import recorder as module
from unstuck.watch.batch_losses import KEPT, BatchLosses
from unstuck.watch.vitals import make_vitals


def rows(count=100):
    x = np.random.default_rng(0).normal(size=(count, 6)).astype("float32")
    return x, (x[:, 0] > 0).astype("int32") + (x[:, 1] > 1)


def network(optimizer="adam", built=True, **compiled):
    """Dropout, batch normalisation and shuffling: everything that draws random numbers."""
    keras.utils.set_random_seed(3)
    layers = [
        keras.layers.Dense(8, activation="relu"),
        keras.layers.BatchNormalization(),
        keras.layers.GaussianNoise(0.1),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(3, activation="softmax"),
    ]
    model = keras.Sequential(([keras.layers.Input((6,))] if built else []) + layers)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], **compiled)
    return model


def fit(model, *callbacks, **arguments):
    options = {"batch_size": 16, "epochs": 3, "verbose": 0, "validation_split": 0.1, **arguments}
    return model.fit(*rows(), callbacks=list(callbacks), **options)


def watched(model, **arguments):
    vitals = make_vitals()
    fit(model, vitals, **arguments)
    return vitals.result()


@pytest.mark.backend
@pytest.mark.parametrize("built", [True, False])
def test_weights_history_and_streams_are_those_of_an_unwatched_fit(built):
    plain, seen = network(built=built), network(built=built)
    keras.utils.set_random_seed(5)
    expected = fit(plain).history
    streams = random.random(), np.random.random()
    keras.utils.set_random_seed(5)
    vitals = make_vitals(budget=1.0)
    assert fit(seen, vitals).history == expected
    assert (random.random(), np.random.random()) == streams
    for one, other in zip(plain.get_weights(), seen.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert len(vitals.result().pairs) >= 5


@pytest.mark.backend
def test_what_is_seen_of_a_fit():
    model = network()
    initial = model.get_weights()
    signs = watched(model)
    assert not signs.errors
    assert signs.updates == signs.steps_seen == 18
    assert signs.epochs_done == 3
    assert signs.steps_per_epoch == 6
    assert signs.batch_stride == 1
    assert len(signs.batch_losses) == 18
    assert signs.learning_rate_first == 0.001
    assert set(signs.epochs) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    first = signs.pairs[0]
    assert first.number == 1
    assert first.gradient_norm > 0
    assert 0 < first.update_ratio < 1
    assert first.loss == pytest.approx(signs.batch_losses[0])
    for one, other in zip(initial, signs.initial_weights, strict=True):
        np.testing.assert_array_equal(one, other)
    # The epoch's loss is the mean over rows of what was recovered for the batches: 5 x 16 + 10 rows.
    weights = [16, 16, 16, 16, 16, 10]
    recovered = np.average(signs.batch_losses[:6], weights=weights)
    assert recovered == pytest.approx(signs.epochs["loss"][0], rel=1e-5)


@pytest.mark.backend
def test_a_model_that_is_built_in_its_first_step():
    signs = watched(network(built=False))
    assert not signs.errors
    assert signs.initial_after == (1 if keras.backend.backend() == "tensorflow" else 0)
    assert signs.initial_weights[0].shape == (6, 8)
    assert signs.pairs


@pytest.mark.backend
def test_gradient_accumulation_looks_only_at_steps_that_update():
    signs = watched(network(keras.optimizers.Adam(gradient_accumulation_steps=4)))
    assert not signs.errors
    assert signs.updates == 18 // 4
    assert signs.pairs[0].number == 1
    assert signs.pairs[0].gradient_norm > 0


@pytest.mark.backend
def test_several_steps_in_one_execution():
    if keras.backend.backend() == "torch":
        pytest.skip("Keras has no steps_per_execution on torch")
    signs = watched(network("sgd", steps_per_execution=4))
    assert not signs.errors
    assert signs.updates == signs.steps_seen == 18
    assert signs.batch_stride == 4
    assert signs.pairs[0].number == 4
    assert signs.pairs[0].gradient_norm > 0


@pytest.mark.backend
def test_the_rates_of_a_schedule():
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)
    signs = watched(network(keras.optimizers.SGD(schedule)))
    assert signs.learning_rate_first == pytest.approx(0.1)
    assert [s.learning_rate for s in signs.pairs] == pytest.approx(
        [0.1 * 0.5 ** (s.number - 1) for s in signs.pairs]
    )


class StopAt(keras.callbacks.Callback):
    """Raises in the middle of an epoch."""

    async_safe = True

    def on_train_batch_begin(self, batch, logs=None):
        if batch == 4:
            raise KeyboardInterrupt


@pytest.mark.backend
def test_an_interrupted_fit_is_told_as_far_as_it_went():
    model, vitals = network(), make_vitals(budget=1.0)
    with pytest.raises(KeyboardInterrupt):
        fit(model, vitals, StopAt())
    signs = vitals.result()
    assert not signs.errors
    assert signs.epochs_done == 0
    assert signs.updates == 4
    assert len(signs.pairs) >= 2
    assert [copy.shape for copy in signs.last_weights] == [tuple(w.shape) for w in model.weights]
    model.set_weights(vitals.last_weights)


@pytest.mark.backend
def test_an_error_of_ours_is_noted_once_and_changes_nothing(monkeypatch):
    expected = fit(network())
    monkeypatch.setattr(module.Recorder, "_look", lambda *_: 1 / 0)
    vitals = make_vitals()
    assert fit(network(), vitals).history == expected.history
    signs = vitals.result()
    assert [hook for hook, _ in signs.errors] == ["on_train_batch_begin"]
    assert "ZeroDivisionError" in signs.errors[0][1]
    assert signs.epochs_done == 3
    assert len(signs.batch_losses) == 18


@pytest.mark.parametrize(
    "hook", ["__init__", "begin_epoch", "begin_batch", "end_batch", "note_rows", "end_epoch"]
)
def test_an_error_in_any_hook_is_kept_from_the_training(hook, monkeypatch):
    expected = fit(network())
    monkeypatch.setattr(module.Recorder, hook, lambda *_: 1 / 0)
    vitals = make_vitals()
    assert fit(network(), vitals).history == expected.history
    hooks = [name for name, _ in vitals.result().errors]
    assert len(hooks) == len(set(hooks)) >= 1


def test_a_second_fit_starts_afresh():
    model, vitals = network(), make_vitals()
    fit(model, vitals)
    between = model.get_weights()
    fit(model, vitals, epochs=1)
    signs = vitals.result()
    assert signs.updates == 6
    assert signs.epochs_done == 1
    np.testing.assert_array_equal(signs.initial_weights[0], between[0])
    assert signs.pairs[0].number == 19


def test_a_rate_that_is_changed_on_the_way():
    signs = watched_with(keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 / (1 + epoch)))
    assert signs.learning_rate_first == pytest.approx(0.1)
    assert signs.pairs[-1].learning_rate == pytest.approx(0.1 / 3)


def watched_with(*callbacks):
    vitals = make_vitals(budget=1.0)
    fit(network("sgd"), *callbacks, vitals)
    return vitals.result()


def test_of_a_large_model_the_first_and_last_variables_are_watched(monkeypatch):
    # Room for the kernel and bias of either end, not for the batch normalisation in between.
    model = network()
    sizes = {weight.path: int(np.prod(weight.shape)) * 4 for weight in model.trainable_variables}
    first, *_, last = sizes
    monkeypatch.setattr(module, "MEMORY", 2 * 4 * (sizes[first] + sizes[last]) + 8)
    signs = watched(model)
    assert not signs.errors
    assert signs.watched == (first, last)
    assert signs.initial_weights is None
    assert signs.last_weights is None
    assert len(signs.pairs[0].update_norms) == 2


def test_a_budget_of_nothing_leaves_the_first_pair():
    vitals = make_vitals(budget=0.0)
    fit(network(), vitals)
    signs = vitals.result()
    assert [step.number for step in signs.pairs] == [1]
    assert 0 < signs.seconds < 5


def test_a_train_step_that_logs_its_own_losses():
    class Own(keras.Sequential):
        def train_step(self, *args, **kwargs):
            super().train_step(*args, **kwargs)
            self._loss_tracker.reset_state()
            return {"loss": 2.0}

    if keras.backend.backend() != "torch":
        pytest.skip("a train_step is written for one backend")
    keras.utils.set_random_seed(3)
    model = Own([keras.layers.Input((6,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    signs = watched(model, validation_split=0.0)
    assert not signs.errors
    assert set(signs.batch_losses) == {2.0}


def test_the_users_model_and_data_are_not_kept_alive():
    x, y = rows()
    model, vitals = network(), make_vitals()
    data, alive = weakref.ref(x), weakref.ref(model)
    model.fit(x, y, verbose=0, callbacks=[vitals])
    signs = vitals.result()
    del x, y, model, vitals
    gc.collect()
    assert data() is None
    assert alive() is None
    assert signs.pairs


def test_means_that_come_out_of_order_are_put_in_order():
    losses = np.random.default_rng(0).normal(size=500)
    means = np.cumsum(losses) / np.arange(1, 501)
    kept = BatchLosses()
    kept.want(123)
    for batch in np.arange(500).reshape(-1, 10)[:, ::-1].reshape(-1):
        kept.add(int(batch), float(means[batch]))
    kept.end_epoch()
    kept = kept.so_far()
    np.testing.assert_allclose(kept.kept, losses, atol=1e-9)
    assert kept.loss_of(123) == pytest.approx(losses[123])


def test_losses_of_epochs_of_any_length_are_those_that_were_logged():
    draw = np.random.default_rng(0)
    epochs = [draw.normal(size=length) for length in (1, 2, 700, 1, *[3] * 150, 130, 2)]
    kept = BatchLosses()
    kept.want(500)
    for losses in epochs:
        for batch, mean in enumerate(np.cumsum(losses) / np.arange(1, len(losses) + 1)):
            kept.add(batch, float(mean))
        kept.end_epoch(length=len(losses))
    kept = kept.so_far()
    np.testing.assert_allclose(kept.kept, np.concatenate(epochs), atol=1e-9)
    assert kept.loss_of(500) == pytest.approx(np.concatenate(epochs)[500])


@pytest.mark.backend
def test_most_steps_pass_and_all_are_counted(monkeypatch):
    looked, begin = [], module.Recorder.begin_batch
    monkeypatch.setattr(
        module.Recorder, "begin_batch", lambda self, batch: (looked.append(batch), begin(self, batch))
    )
    vitals = make_vitals()
    fit(network(), vitals, batch_size=1, epochs=2, validation_split=0.0)
    signs = vitals.result()
    assert signs.steps_seen == signs.updates == 200
    assert len(signs.batch_losses) == 200
    # Before and after steps 1, 2, 4, ... 128 and the first of the second epoch; news of the loss adds some.
    assert len(looked) <= 2 * 9 + 4


def test_a_long_training_keeps_a_bounded_number_of_losses():
    kept = BatchLosses()
    for epoch in range(3):
        for batch in range(2 * KEPT):
            kept.add(batch, float(epoch))
        kept.end_epoch()
        assert len(kept.kept) <= KEPT
    kept = kept.so_far()
    assert kept.stride == 8
    assert len(kept.kept) == 6 * KEPT // 8
    assert kept.kept[0] == 0.0
    assert kept.kept[-1] == 2.0
