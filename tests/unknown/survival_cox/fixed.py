"""Risk score for time to failure of pumps, trained with the Cox partial likelihood."""
import numpy as np
import keras
from keras import layers, ops

SEED = 7
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)


def make_pumps(n):
    x = rng.normal(size=(n, 8)).astype("float32")
    risk = 1.1 * x[:, 0] - 0.9 * x[:, 1] + 0.8 * x[:, 2] * x[:, 3] + 0.6 * np.abs(x[:, 4])
    failure = rng.exponential(scale=np.exp(-risk))
    censor = rng.exponential(scale=3.0, size=n)
    time = np.minimum(failure, censor)
    event = (failure <= censor).astype("float32")
    return x, np.stack([time, event], axis=1).astype("float32")


def cox_loss(y_true, y_pred):
    """Negative log partial likelihood of one batch (Breslow, no ties)."""
    time = y_true[:, 0]
    event = y_true[:, 1]
    risk = ops.clip(ops.reshape(y_pred, (-1,)), -12.0, 12.0)
    order = ops.argsort(-time)
    risk = ops.take(risk, order)
    event = ops.take(event, order)
    log_at_risk = ops.log(ops.cumsum(ops.exp(risk)))
    log_lik = (risk - log_at_risk) * event
    return -ops.sum(log_lik) / (ops.sum(event) + 1.0)


def concordance(time, event, risk):
    """Share of comparable pairs in which the earlier failure has the higher risk."""
    good, pairs = 0.0, 0.0
    for i in range(len(time)):
        if event[i] == 0:
            continue
        later = time > time[i]
        pairs += later.sum()
        good += (risk[i] > risk[later]).sum() + 0.5 * (risk[i] == risk[later]).sum()
    return good / pairs


x_train, y_train = make_pumps(3000)
x_val, y_val = make_pumps(600)
x_test, y_test = make_pumps(1000)

model = keras.Sequential(
    [
        layers.Input((8,)),
        layers.Dense(48, activation="relu"),
        layers.Dense(24, activation="relu"),
        layers.Dense(1, use_bias=False),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=cox_loss)
history = model.fit(
    x_train,
    y_train,
    validation_data=(x_val, y_val),
    batch_size=128,
    epochs=20,
    verbose=0,
)
print("last training loss", round(history.history["loss"][-1], 4))
print("last validation loss", round(history.history["val_loss"][-1], 4))

risk = model.predict(x_test, batch_size=512, verbose=0)[:, 0]
print("events in the test rows", int(y_test[:, 1].sum()))
print("concordance", round(float(concordance(y_test[:, 0], y_test[:, 1], risk)), 4))
