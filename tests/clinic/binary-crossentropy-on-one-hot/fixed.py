"""Ten digits as one-hot rows: is each entry right?"""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(6)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
x, y = table[:, :64] / 16, np.eye(10)[table[:, 64].astype(int)]

model = keras.Sequential(
    [
        layers.Input((64,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.SGD(0.05),
    loss="categorical_crossentropy",
    metrics=["categorical_accuracy"],
)
model.fit(x, y, epochs=8, batch_size=32, verbose=2)
