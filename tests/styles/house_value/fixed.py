"""Sale prices from a table of houses."""
import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.preprocessing import StandardScaler

UNIT = 100000.0
TEST = 0.2
keras.utils.set_random_seed(2)


def houses(n=1500, seed=0):
    rng = np.random.default_rng(seed)
    df = pd.DataFrame({
        "area": rng.normal(120, 35, n).clip(35, 300),
        "rooms": rng.integers(1, 8, n),
        "age": rng.integers(0, 90, n),
        "garden": rng.exponential(150, n),
        "distance": rng.uniform(0.5, 40, n),
    })
    df["price"] = (45000 + 2100 * df.area + 9000 * df.rooms - 700 * df.age + 60 * df.garden - 3500 * df.distance
                   + 15000 * np.sin(df.distance / 4) + rng.normal(0, 12000, n))
    return df


def split(df):
    cut = int(len(df) * (1 - TEST))
    features = df.drop(columns="price").to_numpy("float32")
    scaler = StandardScaler().fit(features[:cut])
    features = scaler.transform(features)
    price = df["price"].to_numpy("float32") / UNIT
    return features[:cut], price[:cut], features[cut:], price[cut:]


x_train, y_train, x_test, y_test = split(houses())
model = keras.Sequential([
    keras.Input((x_train.shape[1],)),
    layers.Dense(64, activation="relu"),
    layers.Dense(32, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse", metrics=["mae"])
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_data=(x_test, y_test), verbose=2)

pred = model.predict(x_test, verbose=0)[:, 0] * UNIT
print("mean error in dollars", np.abs(pred - y_test * UNIT).mean())
