"""Stars 0 to 5 of a review from its features, as an ordinal net with cumulative outputs."""
import numpy as np
import keras
from keras import layers, ops

SEED = 47
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

LEVELS = 6
CUTS = np.array([-1.6, -0.8, 0.0, 0.9, 1.8])


def make_reviews(n):
    x = rng.normal(size=(n, 10)).astype("float32")
    opinion = x[:, 0] - 0.8 * x[:, 1] + 0.7 * np.tanh(2 * x[:, 2]) + 0.5 * x[:, 3] * x[:, 4]
    opinion = opinion + 0.2 * rng.normal(size=n)
    stars = (opinion[:, None] > CUTS[None, :]).sum(axis=1)
    return x, stars.astype("int32")


def cumulative(stars):
    """Column k tells whether the review has more than k stars."""
    return (stars[:, None] > np.arange(LEVELS - 1)[None, :]).astype("float32")


@keras.saving.register_keras_serializable()
class StarsFromCumulative(layers.Layer):
    """Turns P(stars > k), k = 0..4, into a number of stars."""

    def call(self, p):
        return ops.sum(ops.cast(p > 0.5, "int32"), axis=-1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0],)


def build():
    inputs = keras.Input((10,))
    h = layers.Dense(64, activation="relu")(inputs)
    h = layers.Dense(32, activation="relu")(h)
    more_than = layers.Dense(LEVELS - 1, activation="sigmoid", name="more_than")(h)
    learner = keras.Model(inputs, more_than, name="learner")
    reader = keras.Model(inputs, StarsFromCumulative()(more_than), name="reader")
    return learner, reader


x_train, s_train = make_reviews(3000)
x_val, s_val = make_reviews(500)
x_test, s_test = make_reviews(1000)

learner, reader = build()
learner.compile(optimizer=keras.optimizers.Adam(2e-3), loss="binary_crossentropy")
history = learner.fit(
    x_train,
    cumulative(s_train),
    validation_data=(x_val, cumulative(s_val)),
    batch_size=64,
    epochs=15,
    verbose=0,
)
print("loss", [round(v, 4) for v in history.history["loss"][::4]])
print("val_loss", [round(v, 4) for v in history.history["val_loss"][::4]])

stars = reader.predict(x_test, batch_size=512, verbose=0).reshape(-1)
print("given", np.bincount(s_test, minlength=LEVELS))
print("read ", np.bincount(stars.astype(int), minlength=LEVELS))
print("test mae in stars", round(float(np.abs(stars - s_test).mean()), 4))
