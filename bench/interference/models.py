"""Architectures, precisions and optimizers."""

from __future__ import annotations

from typing import Any

from interference.table import Watching, compiled, dense, fitted, program, rows, state


@program("dropout, noise, batch statistics, split")
def _noisy(watching: Watching) -> Any:
    from keras import layers

    model = dense(layers.BatchNormalization(), layers.GaussianNoise(0.1), layers.Dropout(0.4))
    return fitted(compiled(model), watching, validation_split=0.25)


@program("unbuilt Sequential")
def _unbuilt(watching: Watching) -> Any:
    import keras

    model = keras.Sequential([keras.layers.Dense(8, activation="relu"), keras.layers.Dropout(0.5)])
    model.add(keras.layers.Dense(2, activation="softmax"))
    return fitted(compiled(model, "rmsprop"), watching)


@program("augmentation layers")
def _augmented(watching: Watching) -> Any:
    import keras
    from keras import layers

    augment = [
        layers.RandomFlip(),
        layers.RandomRotation(0.1),
        layers.RandomZoom(0.1),
        layers.RandomContrast(0.2),
    ]
    body = [
        layers.Conv2D(4, 3, activation="relu"),
        layers.SpatialDropout2D(0.3),
        layers.GlobalAveragePooling2D(),
    ]
    model = keras.Sequential([keras.Input((8, 8, 1)), *augment, *body, layers.Dense(2, activation="softmax")])
    return fitted(compiled(model), watching, *rows(48, 8, 8, 1))


@program("LSTM with recurrent dropout")
def _recurrent(watching: Watching) -> Any:
    import keras

    lstm = keras.layers.LSTM(5, dropout=0.2, recurrent_dropout=0.2)
    model = keras.Sequential([keras.Input((6, 3)), lstm, keras.layers.Dense(2, activation="softmax")])
    return fitted(compiled(model, "nadam"), watching, *rows(48, 6, 3))


@program("stateful RNN")
def _stateful(watching: Watching) -> Any:
    import keras

    gru = keras.layers.GRU(4, stateful=True)
    model = keras.Sequential([keras.Input(batch_shape=(16, 5, 3)), gru, keras.layers.Dense(2, "softmax")])
    return fitted(compiled(model), watching, *rows(48, 5, 3), shuffle=False)


@program("masked sequences")
def _masked(watching: Watching) -> Any:
    import keras
    import numpy as np

    x = np.random.default_rng(1).integers(0, 9, (64, 7))
    x[:, 4:] = 0
    embedding = keras.layers.Embedding(10, 4, mask_zero=True)
    lstm = keras.layers.Bidirectional(keras.layers.LSTM(3))
    model = keras.Sequential([keras.Input((7,)), embedding, lstm, keras.layers.Dense(2, "softmax")])
    return fitted(compiled(model), watching, x, rows(64)[1])


@program("two outputs with weights of their losses")
def _two_outputs(watching: Watching) -> Any:
    import keras

    x, y = rows()
    inputs = keras.Input((6,))
    hidden = keras.layers.Dropout(0.2)(keras.layers.Dense(8, "relu")(inputs))
    kind = keras.layers.Dense(2, "softmax", name="kind")(hidden)
    size = keras.layers.Dense(1, name="size")(hidden)
    model = keras.Model(inputs, {"kind": kind, "size": size})
    losses = {"kind": "sparse_categorical_crossentropy", "size": "mse"}
    model.compile("adam", losses, metrics={"kind": "accuracy"}, loss_weights={"kind": 1.0, "size": 0.1})
    return fitted(model, watching, x, {"kind": y, "size": x[:, :1]}, validation_split=0.25)


@program("two inputs in a dict")
def _two_inputs(watching: Watching) -> Any:
    import keras

    x, y = rows()
    inputs = {"left": keras.Input((3,), name="left"), "right": keras.Input((3,), name="right")}
    joined = keras.layers.Concatenate()(list(inputs.values()))
    model = keras.Model(inputs, keras.layers.Dense(2, "softmax")(keras.layers.Dropout(0.3)(joined)))
    return fitted(compiled(model), watching, {"left": x[:, :3], "right": x[:, 3:]}, y)


@program("nested models and a shared layer")
def _nested(watching: Watching) -> Any:
    import keras

    x, y = rows()
    tower = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, "relu"), keras.layers.Dropout(0.3)])
    left, right = keras.Input((3,)), keras.Input((3,))
    joined = keras.layers.Subtract()([tower(left), tower(right)])
    model = keras.Model([left, right], keras.layers.Dense(2, "softmax")(joined))
    return fitted(compiled(model), watching, [x[:, :3], x[:, 3:]], y)


