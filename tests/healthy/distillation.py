"""A wide teacher, a student of 16 units: the student learns the teacher's softened answers and the labels at once."""

import keras
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(18)

x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    (x / 16).astype("float32"), y, test_size=400, random_state=18
)


def classifier(width):
    return keras.Sequential([keras.Input((64,)), layers.Dense(width, activation="relu"), layers.Dense(10)])


class Distiller(keras.Model):
    def __init__(self, student, teacher, temperature=3.0, alpha=0.3):
        super().__init__()
        teacher.trainable = False
        self.student, self.teacher = student, teacher
        self.temperature, self.alpha = temperature, alpha

    def call(self, inputs, training=None):
        return self.student(inputs, training=training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, **kwargs):
        hard = super().compute_loss(x, y, y_pred, sample_weight)
        soft = ops.softmax(self.teacher(x, training=False) / self.temperature)
        told = keras.losses.categorical_crossentropy(soft, y_pred / self.temperature, from_logits=True)
        return self.alpha * hard + (1 - self.alpha) * self.temperature**2 * ops.mean(told)


hard_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
teacher = classifier(128)
teacher.compile("adam", hard_loss, metrics=["accuracy"])
teacher.fit(x_train, y_train, epochs=12, batch_size=32, validation_data=(x_test, y_test), verbose=2)

distiller = Distiller(classifier(16), teacher)
distiller.compile(keras.optimizers.Adam(0.005), hard_loss, metrics=["accuracy"])
distiller.fit(x_train, y_train, epochs=15, batch_size=32, validation_data=(x_test, y_test), verbose=2)
print("teacher", round(teacher.evaluate(x_test, y_test, verbose=0)[1], 3))
print("student", round(distiller.evaluate(x_test, y_test, verbose=0, return_dict=True)["accuracy"], 3))
