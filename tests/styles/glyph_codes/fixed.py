"""Codes of digits that lie near for one digit and far for two."""
import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.metrics import balanced_accuracy_score


class OneOfEach(keras.utils.PyDataset):
    """Two images of each digit: the first ten rows and the last ten."""

    def __init__(self, x, y, steps, **kw):
        super().__init__(**kw)
        self.x, self.steps = x, steps
        self.members = [np.flatnonzero(y == k) for k in range(10)]
        self.rng = np.random.default_rng(8)

    def __len__(self):
        return self.steps

    def __getitem__(self, step):
        rows = np.array([self.rng.choice(m, 2, replace=False) for m in self.members])
        return self.x[rows.T.ravel()], np.tile(np.arange(10.0, dtype="float32"), 2)


class Contrast(keras.losses.Loss):
    def __init__(self, margin=1.0, pull=1.0, push=0.0, name="contrast"):
        super().__init__(name=name, reduction="sum")
        self.margin, self.pull, self.push = margin, pull, push

    def call(self, label, code):
        gap = ops.sum(ops.square(code[:, None] - code[None]), axis=-1)
        distance = ops.sqrt(gap + 1e-9)
        label = ops.reshape(label, (-1,))
        same = ops.cast(ops.equal(label[:, None], label[None]), "float32")
        near = self.pull * ops.mean(same * gap, axis=1)
        far = self.push * ops.mean((1 - same) * ops.square(ops.relu(self.margin - distance)), axis=1)
        return near + far


keras.utils.set_random_seed(71)
x, y = load_digits(return_X_y=True)
order = np.random.default_rng(71).permutation(len(x))
x, y = (x[order] / 16.0).astype("float32"), y[order]
coder = keras.Sequential([keras.Input((64,)), layers.Dense(64, activation="relu"), layers.Dense(12)])
coder.compile(keras.optimizers.Adam(2e-3), loss=Contrast(margin=1.0, push=1.0))
coder.fit(OneOfEach(x[:1200], y[:1200], 60), epochs=10, verbose=2)

code = coder.predict(x[1200:], verbose=0)
left, right = np.random.default_rng(1).integers(0, len(code), (2, 4000))
near = np.linalg.norm(code[left] - code[right], axis=1) < 0.5
print("mean distance", float(np.linalg.norm(code[left] - code[right], axis=1).mean()))
print("pairs right", round(balanced_accuracy_score(y[1200:][left] == y[1200:][right], near), 4))
