"""Loops and steps of the user's own, and the ways in which a fit is called."""

from __future__ import annotations

from typing import Any

from interference.table import Watching, compiled, dense, fitted, program, rows, state


@program("alternating training of a GAN")
def _gan(watching: Watching) -> Any:
    import keras
    import numpy as np

    maker = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(6)])
    judge = keras.Sequential([keras.Input((6,)), keras.layers.Dropout(0.3), keras.layers.Dense(1, "sigmoid")])
    judge.compile("adam", "binary_crossentropy")
    judge.trainable = False
    both = keras.Sequential([maker, judge])
    both.compile("adam", "binary_crossentropy")
    judge.trainable = True
    x, _ = rows(32)
    losses = []
    for _ in range(4):
        noise = np.random.normal(size=(32, 3)).astype("float32")
        made = maker.predict(noise, verbose=0)
        losses.append(judge.train_on_batch(np.concatenate([x, made]), np.repeat([1.0, 0.0], 32)))
        losses.append(both.train_on_batch(noise, np.ones(32)))
    return losses, state(both), fitted(judge, watching, x, np.ones(32))


def _stepping(kind: str) -> Any:
    """A model with a train_step of its own that counts and draws, in the form of its backend."""
    import keras
    import numpy as np

    class Stepping(keras.Model):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.steps, self.drawn = 0, []

        def note(self) -> None:
            self.steps += 1
            self.drawn.append(np.random.random())

    class OnTorch(Stepping):
        def train_step(self, data: Any) -> Any:
            self.note()
            x, y = data
            self.zero_grad()
            loss = self.compute_loss(y=y, y_pred=self(x, training=True))
            loss.backward()
            weights = list(self.trainable_weights)
            self.optimizer.apply([weight.value.grad for weight in weights], weights)
            return {"loss": loss}

    class OnTensorFlow(Stepping):
        def train_step(self, data: Any) -> Any:
            import tensorflow as tf

            self.note()
            x, y = data
            with tf.GradientTape() as tape:
                loss = self.compute_loss(y=y, y_pred=self(x, training=True))
            self.optimizer.apply(tape.gradient(loss, self.trainable_weights), self.trainable_weights)
            return {"loss": loss}

    class OnJax(Stepping):
        def scored(self, trainable: Any, fixed: Any, x: Any, y: Any) -> Any:
            answer, fixed = self.stateless_call(trainable, fixed, x, training=True)
            return self.compute_loss(x, y, answer), fixed

        def train_step(self, state: Any, data: Any) -> Any:
            import jax

            self.note()
            trainable, fixed, slots, metrics = state
            function = jax.value_and_grad(self.scored, has_aux=True)
            (loss, fixed), gradients = function(trainable, fixed, *data)
            trainable, slots = self.optimizer.stateless_apply(slots, gradients, trainable)
            return {"loss": loss}, (trainable, fixed, slots, metrics)

    inputs = keras.Input((6,))
    hidden = keras.layers.Dropout(0.3)(keras.layers.Dense(8, "relu")(inputs))
    outputs = keras.layers.Dense(2, "softmax")(hidden)
    made = {"torch": OnTorch, "tensorflow": OnTensorFlow, "jax": OnJax}[kind]
    return made(inputs=inputs, outputs=outputs)


@program("train_step of its own that counts and draws")
def _own_step(watching: Watching) -> Any:
    import keras

    model = _stepping(keras.backend.backend())
    model.compile("adam", "sparse_categorical_crossentropy")
    return fitted(model, watching), model.steps, model.drawn


@program("compute_loss of its own that prints")
def _own_loss(watching: Watching) -> Any:
    import keras

    class Printing(keras.Model):
        calls = 0

        def compute_loss(self, *args: Any, **kwargs: Any) -> Any:
            type(self).calls += 1
            print("compute_loss", type(self).calls)
            return 2.0 * super().compute_loss(*args, **kwargs)

    inputs = keras.Input((6,))
    model = Printing(inputs, keras.layers.Dense(2, "softmax")(inputs))
    return fitted(compiled(model), watching), Printing.calls


