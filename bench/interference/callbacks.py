"""Callbacks of every kind."""

from __future__ import annotations

from typing import Any

from interference.table import Watching, compiled, dense, fitted, program, rows, state


@program("LearningRateScheduler that draws")
def _scheduler(watching: Watching) -> Any:
    import random

    import keras
    import numpy as np

    asked: list[Any] = []

    def rate(epoch: int, now: float) -> float:
        asked.append((epoch, now))
        return 0.01 * random.random() + 0.01 * float(np.random.random())

    return fitted(compiled(), watching, callbacks=[keras.callbacks.LearningRateScheduler(rate)]), asked


@program("EarlyStopping that restores, ReduceLROnPlateau")
def _stopping(watching: Watching) -> Any:
    import keras

    stop = keras.callbacks.EarlyStopping("val_loss", patience=1, restore_best_weights=True)
    lower = keras.callbacks.ReduceLROnPlateau(patience=1, factor=0.5)
    result = fitted(compiled(), watching, callbacks=[stop, lower], epochs=8, validation_split=0.25)
    return result, stop.stopped_epoch, stop.best_epoch


@program("ModelCheckpoint, CSVLogger, BackupAndRestore")
def _files(watching: Watching) -> Any:
    import tempfile
    from pathlib import Path

    import keras

    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        kept = keras.callbacks.ModelCheckpoint(
            here / "best.weights.h5", save_best_only=True, save_weights_only=True
        )
        log = keras.callbacks.CSVLogger(here / "log.csv")
        backup = keras.callbacks.BackupAndRestore(here / "backup")
        model = compiled(dense(keras.layers.Dropout(0.3)))
        result = fitted(model, watching, callbacks=[kept, log, backup], validation_split=0.25, epochs=3)
        files = sorted(str(each.relative_to(here)) for each in here.rglob("*"))
        text = (here / "log.csv").read_text()
        model.load_weights(here / "best.weights.h5")
        return result, files, text, state(model)


@program("LambdaCallback that reads weights each batch")
def _reading(watching: Watching) -> Any:
    import keras

    seen: list[Any] = []
    model = compiled(dense(keras.layers.Dropout(0.3)))

    def read(batch: int, logs: Any) -> None:
        seen.append((batch, sorted(logs or {}), [weight.sum() for weight in model.get_weights()]))

    return fitted(model, watching, callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=read)]), seen


@program("a callback that writes weights")
def _writing(watching: Watching) -> Any:
    import keras
    import numpy as np

    class Shaking(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            weights = self.model.get_weights()
            self.model.set_weights([each + np.random.normal(0, 0.01, each.shape) for each in weights])

    return fitted(compiled(), watching, callbacks=[Shaking()], epochs=3)


@program("a callback that notes every hook, in order")
def _noting(watching: Watching) -> Any:
    import keras

    order: list[Any] = []

    class Noting(keras.callbacks.Callback):
        def __getattribute__(self, name: str) -> Any:
            if name.startswith("on_") and not name.endswith("_hook"):
                order.append(name)
            return super().__getattribute__(name)

    noting = Noting()
    result = fitted(compiled(), watching, callbacks=[noting], validation_split=0.25)
    held = [name for name in order if "batch" not in name or "begin" in name]
    return result, held, noting.params


@program("stop_training set by a callback")
def _stopped(watching: Watching) -> Any:
    import keras

    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 2:
                self.model.stop_training = True

    return fitted(compiled(), watching, callbacks=[Stop()], epochs=4)


@program("one callback, not in a list; a CallbackList")
def _forms(watching: Watching) -> Any:
    import keras

    x, y = rows()
    model, found = compiled(), []
    for given in (keras.callbacks.History(), (keras.callbacks.TerminateOnNaN(),)):
        more = watching()
        callbacks = [*([given] if not isinstance(given, tuple) else given), *more] if more else given
        found.append(model.fit(x, y, verbose=0, callbacks=callbacks).history)
    held = keras.callbacks.CallbackList(watching(), add_history=True, model=model, epochs=1, steps=3)
    model.fit(x, y, verbose=0, callbacks=held)
    return found, [type(each).__name__ for each in held.callbacks if "Watch" not in type(each).__name__]


@program("SwapEMAWeights")
def _swapped(watching: Watching) -> Any:
    import keras

    optimizer = keras.optimizers.Adam(use_ema=True)
    swap = keras.callbacks.SwapEMAWeights(swap_on_epoch=True)
    return fitted(compiled(optimizer=optimizer), watching, callbacks=[swap], validation_split=0.25)


@program("history, params and model as a callback sees them")
def _history(watching: Watching) -> Any:
    import keras

    model = compiled()
    result = fitted(model, watching, validation_split=0.25)
    own = model.history
    assert isinstance(own, keras.callbacks.History)
    return result, own.params, own.epoch, own.model is model
