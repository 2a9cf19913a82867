import keras
import torch
from keras import layers
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, Dataset

keras.utils.set_random_seed(101)
TOP = 17


class Digits(Dataset):
    """The images of scikit-learn as bytes, as a camera would deliver them."""

    def __init__(self, first, last):
        digits = load_digits()
        self.images = torch.from_numpy(digits.images[first:last].astype("uint8"))
        self.labels = torch.from_numpy(digits.target[first:last])

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        image = self.images[i] / TOP
        return image.float().unsqueeze(-1), self.labels[i]


train = DataLoader(Digits(0, 1400), batch_size=64, shuffle=True)
val = DataLoader(Digits(1400, 1797), batch_size=64)

model = keras.Sequential([
    keras.Input((8, 8, 1)),
    layers.Conv2D(16, 3, padding="same", activation="relu"),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(48, activation="relu"),
    layers.Dense(10, activation="softmax"),
])
model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=6)
