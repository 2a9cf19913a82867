"""What the hook must leave as it was."""

import numpy as np
import pytest

from unstuck.watch import hook

pytestmark = pytest.mark.backend

X = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("float32")


@pytest.fixture
def seen():
    """The observations of the fits of a test."""
    found = []

    def listen(observation):
        found.append((observation.training, observation.validation, observation.errors))

    hook.install()
    hook.listen(listen)
    yield found
    hook.stop_listening(listen)


def compiled():
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


def rows_of(keras):
    class Rows(keras.utils.PyDataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return X[index * 16 : index * 16 + 16], Y[index * 16 : index * 16 + 16]

    return Rows()


def test_a_saved_model_comes_back_compiled(seen, tmp_path):
    import keras

    model = compiled()
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "model.keras")
    back = keras.models.load_model(tmp_path / "model.keras")
    assert back.compiled
    back.fit(X, Y, verbose=0)
    assert len(seen) == 2


def test_one_dataset_for_training_and_validation_is_put_back(seen):
    import keras

    rows = rows_of(keras)
    kind, model = type(rows), compiled()
    for _ in range(2):
        model.fit(rows, validation_data=rows, verbose=0)
        assert type(rows) is kind
    assert [training.x.shape for training, _, _ in seen] == [X.shape] * 2


def test_a_callback_list_does_not_grow(seen):
    import keras

    model = compiled()
    callbacks = keras.callbacks.CallbackList([keras.callbacks.TerminateOnNaN()], model=model)
    before = list(callbacks.callbacks)
    model.fit(X, Y, verbose=0, callbacks=callbacks)
    assert callbacks.callbacks == before
    assert len(seen) == 1


def test_ctrl_c_while_a_finished_fit_is_diagnosed_keeps_its_history(seen, capsys):
    def interrupt(_):
        raise KeyboardInterrupt

    hook.listen(interrupt)
    try:
        history = compiled().fit(X, Y, verbose=0)
    finally:
        hook.stop_listening(interrupt)
    assert history.history["loss"]
    assert "interrupted" in capsys.readouterr().err
