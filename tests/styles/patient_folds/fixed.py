"""k-fold estimate for a risk model on a small, noisy table of patients."""
import keras
import numpy as np
from sklearn.datasets import make_classification
from sklearn.model_selection import KFold

SEED = 70
CONFIG = {
    "folds": 5,
    "units": (64, 32),
    "rate": 3e-3,
    "epochs": 25,
    "batch": 32,
}


def patients():
    x, y = make_classification(
        n_samples=500,
        n_features=20,
        n_informative=6,
        n_redundant=2,
        class_sep=1.3,
        flip_y=0.2,
        random_state=SEED,
    )
    return ((x - x.mean(0)) / x.std(0)).astype("float32"), y.astype("float32")


def risk_model(n_features, units, rate):
    net = keras.Sequential([keras.Input((n_features,))])
    for width in units:
        net.add(keras.layers.Dense(width, activation="relu"))
    net.add(keras.layers.Dense(1, activation="sigmoid"))
    net.compile(
        optimizer=keras.optimizers.Adam(rate), loss="binary_crossentropy", metrics=["accuracy"]
    )
    return net


class CrossValidation:
    def __init__(self, config, x, y):
        self.config, self.x, self.y = config, x, y
        self.model = risk_model(x.shape[1], config["units"], config["rate"])
        self.splits = KFold(config["folds"], shuffle=True, random_state=SEED)

    def fold(self, fit_rows, score_rows):
        model = risk_model(self.x.shape[1], self.config["units"], self.config["rate"])
        log = model.fit(
            self.x[fit_rows],
            self.y[fit_rows],
            validation_data=(self.x[score_rows], self.y[score_rows]),
            epochs=self.config["epochs"],
            batch_size=self.config["batch"],
            verbose=0,
        )
        return {key: log.history[key] for key in ("accuracy", "val_accuracy", "val_loss")}

    def run(self):
        results = []
        for number, (fit_rows, score_rows) in enumerate(self.splits.split(self.x), 1):
            result = self.fold(fit_rows, score_rows)
            results.append(result["val_accuracy"][-1])
            print(
                f"fold {number}: first epoch val {result['val_accuracy'][0]:.3f}, "
                f"last epoch train {result['accuracy'][-1]:.3f} val {results[-1]:.3f}"
            )
        return np.array(results)


def main():
    keras.utils.set_random_seed(SEED)
    x, y = patients()
    print(f"{len(x)} patients, {y.mean():.2f} at risk")
    scores = CrossValidation(CONFIG, x, y).run()
    print(f"accuracy {scores.mean():.3f} +- {scores.std():.3f}")


if __name__ == "__main__":
    main()
