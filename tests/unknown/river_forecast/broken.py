"""Tomorrow's river level from the last ten daily changes."""
import numpy as np
import keras
from keras import layers

SEED = 23
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

WINDOW = 10
DAYS = 4000


def simulate(days):
    """Daily level in cm; a flood wave goes on for several days."""
    change = np.zeros(days)
    for t in range(2, days):
        change[t] = 0.95 * change[t - 1] - 0.18 * change[t - 2] + rng.normal()
    level = 300.0 + np.cumsum(change)
    return level


def make_windows(level):
    """Rows of past changes, what is to be predicted, and the level each row starts from."""
    change = np.diff(level)
    step = np.diff(change, prepend=change[0])
    rows, goal, start, truth = [], [], [], []
    for t in range(WINDOW, len(change)):
        rows.append(change[t - WINDOW:t])
        goal.append(step[t])
        start.append(level[t])
        truth.append(level[t + 1])
    return (
        np.array(rows, dtype="float32"),
        np.array(goal, dtype="float32"),
        np.array(start),
        np.array(truth),
    )


level = simulate(DAYS)
x, y, start, truth = make_windows(level)
cut = int(0.75 * len(x))
valid = int(0.9 * cut)

scale = x[:valid].std()
goal_scale = y[:valid].std()
x = x / scale
y = y / goal_scale

model = keras.Sequential(
    [
        layers.Input((WINDOW,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(16, activation="relu"),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse", metrics=["mae"])
history = model.fit(
    x[:valid],
    y[:valid],
    validation_data=(x[valid:cut], y[valid:cut]),
    batch_size=64,
    epochs=15,
    verbose=0,
)
print("loss", [round(v, 3) for v in history.history["loss"][::3]])
print("val_loss", [round(v, 3) for v in history.history["val_loss"][::3]])

predicted = model.predict(x[cut:], batch_size=512, verbose=0)[:, 0] * goal_scale
forecast = start[cut:] + predicted
error = ((forecast - truth[cut:]) ** 2).mean()
naive = ((start[cut:] - truth[cut:]) ** 2).mean()
print("rmse of the forecast", round(float(np.sqrt(error)), 4))
print("rmse of 'as today'", round(float(np.sqrt(naive)), 4))
print("skill against 'as today'", round(float(1.0 - error / naive), 4))
