"""Layers, losses, metrics and schedules of the user's own that count, print, keep and draw."""

from __future__ import annotations

import itertools
import random
from typing import Any

from interference.table import Watching, compiled, dense, fitted, program, rows

COUNT, CALLS, TALLY, NUMBERS = 0, [], {"n": 0}, itertools.count()


@program("loss that counts in every way and prints")
def _counting_loss(watching: Watching) -> Any:
    import keras

    local = [0]

    def loss(target: Any, answer: Any) -> Any:
        global COUNT
        COUNT += 1
        local[0] += 1
        TALLY["n"] += 1
        CALLS.append(next(NUMBERS))
        loss.calls = getattr(loss, "calls", 0) + 1
        print("loss", COUNT)
        return keras.losses.sparse_categorical_crossentropy(target, answer)

    result = fitted(compiled(loss=loss), watching)
    return result, COUNT, local, dict(TALLY), list(CALLS), loss.calls


@program("loss object with a variable of its own")
def _loss_object(watching: Watching) -> Any:
    import keras

    class Moving(keras.losses.Loss):
        def __init__(self) -> None:
            super().__init__()
            self.calls, self.level = 0, keras.Variable(0.0, name="level")

        def call(self, y_true: Any, y_pred: Any) -> Any:
            self.calls += 1
            found = keras.losses.sparse_categorical_crossentropy(y_true, y_pred)
            self.level.assign(0.9 * self.level + 0.1)
            return found

    loss = Moving()
    return fitted(compiled(loss=loss), watching), loss.calls, sorted(vars(loss)), repr(loss.level.value)[:60]


@program("layer that counts, prints, keeps and draws")
def _loud_layer(watching: Watching) -> Any:
    import keras
    import numpy as np

    generator, python = np.random.default_rng(5), random.Random(6)

    class Loud(keras.layers.Layer):
        made = 0

        def __init__(self) -> None:
            super().__init__()
            self.calls, self.kept, self.drawn = 0, [], np.zeros(4)
            type(self).made += 1

        def call(self, inputs: Any, training: bool = False) -> Any:
            self.calls += 1
            self.kept.append((training, python.random()))
            self.drawn[self.calls % 4] = generator.random()
            self.newest = self.calls
            print("layer", self.calls, training)
            return inputs * (1.0 + 0.01 * float(generator.random()))

    layer = Loud()
    result = fitted(compiled(dense(layer)), watching, validation_split=0.25)
    return result, layer.calls, list(layer.kept), layer.drawn, layer.newest, Loud.made, generator.random()


@program("layer with state in variables")
def _state_layer(watching: Watching) -> Any:
    import keras

    class Counting(keras.layers.Layer):
        def build(self, shape: Any) -> None:
            self.seen = self.add_weight(shape=(), initializer="zeros", trainable=False)

        def call(self, inputs: Any) -> Any:
            self.seen.assign_add(1.0)
            return inputs

    model = compiled(dense(Counting()))
    return fitted(model, watching), float(model.layers[1].seen)


