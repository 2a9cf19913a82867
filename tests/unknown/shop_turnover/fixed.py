"""Turnover of shops by day, with the footfall that a second system counted."""
import numpy as np
import pandas as pd
import keras
from keras import layers

SEED = 37
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

SHOPS, DAYS = 30, 120


def export_tables():
    """What the two systems deliver: sales by day and shop, counts by shop and day."""
    shop, day = np.meshgrid(np.arange(SHOPS), np.arange(DAYS), indexing="ij")
    shop, day = shop.ravel(), day.ravel()
    size = rng.uniform(0.5, 1.5, SHOPS)
    weekday = day % 7
    visitors = rng.gamma(4.0, 60.0, size=len(day)) * (1.0 + 0.3 * (weekday >= 5))
    basket = 12.0 + 6.0 * size[shop] + rng.normal(0.0, 1.0, len(day))
    turnover = 0.3 * visitors * basket * (1.0 + 0.1 * (weekday == 5))
    counts = pd.DataFrame({"shop": shop, "day": day, "visitors": visitors})
    sales = pd.DataFrame(
        {"shop": shop, "day": day, "size": size[shop], "turnover": turnover}
    )
    sales = sales.sort_values(["day", "shop"]).reset_index(drop=True)
    return sales, counts


def join(sales, counts):
    frame = sales.copy()
    frame = frame.merge(counts, on=["shop", "day"], how="left", validate="one_to_one")
    weekday = pd.get_dummies(frame["day"] % 7, prefix="wd", dtype=float)
    return pd.concat([frame, weekday], axis=1)


sales, counts = export_tables()
frame = join(sales, counts)
print(frame.head(3).to_string())
assert not frame.isna().any().any()

features = ["size", "visitors"] + [c for c in frame.columns if c.startswith("wd_")]
train = frame[frame["day"] < 80]
val = frame[(frame["day"] >= 80) & (frame["day"] < 95)]
test = frame[frame["day"] >= 95]

mean, std = train[features].mean(), train[features].std()
y_mean, y_std = train["turnover"].mean(), train["turnover"].std()


def arrays(part):
    x = ((part[features] - mean) / std).to_numpy("float32")
    y = ((part["turnover"] - y_mean) / y_std).to_numpy("float32")
    return x, y


x_train, y_train = arrays(train)
x_val, y_val = arrays(val)
x_test, y_test = arrays(test)

model = keras.Sequential(
    [
        layers.Input((len(features),)),
        layers.Dense(32, activation="relu"),
        layers.Dense(16, activation="relu"),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
history = model.fit(
    x_train, y_train, validation_data=(x_val, y_val), batch_size=64, epochs=15, verbose=0
)
print("loss", [round(v, 4) for v in history.history["loss"][::4]])
print("val_loss", [round(v, 4) for v in history.history["val_loss"][::4]])

predicted = model.predict(x_test, batch_size=512, verbose=0)[:, 0]
r2 = 1.0 - ((predicted - y_test) ** 2).mean() / y_test.var()
print("test r2", round(float(r2), 4))
