"""A small transformer block over the rows of a digit; the rate warms up and then falls along a cosine to zero."""

import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(12)
EPOCHS, BATCH = 15, 64

images, kinds = load_digits(return_X_y=True)
images = (images.reshape(-1, 8, 8) / 8 - 1).astype("float32")
x_train, x_test, y_train, y_test = train_test_split(images, kinds, test_size=0.2, random_state=12)


class Positions(layers.Layer):
    def build(self, shape):
        self.table = self.add_weight(shape=shape[1:], initializer="random_normal", name="table")

    def call(self, inputs):
        return inputs + self.table


inputs = keras.Input((8, 8))
x = Positions()(layers.Dense(32)(inputs))
attended = layers.MultiHeadAttention(num_heads=2, key_dim=16)(x, x)
x = layers.LayerNormalization()(x + attended)
x = layers.LayerNormalization()(x + layers.Dense(32)(layers.Dense(64, activation="gelu")(x)))
outputs = layers.Dense(10, activation="softmax")(layers.Flatten()(x))

steps = EPOCHS * -(-len(x_train) // BATCH)
schedule = keras.optimizers.schedules.CosineDecay(
    initial_learning_rate=0.0, warmup_target=0.004, warmup_steps=steps // 10, decay_steps=steps - steps // 10
)
model = keras.Model(inputs, outputs)
model.compile(
    keras.optimizers.AdamW(schedule, weight_decay=0.01),
    "sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(x_train, y_train, epochs=EPOCHS, batch_size=BATCH, validation_data=(x_test, y_test), verbose=2)
print("test accuracy:", round(model.evaluate(x_test, y_test, verbose=0)[1], 3))
