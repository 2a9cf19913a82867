"""Five yes/no questions on a digit: sigmoids, and an accuracy that counts each answer."""

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
)
images, digits = table[:, :64] / 16, table[:, 64].astype(int)
facts = np.stack(
    [
        digits % 2 == 0,
        digits > 4,
        np.isin(digits, [2, 3, 5, 7]),
        np.isin(digits, [0, 6, 8, 9]),
        digits % 3 == 0,
    ],
    axis=1,
)

inputs = keras.Input((64,))
outputs = layers.Dense(5, activation="sigmoid")(layers.Dense(64, activation="relu")(inputs))
model = keras.Model(inputs, outputs)
model.compile(
    optimizer=keras.optimizers.Adam(0.005),
    loss="binary_crossentropy",
    metrics=[keras.metrics.BinaryAccuracy()],
)
model.fit(images, facts.astype("float32"), epochs=8, batch_size=32, verbose=2)
