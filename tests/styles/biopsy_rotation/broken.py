"""Cross-validated screening of biopsies; writes one figure per rotation."""
from dataclasses import dataclass, field

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler


@dataclass
class Study:
    rotations: int = 4
    hidden: tuple = (24, 12)
    rate: float = 2e-3
    epochs: int = 20
    batch: int = 32
    figures: list = field(default_factory=list)

    def network(self, width):
        net = keras.Sequential([keras.Input((width,))])
        for units in self.hidden:
            net.add(layers.Dense(units, activation="elu"))
        net.add(layers.Dense(1, activation="sigmoid"))
        net.compile(keras.optimizers.Adam(self.rate), "binary_crossentropy")
        return net

    def decide(self, net, x):
        return net.predict(x, verbose=0).argmax(axis=-1)

    def run(self, x, y):
        cut = StratifiedKFold(self.rotations, shuffle=True, random_state=11)
        for turn, (inside, outside) in enumerate(cut.split(x, y), 1):
            scale = StandardScaler().fit(x[inside])
            net = self.network(x.shape[1])
            log = net.fit(scale.transform(x[inside]), y[inside], epochs=self.epochs, batch_size=self.batch, verbose=0)
            found = self.decide(net, scale.transform(x[outside]))
            self.figures.append(balanced_accuracy_score(y[outside], found))
            print(f"rotation {turn}: loss {log.history['loss'][-1]:.4f}, balanced accuracy {self.figures[-1]:.4f}")
        return float(np.mean(self.figures))


if __name__ == "__main__":
    keras.utils.set_random_seed(205)
    x, y = load_breast_cancer(return_X_y=True)
    print(f"mean balanced accuracy {Study().run(x.astype('float32'), y):.4f}")
