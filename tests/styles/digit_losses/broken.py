import keras
from keras import layers, ops

from helpers import digit_arrays

keras.utils.set_random_seed(79)


class FocalLoss(keras.losses.Loss):
    """Cross-entropy that counts hard rows more."""

    def __init__(self, gamma=1.0, logits=True, name="focal"):
        super().__init__(name=name)
        self.gamma = gamma
        self.logits = logits

    def call(self, y_true, y_pred):
        y_true = ops.reshape(ops.cast(y_true, "int32"), (-1,))
        ce = ops.sparse_categorical_crossentropy(y_true, y_pred, from_logits=self.logits)
        p = ops.exp(-ce)
        return ops.power(1.0 - p, self.gamma) * ce


def make(width=64):
    image = keras.Input((8, 8))
    h = layers.Flatten()(image)
    h = layers.Dense(width, activation="relu")(h)
    h = layers.Dense(width, activation="relu")(h)
    return keras.Model(image, layers.Dense(10, activation="softmax")(h))


(x_train, y_train), (x_val, y_val) = digit_arrays()
model = make()
model.compile(
    optimizer=keras.optimizers.SGD(0.05, momentum=0.9),
    loss=FocalLoss(gamma=1.0),
    metrics=["accuracy"],
)
model.fit(x_train, y_train, batch_size=32, epochs=10, validation_data=(x_val, y_val))
print(model.evaluate(x_val, y_val, verbose=0))
