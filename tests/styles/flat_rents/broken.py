"""Yearly rent of a flat from its size, floor, district and age. Backend-free notebook as a script."""
import keras
import numpy as np
from keras import layers
from sklearn.metrics import mean_absolute_error, r2_score

keras.utils.set_random_seed(51)

# %% the flats
DISTRICTS = ["north", "old town", "harbour", "hill", "station"]
PRICE = np.array([160.0, 260.0, 230.0, 210.0, 140.0])


def flats(n, seed):
    rng = np.random.default_rng(seed)
    size = rng.gamma(9, 8, n).clip(18, 200)
    floor = rng.integers(0, 12, n)
    district = rng.integers(0, len(DISTRICTS), n)
    age = rng.integers(0, 100, n)
    rent = size * PRICE[district] * (1 + 0.01 * floor) * (1.15 - 0.004 * age) + 900
    rent = rent * np.exp(rng.normal(0, 0.06, n))
    numbers = np.stack([size, floor, age], axis=1).astype("float32")
    return {"numbers": numbers, "district": district}, rent.astype("float32")[:, None]


x_train, rent_train = flats(2400, 1)
x_test, rent_test = flats(600, 2)
print(f"rent: mean {rent_train.mean():.0f}, spread {rent_train.std():.0f}")

# %% scaling
centre = x_train["numbers"].mean(axis=0)
width = x_train["numbers"].std(axis=0)
for part in (x_train, x_test):
    part["numbers"] = (part["numbers"] - centre) / width

RENT_CENTRE, RENT_WIDTH = 0.0, 1.0


def to_target(rent):
    return (rent - RENT_CENTRE) / RENT_WIDTH


def to_rent(target):
    return target * RENT_WIDTH + RENT_CENTRE


# %% the network
numbers = keras.Input((3,), name="numbers")
district = keras.Input((), dtype="int32", name="district")
place = layers.Embedding(len(DISTRICTS), 4)(district)
x = layers.Concatenate()([numbers, place])
x = layers.Dense(48, activation="relu")(x)
x = layers.Dense(48, activation="relu")(x)
model = keras.Model({"numbers": numbers, "district": district}, layers.Dense(1)(x))
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")

# %% training
history = model.fit(
    x_train,
    to_target(rent_train),
    validation_data=(x_test, to_target(rent_test)),
    epochs=20,
    batch_size=64,
    verbose=2,
)

# %% how good is it
estimate = to_rent(model.predict(x_test, verbose=0))
print("loss", history.history["loss"][0], "->", history.history["loss"][-1])
print(f"mean absolute error {mean_absolute_error(rent_test, estimate):.0f}")
print(f"R2 {r2_score(rent_test, estimate):.4f}")
for number, name in enumerate(DISTRICTS):
    rows = x_test["district"] == number
    print(f"{name:>9}: true {rent_test[rows].mean():8.0f}  estimated {estimate[rows].mean():8.0f}")
