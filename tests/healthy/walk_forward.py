"""Load of a power grid by the day, which grows: each year is predicted by a model fitted to all years before."""

import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(6)
rng = np.random.default_rng(6)

days = pd.date_range("2016-01-01", "2021-12-31", freq="D")
season = 2 * np.pi * days.dayofyear.to_numpy() / 365.25
temperature = 10 - 9 * np.cos(season) + rng.normal(0, 3, len(days))
cold, heat = np.clip(15 - temperature, 0, None), np.clip(temperature - 20, 0, None)
growth = np.linspace(1.0, 1.35, len(days))
load = growth * (50 + 1.3 * cold + 2.2 * heat - 9 * (days.dayofweek.to_numpy() >= 5)) + rng.normal(
    0, 2, len(days)
)

frame = pd.DataFrame({"load": load, "temperature": temperature, "year": days.year}, index=days)
frame["weekend"] = (days.dayofweek >= 5).astype(float)
frame["week_ago"] = frame["load"].shift(7)
frame["temperature_week_ago"] = frame["temperature"].shift(7)
frame["month_mean"] = frame["load"].shift(1).rolling(28).mean()
frame = frame.dropna()
columns = ["temperature", "weekend", "week_ago", "temperature_week_ago", "month_mean"]

errors = {}
for year in (2019, 2020, 2021):
    past, now = frame[frame.year < year], frame[frame.year == year]
    center, scale = past[columns].mean(), past[columns].std()
    level, spread = past["load"].mean(), past["load"].std()
    x_past, x_now = (past[columns] - center) / scale, (now[columns] - center) / scale
    model = keras.Sequential([layers.Input((5,)), layers.Dense(32, activation="relu"), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.005), loss="mse", metrics=["mae"])
    model.fit(
        x_past.to_numpy("float32"),
        ((past["load"] - level) / spread).to_numpy("float32"),
        validation_data=(x_now.to_numpy("float32"), ((now["load"] - level) / spread).to_numpy("float32")),
        epochs=15,
        batch_size=32,
        verbose=0,
    )
    guess = model.predict(x_now.to_numpy("float32"), verbose=0)[:, 0] * spread + level
    errors[year] = np.abs(guess - now["load"]).mean(), np.abs(now["week_ago"] - now["load"]).mean()
for year, (error, naive) in errors.items():
    print(f"{year}: mean error {error:.2f}, as a week ago {naive:.2f}")
