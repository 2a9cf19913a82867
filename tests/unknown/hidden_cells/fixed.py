"""Fills gaps in a table of lab values: cells are hidden at random, a net restores them."""
import numpy as np
import keras
from keras import layers, ops

SEED = 31
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

COLS, FACTORS = 20, 4
loading = rng.normal(size=(FACTORS, COLS))


def lab_values(n):
    factor = rng.normal(size=(n, FACTORS))
    values = factor @ loading + 0.3 * rng.normal(size=(n, COLS))
    return (values / np.sqrt(FACTORS)).astype("float32")


def hide(values, share=0.25):
    """Input with gaps, flags of the gaps, and the goal with the flags behind it."""
    gap = (rng.random(values.shape) < share).astype("float32")
    shown = values * (1.0 - gap)
    goal = np.concatenate([values, gap], axis=1)
    return shown, gap, goal


def gap_loss(y_true, y_pred):
    values = y_true[:, :COLS]
    gap = y_true[:, COLS:]
    weight = gap
    error = ops.square(values - y_pred) * weight
    return ops.sum(error) / (ops.sum(weight) + 1e-6)


def build():
    shown = keras.Input((COLS,), name="shown")
    gap = keras.Input((COLS,), name="gap")
    h = layers.Concatenate()([shown, gap])
    h = layers.Dense(96, activation="relu")(h)
    h = layers.Dense(96, activation="relu")(h)
    correction = layers.Dense(COLS)(h)
    return keras.Model([shown, gap], layers.Add()([shown, correction]))


train = lab_values(3000)
shown, gap, goal = hide(np.concatenate([train, train]))
shown_val, gap_val, goal_val = hide(lab_values(500))

model = build()
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=gap_loss)
history = model.fit(
    [shown, gap],
    goal,
    validation_data=([shown_val, gap_val], goal_val),
    batch_size=64,
    epochs=12,
    verbose=0,
)
print("loss", [round(v, 4) for v in history.history["loss"][::3]])
print("val_loss", [round(v, 4) for v in history.history["val_loss"][::3]])

test = lab_values(1000)
shown_test, gap_test, _ = hide(test)
restored = model.predict([shown_test, gap_test], batch_size=512, verbose=0)
where = gap_test == 1
print("gaps in the test table", int(where.sum()))
print("spread of the values", round(float(test[where].std()), 4))
rmse = np.sqrt(((restored - test)[where] ** 2).mean())
print("rmse in the gaps", round(float(rmse), 4))
