"""Dense reader for 8x8 digits, stacked from a list of widths."""
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(40)

WIDTHS = [96, 48, 10]
DROP = 0.3
EPOCHS = 14


class Stack:
    """Turns a list of widths into a network; the last width is the number of classes."""

    def __init__(self, widths, drop):
        self.widths = widths
        self.drop = drop

    def activation(self, position):
        return "softmax" if position == len(self.widths) - 1 else "relu"

    def layers(self):
        for position, width in enumerate(self.widths):
            yield layers.Dense(width, activation=self.activation(position))
            yield layers.Dropout(self.drop)

    def build(self, n_features):
        x = inputs = keras.Input((n_features,))
        for layer in self.layers():
            x = layer(x)
        return keras.Model(inputs, x)


def data():
    bunch = load_digits()
    x = (bunch.data / 16.0).astype("float32")
    y = keras.utils.to_categorical(bunch.target, 10)
    return train_test_split(x, y, test_size=0.3, random_state=40, stratify=bunch.target)


x_train, x_test, y_train, y_test = data()
model = Stack(WIDTHS, DROP).build(x_train.shape[1])
model.summary(line_length=80)
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss="categorical_crossentropy",
    metrics=["accuracy"],
)
log = model.fit(x_train, y_train, epochs=EPOCHS, batch_size=32, verbose=2)

print("training loss by epoch:", [round(v, 3) for v in log.history["loss"]])
print("training accuracy     :", [round(v, 3) for v in log.history["accuracy"]])
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"test loss {loss:.4f} accuracy {accuracy:.4f}")
