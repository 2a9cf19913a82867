# Cross-validated scores for the tumour table, one fresh network per fold.
import keras
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import accuracy_score, confusion_matrix
from sklearn.model_selection import StratifiedKFold

keras.utils.set_random_seed(31)

FOLDS = 4
SETTINGS = dict(epochs=12, batch_size=32, verbose=0)


class FoldRunner:
    """Fit on one part, score the other, keep the figures."""

    def __init__(self, folds, settings):
        self.folds = StratifiedKFold(folds, shuffle=True, random_state=31)
        self.settings = settings
        self.scores = []
        self.table = np.zeros((2, 2), dtype=int)

    @staticmethod
    def network(x):
        scale = keras.layers.Normalization()
        scale.adapt(x)
        net = keras.Sequential(
            [
                keras.Input((x.shape[1],)),
                scale,
                keras.layers.Dense(24, activation="gelu"),
                keras.layers.Dropout(0.2),
                keras.layers.Dense(1, activation="sigmoid"),
            ]
        )
        net.compile(optimizer=keras.optimizers.Adam(3e-3), loss="binary_crossentropy")
        return net

    @staticmethod
    def decide(net, x):
        return (net.predict(x, verbose=0).ravel() > 0.5).astype(int)

    def run(self, x, y):
        for number, (fit_rows, score_rows) in enumerate(self.folds.split(x, y), 1):
            net = self.network(x[fit_rows])
            history = net.fit(x[fit_rows], y[fit_rows], **self.settings)
            decided = self.decide(net, x[score_rows])
            score = accuracy_score(y[score_rows], decided)
            self.scores.append(score)
            self.table += confusion_matrix(y[score_rows], decided, labels=[0, 1])
            losses = history.history["loss"]
            print(f"fold {number}: loss {losses[0]:.3f} -> {losses[-1]:.3f}  accuracy {score:.4f}")
        return np.mean(self.scores), np.std(self.scores)


bunch = load_breast_cancer()
features = bunch.data.astype("float32")
labels = bunch.target

runner = FoldRunner(FOLDS, SETTINGS)
mean, spread = runner.run(features, labels)
print(f"accuracy {mean:.4f} +- {spread:.4f}")
print("rows: truth, columns: decision")
print(runner.table)
