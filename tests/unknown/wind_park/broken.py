"""Power of a wind park from wind speed and direction (the rows of turbines shade each other)."""
import numpy as np
import keras
from keras import layers

SEED = 53
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)


def read_mast(n):
    """Ten-minute means: speed in m/s, direction as a compass bearing, air density."""
    speed = 9.0 + 2.0 * np.clip(rng.normal(size=n), -2.0, 2.0)
    bearing = rng.uniform(0.0, 360.0, size=n)
    density = rng.normal(1.225, 0.03, size=n)
    return speed, bearing, density


def park_power(speed, bearing, density):
    """Free stream in the north-west, deep shade in the south-east."""
    angle = np.pi * bearing / 180.0
    shade = 1.0 - 0.45 * (1.0 - np.cos(angle - np.pi * 315.0 / 180.0))
    power = 0.5 * density * speed * shade
    return power + rng.normal(0.0, 0.2, size=len(speed))


def features(speed, bearing, density):
    direction = np.asarray(bearing)
    return np.stack(
        [
            (speed - 9.0) / 2.0,
            np.sin(direction),
            np.cos(direction),
            (density - 1.225) / 0.03,
        ],
        axis=1,
    ).astype("float32")


mast_train = read_mast(3000)
mast_val = read_mast(500)
mast_test = read_mast(1000)
p_train = park_power(*mast_train)
p_val = park_power(*mast_val)
p_test = park_power(*mast_test)

x_train, x_val, x_test = features(*mast_train), features(*mast_val), features(*mast_test)
print("feature ranges", x_train.min(axis=0).round(2), x_train.max(axis=0).round(2))
mean, std = p_train.mean(), p_train.std()
y_train = ((p_train - mean) / std).astype("float32")
y_val = ((p_val - mean) / std).astype("float32")

model = keras.Sequential(
    [
        layers.Input((4,)),
        layers.Dense(48, activation="relu"),
        layers.Dense(24, activation="relu"),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
history = model.fit(
    x_train, y_train, validation_data=(x_val, y_val), batch_size=64, epochs=15, verbose=0
)
print("loss", [round(v, 4) for v in history.history["loss"][::4]])
print("val_loss", [round(v, 4) for v in history.history["val_loss"][::4]])

predicted = model.predict(x_test, batch_size=512, verbose=0)[:, 0] * std + mean
r2 = 1.0 - ((predicted - p_test) ** 2).mean() / p_test.var()
print("rmse", round(float(np.sqrt(((predicted - p_test) ** 2).mean())), 4))
print("test r2", round(float(r2), 4))