@program("metrics property of its own that counts")
def _own_metrics(watching: Watching) -> Any:
    import keras

    class Measured(keras.Model):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.own = keras.metrics.Mean(name="own")

        @property
        def metrics(self) -> Any:
            return [*super().metrics, self.own]

    inputs = keras.Input((6,))
    model = Measured(inputs=inputs, outputs=keras.layers.Dense(2, "softmax")(inputs))
    return fitted(compiled(model), watching), float(model.own.result())


@program("fit of its own around Keras's")
def _own_fit(watching: Watching) -> Any:
    import keras

    class Fitting(keras.Sequential):
        fits = 0

        def fit(self, *args: Any, **kwargs: Any) -> Any:
            type(self).fits += 1
            print("fit", type(self).fits)
            return super().fit(*args, **kwargs)

    model = Fitting([keras.Input((6,)), keras.layers.Dense(2, "softmax")])
    return fitted(compiled(model), watching), Fitting.fits


@program("train_on_batch, test_on_batch, predict between fits")
def _between(watching: Watching) -> Any:
    import keras

    x, y = rows()
    model = compiled(dense(keras.layers.Dropout(0.4)))
    first = fitted(model, watching, x, y)
    found = [model.train_on_batch(x[:16], y[:16]), model.test_on_batch(x, y), model.predict(x, verbose=0)]
    return first, found, model.evaluate(x, y, verbose=0), fitted(model, watching, x, y), state(model)


@program("300 fits in a loop", many_fits=True)
def _loop(watching: Watching) -> Any:
    import keras

    x, y = rows(16)
    model = compiled(dense(keras.layers.Dropout(0.4)))
    # An examination by each `Watch` of the 300 would take minutes and tell no more than ten.
    given = [watching() if number % 30 == 0 else [] for number in range(300)]
    losses = [model.fit(x, y, verbose=0, callbacks=callbacks).history for callbacks in given]
    return losses, state(model)


@program("cross-validation with a new model each time")
def _folds(watching: Watching) -> Any:
    import numpy as np

    x, y = rows(60)
    found = []
    for fold in range(3):
        held = np.arange(60) % 3 == fold
        found.append(fitted(compiled(), watching, x[~held], y[~held], validation_data=(x[held], y[held])))
    return found


@program("continued by initial_epoch")
def _continued(watching: Watching) -> Any:
    model = compiled()
    return fitted(model, watching, epochs=2), fitted(model, watching, initial_epoch=2, epochs=4)


@program("several optimizers, one after the other")
def _optimizers(watching: Watching) -> Any:
    names = ("sgd", "rmsprop", "adagrad", "lion", "adamax", "adafactor")
    return [fitted(compiled(optimizer=name), watching, epochs=1) for name in names]


@program("class weights")
def _class_weights(watching: Watching) -> Any:
    return fitted(compiled(), watching, class_weight={0: 1.0, 1: 3.0})


@program("sample weights, weighted metrics, validation")
def _sample_weights(watching: Watching) -> Any:
    import numpy as np

    x, y = rows()
    weights = np.random.random(len(x))
    model = compiled(weighted_metrics=["accuracy"])
    held = (x[:32], y[:32], weights[:32])
    return fitted(model, watching, x, y, sample_weight=weights, validation_data=held, validation_freq=2)


@program("inside functions, classes and a lambda")
def _inside(watching: Watching) -> Any:
    class Trainer:
        def __init__(self) -> None:
            self.model = compiled()

        def train(self) -> Any:
            return (lambda: [fitted(self.model, watching) for _ in range(2)])()

    return Trainer().train()


@program("verbose output")
def _verbose(watching: Watching) -> Any:
    return fitted(compiled(), watching, verbose=2)[1]


@program("fit without compile")
def _uncompiled(watching: Watching) -> Any:
    try:
        return fitted(dense(), watching)
    except ValueError as error:
        return str(error)


@program("fit called wrongly")
def _wrong(watching: Watching) -> Any:
    found = []
    for arguments in ({"nonsense": 1}, {"epochs": "two"}, {"batch_size": -1}, {"x": None}):
        try:
            found.append(
                compiled().fit(**{"x": rows()[0], "y": rows()[1], "callbacks": watching(), **arguments})
            )
        except Exception as error:
            found.append(type(error).__name__)
    return found
