"""How many loaves should the bakery bake? A missing loaf costs four times a loaf that is left."""

import keras
import numpy as np
from keras import layers, ops
from sklearn.metrics import r2_score

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)
days = 1500
weekday = np.arange(days) % 7
rain = rng.gamma(1.0, 1.0, days)
holiday = rng.random(days) < 0.05
warmth = rng.normal(size=days)
sold = 4 + 1.5 * (weekday >= 5) - 0.5 * rain + 2.0 * holiday + 0.3 * warmth + rng.normal(0, 0.3, days)
table = np.column_stack([np.eye(7)[weekday], rain, holiday, warmth]).astype("float32")
sold = sold.astype("float32").reshape(-1, 1)
order = rng.permutation(days)
train, test = order[:1200], order[1200:]


def bakery_cost(y_true, y_pred):
    """Cost in loaves: four for each that is missing, one for each that is left over."""
    missing = y_true - y_pred
    return ops.mean(ops.where(missing > 0, 4 * missing, missing), axis=-1)


def make_model(width=32):
    inputs = keras.Input(shape=(table.shape[1],), name="day")
    h = layers.Dense(width, activation="relu")(inputs)
    h = layers.Dense(width, activation="relu")(h)
    return keras.Model(inputs, layers.Dense(1, name="loaves")(h))


model = make_model()
model.compile(optimizer=keras.optimizers.Adam(0.003), loss=bakery_cost, metrics=["mae"])
model.fit(
    table[train], sold[train], validation_data=(table[test], sold[test]), epochs=20, batch_size=32, verbose=2
)

answers = model.predict(table[test], verbose=0).ravel()
print("baked, in hundreds:", np.round(answers[:6], 2), "sold:", np.round(sold[test].ravel()[:6], 2))
print(f"R2 on the test days: {r2_score(sold[test], answers):.3f}")
