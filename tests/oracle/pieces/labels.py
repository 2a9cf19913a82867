"""Labels of every form, each with the losses, units, activations and metrics that go with it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fit:
    """What goes with a form of labels: texts to choose from.

    `losses` names a family of `pieces.losses`; `units` is an expression in k.
    """

    losses: str
    units: str
    activations: tuple[str, ...]
    metrics: tuple[str, ...]


BINARY = Fit("binary", "1", ("'sigmoid'",), ("'accuracy'", "'binary_accuracy'"))
SPARSE = Fit("sparse", "k", ("'softmax'",), ("'accuracy'", "'sparse_categorical_accuracy'"))
CATEGORICAL = Fit("categorical", "k", ("'softmax'",), ("'accuracy'", "'categorical_accuracy'"))
SEVERAL = Fit("binary", "k", ("'sigmoid'",), ("'binary_accuracy'", "keras.metrics.AUC(multi_label=True)"))
NUMBER = Fit("numbers", "1", ("None", "'softplus'"), ("'mae'", "keras.metrics.R2Score()"))
NUMBERS = Fit("numbers", "k", ("None",), ("'mae'",))
SIGNED = Fit("hinge", "1", ("'tanh'", "None"), ("'accuracy'", "'mse'"))

#: From an expression for an array of n rows to what goes with it.
LABELS = {
    "rng.integers(0, 2, n)": BINARY,
    "(X.reshape(n, -1)[:, 0] > 0).astype('int64')": BINARY,
    "rng.integers(0, 2, (n, 1)).astype('float32')": BINARY,
    "rng.integers(0, 2, n).astype(bool)": BINARY,
    "rng.integers(0, 2, n).astype('int8')": BINARY,
    "np.sort(rng.integers(0, 2, n))": BINARY,
    "(rng.random(n) < 0.05).astype('uint8')": BINARY,
    "np.where(rng.random(n) < 0.5, 0.05, 0.95)": BINARY,
    "rng.integers(0, 2, n) / 255": BINARY,
    "rng.random(n).astype('float32')": BINARY,
    "np.ones(n)": BINARY,
    "np.zeros((n, 1), 'int64')": BINARY,
    "1 + rng.integers(0, 2, n)": BINARY,
    "rng.choice([-1, 1], n)": SIGNED,
    "rng.choice([-1.0, 1.0], (n, 1)).astype('float32')": SIGNED,
    "rng.integers(0, k, n)": SPARSE,
    "rng.integers(0, k, (n, 1))": SPARSE,
    "rng.integers(0, k, n).astype('int16')": SPARSE,
    "rng.integers(0, k, n).astype('uint8')": SPARSE,
    "rng.integers(0, k, n).astype('float32')": SPARSE,
    "np.sort(rng.integers(0, k, n))": SPARSE,
    "1 + rng.integers(0, k, n)": SPARSE,
    "rng.integers(0, k + 3, n)": SPARSE,
    "3 * rng.integers(0, k, n)": SPARSE,
    "rng.integers(0, k, n) / 255": SPARSE,
    "rng.integers(0, k, n) / (k - 1)": SPARSE,
    "np.where(rng.random(n) < 0.25, -1, rng.integers(0, k, n))": SPARSE,
    "np.where(rng.random(n) < 0.25, 255, rng.integers(0, k, n))": SPARSE,
    "np.full(n, k - 1)": SPARSE,
    "np.array(list('abcdef'))[rng.integers(0, k, n)]": SPARSE,
    "np.eye(k, dtype='float32')[rng.integers(0, k, n)]": CATEGORICAL,
    "np.eye(k, dtype='int64')[rng.integers(0, k, n)]": CATEGORICAL,
    "np.eye(k, dtype=bool)[rng.integers(0, k, n)]": CATEGORICAL,
    "np.eye(k)[np.zeros(n, int)]": CATEGORICAL,
    "np.eye(k)[rng.integers(0, k, n)] * (rng.random((n, 1)) < 0.8)": CATEGORICAL,
    "0.9 * np.eye(k)[rng.integers(0, k, n)] + 0.1 / k": CATEGORICAL,
    "rng.dirichlet(np.ones(k), n)": CATEGORICAL,
    "rng.poisson(2.0, (n, k)).astype('float32')": CATEGORICAL,
    "(rng.random((n, k)) < 0.5).astype('float32')": SEVERAL,
    "(rng.random((n, k)) < 0.3).astype('int64')": SEVERAL,
    "rng.normal(size=n)": NUMBER,
    "rng.normal(size=(n, 1)).astype('float32')": NUMBER,
    "100 + 20 * rng.random(n)": NUMBER,
    "X.reshape(n, -1)[:, :2].sum(1).astype('float64')": NUMBER,
    "rng.integers(0, 60, n)": NUMBER,
    "np.where(rng.random(n) < 0.05, np.nan, rng.normal(size=n))": NUMBER,
    "np.zeros(n)": NUMBER,
    "rng.exponential(size=n)": NUMBER,
    "rng.normal(size=(n, k))": NUMBERS,
    "rng.random((n, k)).astype('float32')": NUMBERS,
}
