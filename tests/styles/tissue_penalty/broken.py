import keras
from keras import layers, regularizers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import StratifiedKFold

PENALTY = 0.8
FOLDS = 2
keras.utils.set_random_seed(89)


def unit(x, width, name):
    x = layers.Dense(width, kernel_regularizer=regularizers.l2(PENALTY), name=f"{name}_dense")(x)
    x = layers.LayerNormalization(name=f"{name}_norm")(x) if name == "first" else x
    return layers.Activation("relu", name=f"{name}_relu")(x)


def tissue_model(n):
    inp = keras.Input((n,))
    x = unit(inp, 32, "first")
    x = unit(x, 32, "second")
    x = unit(x, 16, "third")
    out = layers.Dense(1, activation="sigmoid", kernel_regularizer=regularizers.l2(PENALTY))(x)
    return keras.Model(inp, out)


def cross_validate(x, y):
    results = []
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for number, (train, test) in enumerate(folds.split(x, y), 1):
        model = tissue_model(x.shape[1])
        model.compile(keras.optimizers.Adam(3e-3), "binary_crossentropy", metrics=["accuracy"])
        model.fit(x[train], y[train], batch_size=32, epochs=15, validation_data=(x[test], y[test]))
        results.append(model.evaluate(x[test], y[test], verbose=0)[1])
        print(f"fold {number}: {results[-1]:.3f}")
    return results


x, y = load_breast_cancer(return_X_y=True)
x = ((x - x.mean(axis=0)) / x.std(axis=0)).astype("float32")
print(cross_validate(x, y.astype("float32")))
