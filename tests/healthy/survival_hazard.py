"""Months until a customer leaves; a third has not left yet. One hazard a month, and a likelihood of one's own."""

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(27)
rng = np.random.default_rng(27)
MONTHS = 12

n = 2400
x = rng.normal(size=(n, 5)).astype("float32")
risk = 0.9 * x[:, 0] - 0.7 * x[:, 1] + 0.6 * np.abs(x[:, 2]) - 0.5
leaves = rng.exponential(9 * np.exp(-risk))
watched = rng.uniform(2, 14, n)
left = (leaves <= watched).astype("float32")
month = np.minimum(np.minimum(leaves, watched), MONTHS - 1).astype(int)

# for each month: was the customer still at risk, and did the customer leave in it?
at_risk = (np.arange(MONTHS)[None] <= month[:, None]).astype("float32")
event = np.zeros((n, MONTHS), "float32")
event[np.arange(n), month] = left
y = np.concatenate([event, at_risk], axis=1)


@keras.saving.register_keras_serializable()
class HazardLoss(keras.losses.Loss):
    def call(self, y_true, y_pred):
        happened, counted = y_true[:, :MONTHS], y_true[:, MONTHS:]
        log_likelihood = happened * ops.log(y_pred + 1e-7) + (1 - happened) * ops.log(1 - y_pred + 1e-7)
        return -ops.sum(counted * log_likelihood, axis=-1)


inputs = keras.Input((5,))
hidden = layers.Dense(24, activation="relu")(inputs)
hazard = layers.Dense(MONTHS, activation="sigmoid", bias_initializer=keras.initializers.Constant(-2.0))(
    hidden
)
model = keras.Model(inputs, hazard)
model.compile(keras.optimizers.Adam(0.005), loss=HazardLoss())
model.fit(x[:1800], y[:1800], validation_data=(x[1800:], y[1800:]), epochs=15, batch_size=40, verbose=2)

lasting = np.cumprod(1 - model.predict(x[1800:], verbose=0), axis=1).sum(axis=1)
t, e = np.minimum(leaves, watched)[1800:], left[1800:] == 1
comparable = e[:, None] & (t[:, None] < t[None])
agree = lasting[:, None] < lasting[None]
print("concordance:", round(float(agree[comparable].mean()), 3))