@program("layer that logs and warns")
def _logging_layer(watching: Watching) -> Any:
    import logging
    import sys
    import warnings

    import keras

    records: list[str] = []
    logger = logging.getLogger("layers")
    handler = logging.Handler()
    handler.emit = lambda record: records.append(record.getMessage())  # type: ignore[method-assign]
    logger.addHandler(handler)

    class Telling(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            logger.warning("called")
            warnings.warn("a layer warns", UserWarning, stacklevel=1)
            sys.stderr.write("called\n")
            return inputs

    result = fitted(compiled(dense(Telling())), watching)
    logger.removeHandler(handler)
    return result, records


@program("Lambda layer and functions of the user's, drawn from numpy")
def _functions(watching: Watching) -> Any:
    import keras
    import numpy as np

    calls: list[str] = []

    def activation(x: Any) -> Any:
        calls.append("activation")
        return keras.ops.relu(x)

    def penalty(x: Any) -> Any:
        calls.append("penalty")
        return 1e-3 * keras.ops.sum(keras.ops.square(x))

    def shift(x: Any) -> Any:
        calls.append(f"shift {np.random.random():.6f}")
        return x + 0.1

    layers = [keras.layers.Lambda(shift), keras.layers.Dense(4, activation, kernel_regularizer=penalty)]
    return fitted(compiled(dense(*layers)), watching), calls


@program("metrics of the user's that count and print")
def _own_metrics(watching: Watching) -> Any:
    import keras

    calls: list[str] = []

    def share(target: Any, answer: Any) -> Any:
        calls.append("function")
        print("metric")
        return keras.ops.mean(
            keras.ops.cast(keras.ops.argmax(answer, -1) == keras.ops.cast(target, "int64"), "float32")
        )

    class Counted(keras.metrics.Metric):
        def __init__(self) -> None:
            super().__init__(name="counted")
            self.total = self.add_weight(shape=(), initializer="zeros")

        def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
            calls.append("update")
            self.total.assign_add(1.0)

        def result(self) -> Any:
            calls.append("result")
            return self.total

    return fitted(compiled(metrics=[share, Counted()]), watching), calls


def _schedule(body: Any) -> Any:
    import keras

    class Own(keras.optimizers.schedules.LearningRateSchedule):
        def __init__(self) -> None:
            self.calls: list[float] = []

        def __call__(self, step: Any) -> Any:
            return body(self, step)

        def get_config(self) -> dict[str, Any]:
            print("get_config")
            return {}

    return Own()


@program("schedule that counts, prints and draws")
def _own_schedule(watching: Watching) -> Any:
    import keras
    import numpy as np

    def body(self: Any, step: Any) -> Any:
        self.calls.append(random.random())
        print("schedule", len(self.calls))
        return 0.01 + 0.01 * float(np.random.random()) + 0.0 * keras.ops.cast(step, "float32")

    schedule = _schedule(body)
    result = fitted(compiled(optimizer=keras.optimizers.SGD(schedule)), watching)
    return result, schedule.calls


@program("learning rate as a function that counts")
def _own_rate(watching: Watching) -> Any:
    import keras

    calls: list[int] = []

    def rate() -> float:
        calls.append(len(calls))
        return 0.05

    return fitted(compiled(optimizer=keras.optimizers.Adam(rate)), watching), calls


@program("optimizer of the user's own")
def _own_optimizer(watching: Watching) -> Any:
    import keras

    steps: list[int] = []

    class Signed(keras.optimizers.SGD):
        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            steps.append(1)
            self.assign_sub(
                variable, keras.ops.cast(learning_rate, variable.dtype) * keras.ops.sign(gradient)
            )

        def get_config(self) -> dict[str, Any]:
            print("get_config")
            return super().get_config()

    return fitted(compiled(optimizer=Signed(0.01)), watching), steps


@program("constraint, initialiser of the user's that draw")
def _own_initialiser(watching: Watching) -> Any:
    import keras
    import numpy as np

    calls: list[str] = []

    class Drawn(keras.initializers.Initializer):
        def __call__(self, shape: Any, dtype: Any = None) -> Any:
            calls.append("initialiser")
            return keras.ops.convert_to_tensor(np.random.normal(size=shape).astype("float32"))

    class Kept(keras.constraints.Constraint):
        def __call__(self, weights: Any) -> Any:
            calls.append("constraint")
            return keras.ops.clip(weights, -1.0, 1.0)

    layer = keras.layers.Dense(4, kernel_initializer=Drawn(), kernel_constraint=Kept())
    return fitted(compiled(dense(layer)), watching), calls


@program("a tracker shared by layer, loss and callback")
def _tracker(watching: Watching) -> Any:
    import keras

    class Tracker:
        __slots__ = ("by", "total")

        def __init__(self) -> None:
            self.total, self.by = 0, {}

        def note(self, who: str) -> None:
            self.total += 1
            self.by[who] = self.by.get(who, 0) + 1

    tracker = Tracker()

    class Tracked(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            tracker.note("layer")
            return inputs

    def loss(target: Any, answer: Any) -> Any:
        tracker.note("loss")
        return keras.losses.sparse_categorical_crossentropy(target, answer)

    note = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: tracker.note("epoch"))
    result = fitted(compiled(dense(Tracked()), loss=loss), watching, callbacks=[note])
    return result, tracker.total, tracker.by


@program("prints from compiled code")
def _compiled_prints(watching: Watching) -> Any:
    import keras

    class Printing(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            backend = keras.backend.backend()
            if backend == "jax":
                import jax

                jax.debug.print("mean {m:.4f}", m=inputs.mean(), ordered=True)
            elif backend == "tensorflow":
                import tensorflow as tf

                tf.print("mean", tf.reduce_mean(inputs))
            else:
                print("mean", float(inputs.mean()))
            return inputs

    return fitted(compiled(dense(Printing())), watching, *rows(32))


@program("names and seeds of what is made after a fit")
def _afterwards(watching: Watching) -> Any:
    import keras

    result = fitted(compiled(dense(keras.layers.Dropout(0.3))), watching)
    made = [keras.layers.Dense(2), keras.layers.Dropout(0.5), keras.Sequential(), keras.optimizers.Adam()]
    drawn = keras.random.normal((3,)), keras.initializers.GlorotUniform()((3, 3))
    return (
        result,
        [each.name for each in made],
        drawn,
        keras.layers.Dropout(0.5)(keras.ops.ones((4,)), training=True),
    )
