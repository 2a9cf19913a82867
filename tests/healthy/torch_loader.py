"""Ten digits from a torch DataLoader."""
# needs: torch

from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
import torch
from keras import layers
from torch.utils.data import DataLoader, TensorDataset

keras.utils.set_random_seed(0)

table = np.loadtxt(
    Path(find_spec("sklearn").origin).parent / "datasets" / "data" / "digits.csv.gz",
    delimiter=",",
    dtype="float32",
)
rows = TensorDataset(torch.from_numpy(table[:, :64] / 16), torch.from_numpy(table[:, 64]).long())
loader = DataLoader(rows, batch_size=32, shuffle=True)

model = keras.Sequential([layers.Dense(64, activation="relu"), layers.Dense(10)])
model.compile(
    optimizer=keras.optimizers.Adam(0.003),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(loader, epochs=8, verbose=2)
