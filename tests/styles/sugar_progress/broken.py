"""Disease progression from ten measurements with a robust loss that has its own gradient."""
import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

SEED = 19


@ops.custom_gradient
def log_cosh(difference):
    """log(cosh(d)), written so that large differences do not overflow."""
    size = ops.abs(difference)
    value = size + ops.log1p(ops.exp(-2.0 * size)) - np.log(2.0)

    def grad(*args, upstream=None):
        if upstream is None:
            (upstream,) = args
        slope = 1.0 - ops.square(ops.tanh(difference))
        return upstream * slope

    return value, grad


class RobustLoss(keras.losses.Loss):
    def call(self, y_true, y_pred):
        y_true = ops.cast(y_true, y_pred.dtype)
        return ops.mean(log_cosh(y_pred - y_true), axis=-1)


class Prepared:
    def __init__(self, seed):
        table, target = load_diabetes(return_X_y=True)
        x_train, x_test, y_train, y_test = train_test_split(
            table, target, test_size=0.25, random_state=seed
        )
        columns, values = StandardScaler(), StandardScaler()
        self.x_train = columns.fit_transform(x_train).astype("float32")
        self.x_test = columns.transform(x_test).astype("float32")
        self.y_train = values.fit_transform(y_train[:, None]).astype("float32")
        self.y_test = values.transform(y_test[:, None]).astype("float32")


def regressor(columns):
    return keras.Sequential(
        [
            keras.Input((columns,)),
            layers.Dense(24, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-3)),
            layers.Dense(1),
        ]
    )


def r_squared(truth, guess):
    return 1.0 - np.sum((truth - guess) ** 2) / np.sum((truth - truth.mean()) ** 2)


def main():
    keras.utils.set_random_seed(SEED)
    data = Prepared(SEED)
    model = regressor(data.x_train.shape[1])
    model.compile(
        optimizer=keras.optimizers.Adam(5e-3), loss=RobustLoss(), metrics=["mae"]
    )
    history = model.fit(
        data.x_train,
        data.y_train,
        validation_data=(data.x_test, data.y_test),
        epochs=30,
        batch_size=32,
        verbose=0,
    )
    for key in ("loss", "val_loss", "mae"):
        print(key, [round(float(v), 3) for v in history.history[key][::6]])
    print("r2", round(float(r_squared(data.y_test, model.predict(data.x_test, verbose=0))), 3))


if __name__ == "__main__":
    main()