@program("subclassed model")
def _subclassed(watching: Watching) -> Any:
    import keras

    class Net(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.calls = 0
            self.hidden, self.drop = keras.layers.Dense(8, "relu"), keras.layers.Dropout(0.3)
            self.head = keras.layers.Dense(2, "softmax")

        def call(self, inputs: Any, training: bool = False) -> Any:
            self.calls += 1
            assert type(self) is Net
            return self.head(self.drop(self.hidden(inputs), training=training))

    model = compiled(Net())
    return fitted(model, watching), model.calls, sorted(vars(model))


@program("frozen, then unfrozen and compiled again")
def _unfrozen(watching: Watching) -> Any:
    import keras

    model = dense()
    model.layers[0].trainable = False
    first = fitted(compiled(model), watching)
    model.layers[0].trainable = True
    return first, fitted(compiled(model, keras.optimizers.SGD(0.01)), watching)


@program("LoRA")
def _lora(watching: Watching) -> Any:
    model = compiled()
    model.layers[0].enable_lora(2)
    return fitted(compiled(model), watching)


@program("penalties, constraints, unit norm")
def _penalised(watching: Watching) -> Any:
    import keras

    kept = {"kernel_regularizer": "l2", "kernel_constraint": "max_norm", "activity_regularizer": "l1"}
    return fitted(
        compiled(dense(keras.layers.Dense(6, "tanh", **kept), keras.layers.UnitNormalization())), watching
    )


@program("layers with seeds of their own")
def _seeds(watching: Watching) -> Any:
    import keras

    generator = keras.random.SeedGenerator(4)
    dropped = [keras.layers.Dropout(0.3, seed=7), keras.layers.GaussianDropout(0.2, seed=8)]
    result = fitted(compiled(dense(*dropped)), watching)
    return result, keras.random.normal((3,), seed=generator), keras.random.normal((3,))


@program("attention")
def _attention(watching: Watching) -> Any:
    import keras

    inputs = keras.Input((5, 4))
    seen = keras.layers.MultiHeadAttention(2, 2, dropout=0.2)(inputs, inputs)
    pooled = keras.layers.GlobalAveragePooling1D()(keras.layers.LayerNormalization()(seen + inputs))
    model = keras.Model(inputs, keras.layers.Dense(2, "softmax")(pooled))
    return fitted(compiled(model), watching, *rows(48, 5, 4))


@program("moving average of the weights")
def _averaged(watching: Watching) -> Any:
    import keras

    optimizer = keras.optimizers.Adam(use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=5)
    return fitted(compiled(optimizer=optimizer), watching)


@program("gradient accumulation")
def _accumulated(watching: Watching) -> Any:
    import keras

    return fitted(
        compiled(optimizer=keras.optimizers.AdamW(gradient_accumulation_steps=3)), watching, epochs=3
    )


@program("clipped gradients, momentum, schedule")
def _scheduled(watching: Watching) -> Any:
    import keras

    schedule = keras.optimizers.schedules.CosineDecay(0.1, 20, warmup_target=0.2, warmup_steps=5)
    optimizer = keras.optimizers.SGD(schedule, momentum=0.9, nesterov=True, global_clipnorm=1.0)
    return fitted(compiled(optimizer=optimizer), watching), float(optimizer.learning_rate)


@program("mixed bfloat16")
def _bfloat16(watching: Watching) -> Any:
    return _mixed("mixed_bfloat16", watching)


@program("mixed float16", on=("jax", "tensorflow"))
def _float16(watching: Watching) -> Any:
    return _mixed("mixed_float16", watching)


def _mixed(policy: str, watching: Watching) -> Any:
    import keras

    keras.config.set_dtype_policy(policy)
    try:
        result = fitted(compiled(dense(keras.layers.Dropout(0.2))), watching)
        return result, keras.config.dtype_policy().name
    finally:
        keras.config.set_dtype_policy("float32")


@program("LossScaleOptimizer")
def _scaled(watching: Watching) -> Any:
    import keras

    optimizer = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.Adam(), initial_scale=8.0, dynamic_growth_steps=3
    )
    return fitted(compiled(optimizer=optimizer), watching)


@program("loss that turns to NaN")
def _diverged(watching: Watching) -> Any:
    import keras

    x, _ = rows()
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1e6), "mse")
    return fitted(model, watching, x, x[:, :1], epochs=3)


@program("three steps per execution", on=("jax", "tensorflow"))
def _executions(watching: Watching) -> Any:
    import keras

    return fitted(compiled(dense(keras.layers.Dropout(0.3)), steps_per_execution=3), watching)


@program("run eagerly")
def _eager(watching: Watching) -> Any:
    import keras

    return fitted(
        compiled(dense(keras.layers.Dropout(0.3)), run_eagerly=True), watching, epochs=1, batch_size=48
    )


@program("jit_compile", on=("jax", "tensorflow"))
def _jit(watching: Watching) -> Any:
    import keras

    return fitted(compiled(dense(keras.layers.Dropout(0.3)), jit_compile=True), watching)


@program("saved and loaded between two fits")
def _saved(watching: Watching) -> Any:
    import tempfile
    from pathlib import Path

    import keras

    model = compiled(dense(keras.layers.Dropout(0.3)))
    first = fitted(model, watching)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.keras"
        model.save(file)
        loaded = keras.models.load_model(file)
    return first, loaded.get_config(), fitted(loaded, watching)


@program("cloned and fitted beside the original")
def _cloned(watching: Watching) -> Any:
    import keras

    one = compiled(dense(keras.layers.Dropout(0.3)))
    other = compiled(keras.models.clone_model(one))
    return fitted(one, watching), fitted(other, watching), [layer.name for layer in other.layers], state(one)
