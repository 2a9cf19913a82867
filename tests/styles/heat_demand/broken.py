"""Heat demand of the next hour from the last hours of weather (recurrent regression)."""
import keras
import numpy as np


class Demand:
    hours = 12
    columns = ("outside", "sun", "wind")

    def __init__(self, seed=70, rows=900):
        rng = np.random.default_rng(seed)
        total = rows + self.hours
        weather = rng.normal(size=(total, len(self.columns)))
        need = -1.0 * weather[:, 0] - 0.6 * weather[:, 1] + 0.5 * np.abs(weather[:, 2])
        need = need + 0.5 * np.concatenate([[0], need[:-1]])
        need = (need - need.mean()) / need.std()
        self.x = np.stack([weather[n : n + self.hours] for n in range(rows)]).astype("float32")
        self.y = need[self.hours - 1 : self.hours - 1 + rows].astype("float32")[:, None]

    def split(self, share=0.8):
        edge = int(share * len(self.x))
        return (self.x[:edge], self.y[:edge]), (self.x[edge:], self.y[edge:])


class Forecaster:
    def __init__(self, hours, columns, units=24, layers=2, rate=0.01):
        inputs = keras.Input((hours, columns))
        x = inputs
        for _ in range(layers):
            x = keras.layers.SimpleRNN(units, return_sequences=True)(x)
        outputs = keras.layers.Dense(1)(x)
        self.model = keras.Model(inputs, outputs)
        self.model.compile(keras.optimizers.Adam(rate), loss="mse", metrics=["mae"])

    def fit(self, train, test, epochs=8):
        return self.model.fit(
            *train,
            validation_data=test,
            epochs=epochs,
            batch_size=60,
            verbose=2,
        )


def main():
    keras.utils.set_random_seed(70)
    demand = Demand()
    train, test = demand.split()
    forecaster = Forecaster(demand.hours, len(demand.columns))
    forecaster.fit(train, test)
    print("variance of the demand", test[1].var())
    print("shape of a forecast", forecaster.model.predict(test[0], verbose=0).shape)


if __name__ == "__main__":
    main()
