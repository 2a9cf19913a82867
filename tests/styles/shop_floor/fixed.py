"""Two questions about one machine reading: which fault, and how many hours are left."""
import keras
import numpy as np
from keras import layers
from sklearn.model_selection import train_test_split

SEED = 29
COLUMNS = 16
FAULTS = 4
SHARES = [0.52, 0.24, 0.16, 0.08]


def readings(rows, rng):
    fault = rng.choice(FAULTS, size=rows, p=SHARES)
    signature = rng.normal(size=(FAULTS, COLUMNS)) * 0.9
    x = signature[fault] + rng.normal(size=(rows, COLUMNS))
    wear = x[:, :4].sum(axis=1) + 0.5 * x[:, 5] * x[:, 6]
    hours = (wear - wear.mean()) / wear.std()
    return x.astype("float32"), fault.astype("int32"), hours.astype("float32")


class Balance:
    """Rows of rare faults weigh more, so that each fault counts the same."""

    def __init__(self, labels):
        self.counts = np.bincount(labels, minlength=FAULTS)
        self.per_class = self.counts.mean() / self.counts

    def __call__(self, labels):
        return self.per_class[labels].astype("float32")


def build():
    inputs = keras.Input((COLUMNS,), name="reading")
    x = layers.Dense(64, activation="relu")(inputs)
    x = layers.Dense(64, activation="relu")(x)
    fault = layers.Dense(FAULTS, activation="softmax", name="fault")(x)
    hours = layers.Dense(1, name="hours")(x)
    return keras.Model(inputs, {"fault": fault, "hours": hours})


def report(model, x, fault, hours):
    out = model.predict(x, verbose=0)
    guess = out["fault"].argmax(axis=1)
    recalls = [float((guess[fault == k] == k).mean()) for k in range(FAULTS)]
    error = float(np.mean((out["hours"][:, 0] - hours) ** 2))
    print("recall by fault", [round(r, 3) for r in recalls])
    print(f"accuracy {np.mean(guess == fault):.3f}  hours mse {error:.3f}")


def main():
    keras.utils.set_random_seed(SEED)
    x, fault, hours = readings(4000, np.random.default_rng(SEED))
    x, x_test, fault, fault_test, hours, hours_test = train_test_split(
        x, fault, hours, test_size=0.25, random_state=SEED
    )
    balance = Balance(fault)
    model = build()
    model.compile(
        optimizer="adam",
        loss={"fault": "sparse_categorical_crossentropy", "hours": "mse"},
        metrics={"fault": ["accuracy"], "hours": ["mae"]},
    )
    model.fit(
        x,
        {"fault": fault, "hours": hours},
        sample_weight={"fault": balance(fault), "hours": np.ones(len(x), "float32")},
        epochs=12,
        batch_size=32,
        verbose=2,
    )
    report(model, x_test, fault_test, hours_test)


if __name__ == "__main__":
    main()
