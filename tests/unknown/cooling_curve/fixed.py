"""Cooling of a casting: a few early readings, the rest from Newton's law (a physics-informed net)."""
import numpy as np
import keras
from keras import layers, ops

SEED = 59
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

RATE = 0.9      # per hour
START = 2.0     # excess over the room, in hundreds of kelvin
END = 4.0       # hours
EARLY = 0.3     # readings stop here


def exact(t):
    return START * np.exp(-RATE * t)


def make_rows(n_physics, n_readings):
    """Column 0 of the goal is the reading, column 1 tells whether there is one."""
    t_physics = rng.uniform(0.0, END, size=n_physics)
    t_reading = rng.uniform(0.0, EARLY, size=n_readings)
    reading = exact(t_reading) + 0.01 * rng.normal(size=n_readings)
    t = np.concatenate([t_physics, t_reading])
    goal = np.zeros((len(t), 2))
    goal[n_physics:, 0] = reading
    goal[n_physics:, 1] = 1.0
    return t[:, None].astype("float32"), goal.astype("float32")


class CoolingNet(keras.Model):
    """Misfit of the readings plus the residual of du/dt = -rate * u."""

    def __init__(self, rate, h=0.02, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.h = h
        self.hidden = [layers.Dense(24, activation="tanh") for _ in range(2)]
        self.out = layers.Dense(1)

    def call(self, t):
        z = t - END / 2
        for layer in self.hidden:
            z = layer(z)
        return self.out(z)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        measured = y[:, 1:]
        misfit = ops.sum(measured * ops.square(y_pred - y[:, :1]))
        misfit = misfit / (ops.sum(measured) + 1e-6)
        ahead = self(x + self.h)
        behind = self(x - self.h)
        slope = (ahead - behind) / (2.0 * self.h)
        residual = slope + self.rate * y_pred
        return misfit + ops.mean(ops.square(residual))


t, goal = make_rows(n_physics=1200, n_readings=400)
model = CoolingNet(RATE)
model.compile(optimizer=keras.optimizers.Adam(5e-3))
history = model.fit(t, goal, batch_size=64, epochs=36, verbose=0)
print("loss", [round(v, 5) for v in history.history["loss"][::7]])

grid = np.linspace(0.0, END, 201, dtype="float32")[:, None]
curve = model.predict(grid, batch_size=256, verbose=0)[:, 0]
truth = exact(grid[:, 0])
for hour in (0, 1, 2, 3, 4):
    print("hour", hour, "net", round(float(curve[50 * hour]), 3), "law", round(float(truth[50 * hour]), 3))
print("rmse of the curve", round(float(np.sqrt(((curve - truth) ** 2).mean())), 4))
