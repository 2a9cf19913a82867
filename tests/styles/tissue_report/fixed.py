"""Screening report: malignant or benign from thirty measured cell features."""
import keras
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from nets_fixed import classifier

keras.utils.set_random_seed(11)

EPOCHS = 15
BATCH = 32


def load():
    bunch = load_breast_cancer()
    x_train, x_test, y_train, y_test = train_test_split(
        bunch.data, bunch.target, test_size=0.25, stratify=bunch.target, random_state=11
    )
    scaler = StandardScaler().fit(x_train)
    x_train = scaler.transform(x_train).astype("float32")
    x_test = scaler.transform(x_test).astype("float32")
    return x_train, y_train.astype("float32"), x_test, y_test.astype("float32")


def train(model, x, y):
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss="binary_crossentropy",
        metrics=["accuracy", keras.metrics.AUC(name="auc")],
    )
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=8, restore_best_weights=True)
    return model.fit(
        x, y, validation_split=0.2, epochs=EPOCHS, batch_size=BATCH, callbacks=[stop], verbose=2
    )


def report(model, x, y):
    loss, accuracy, auc = model.evaluate(x, y, verbose=0)
    scores = model.predict(x, verbose=0).ravel()
    print(f"test loss {loss:.4f}  accuracy {accuracy:.4f}  auc {auc:.4f}")
    for name, value in (("malignant", 0), ("benign", 1)):
        rows = scores[y == value]
        print(f"{name:>10}: n={len(rows):3d} mean score {rows.mean():.3f}")
    wrong = np.flatnonzero((scores > 0.5) != (y > 0.5))
    print("rows to look at again:", len(wrong))


def main():
    x_train, y_train, x_test, y_test = load()
    model = classifier(x_train.shape[1], 1)
    model.summary()
    train(model, x_train, y_train)
    report(model, x_test, y_test)


if __name__ == "__main__":
    main()
