"""Weekly demand of products: linear part with known directions, small net for the season."""
import numpy as np
import keras
from keras import layers, ops

SEED = 9
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

COLUMNS = ["price", "advertising", "rating", "stock_age", "coupon"]
DIRECTION = {"price": -1, "advertising": 1, "rating": 1, "stock_age": -1, "coupon": 1}


def make_weeks(n):
    table = {
        "price": rng.normal(size=n),
        "advertising": rng.normal(size=n),
        "rating": rng.normal(size=n),
        "stock_age": rng.normal(size=n),
        "coupon": rng.normal(size=n),
    }
    week = rng.integers(0, 52, size=n)
    demand = (
        -1.6 * table["price"]
        + 1.1 * table["advertising"]
        + 0.9 * table["rating"]
        - 0.7 * table["stock_age"]
        + 0.5 * table["coupon"]
        + 0.8 * np.sin(2 * np.pi * week / 52)
        + rng.normal(scale=0.5, size=n)
    )
    levers = np.stack([table[name] for name in COLUMNS], axis=1).astype("float32")
    season = np.stack(
        [np.sin(2 * np.pi * week / 52), np.cos(2 * np.pi * week / 52)], axis=1
    ).astype("float32")
    return levers, season, demand.astype("float32")


@keras.saving.register_keras_serializable()
class KnownDirection(keras.constraints.Constraint):
    """Sets weights to zero that point against the direction the business knows."""

    def __init__(self, signs):
        self.signs = list(signs)

    def __call__(self, w):
        signs = ops.reshape(ops.convert_to_tensor(self.signs, dtype=w.dtype), (-1, 1))
        return ops.where(signs * w < 0, ops.zeros_like(w), w)

    def get_config(self):
        return {"signs": self.signs}


signs = [float(DIRECTION[name]) for name in sorted(COLUMNS)]

levers_in = keras.Input((len(COLUMNS),), name="levers")
season_in = keras.Input((2,), name="season")
linear = layers.Dense(
    1, use_bias=False, kernel_constraint=KnownDirection(signs), name="linear"
)(levers_in)
wave = layers.Dense(16, activation="relu")(season_in)
wave = layers.Dense(1)(wave)
model = keras.Model([levers_in, season_in], layers.Add()([linear, wave]))
model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="mse")

levers, season, demand = make_weeks(2500)
levers_test, season_test, demand_test = make_weeks(800)
history = model.fit(
    [levers, season], demand, validation_split=0.15, batch_size=64, epochs=20, verbose=0
)
print("loss", [round(v, 3) for v in history.history["loss"][::4]])
print("val_loss", [round(v, 3) for v in history.history["val_loss"][::4]])
kernel = model.get_layer("linear").get_weights()[0][:, 0]
for name, value in zip(COLUMNS, kernel):
    print(f"{name:12s} {value: .3f}")

predicted = model.predict([levers_test, season_test], batch_size=512, verbose=0)[:, 0]
r2 = 1.0 - ((predicted - demand_test) ** 2).mean() / demand_test.var()
print("test r2", round(float(r2), 4))
