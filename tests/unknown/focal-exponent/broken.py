"""Digits with a focal loss (Lin et al.), gamma = 2."""

import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(4)
GAMMA = 2.0


@keras.saving.register_keras_serializable()
class FocalLoss(keras.losses.Loss):
    def __init__(self, gamma=GAMMA, classes=10, name="focal"):
        super().__init__(name=name)
        self.gamma = gamma
        self.classes = classes

    def call(self, y_true, y_pred):
        truth = ops.one_hot(ops.cast(ops.reshape(y_true, (-1,)), "int32"), self.classes)
        p = ops.sum(truth * y_pred, axis=-1)
        p = ops.clip(p, 1e-7, 1 - 1e-7)
        return -ops.power(p, self.gamma) * ops.log(p)


images, labels = load_digits(return_X_y=True)
images = (images / 16).astype("float32").reshape(-1, 8, 8, 1)
x_train, x_test, y_train, y_test = train_test_split(
    images, labels, test_size=0.25, random_state=4, stratify=labels
)

model = keras.Sequential(
    [
        keras.Input((8, 8, 1)),
        layers.Conv2D(12, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(32, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=FocalLoss(), metrics=["accuracy"])
history = model.fit(x_train, y_train, validation_data=(x_test, y_test), epochs=10, batch_size=32, verbose=2)
print("loss", np.round(history.history["loss"], 4))
print("accuracy on the test rows:", round(model.evaluate(x_test, y_test, verbose=0)[1], 4))
