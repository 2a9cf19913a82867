"""Weights that a callback sets back, as a watched fit tells them."""

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from unstuck import Watch

X = np.random.default_rng(0).normal(size=(256, 5)).astype("float32")
Y = (X[:, 0] > 0).astype("int64")


class Cycles(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.state = [np.copy(weight) for weight in self.model.get_weights()]

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % 3 == 0:
            self.model.set_weights(self.state)


@pytest.mark.parametrize("epochs", [6, 7])
def test_weights_of_the_start_at_the_end_are_told_at_the_line_that_sets_them(epochs):
    keras.utils.set_random_seed(3)
    model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy"])
    watch = Watch()
    model.fit(X, Y, epochs=epochs, verbose=0, callbacks=[Cycles(), watch])
    causes = {cause.rule: cause for cause in watch.diagnosis.causes}
    if epochs == 7:  # an epoch after the last restart: what is left are weights that learned
        assert "weights-put-back" not in causes
        return
    assert "frozen-layers" not in causes
    place = causes["weights-put-back"].where
    assert "set_weights(self.state)" in Path(place.file).read_text().splitlines()[place.line - 1]
