"""Counting digits of the night camera with a torch DataLoader in front of Keras."""
import keras
import numpy as np
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, Dataset

keras.utils.set_random_seed(101)


class NightFrames(Dataset):
    """Frames as the archive keeps them: one drawer for each digit."""

    def __init__(self, images, labels):
        drawers = np.argsort(labels, kind="stable")
        self.images = images[drawers]
        self.labels = labels[drawers]

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        frame = self.images[index].astype("float32") / 16.0
        return frame[..., None], self.labels[index]


def loader(images, labels, batch=32, shuffle=False, workers=0):
    frames = NightFrames(images, labels)
    return DataLoader(frames, batch_size=batch, shuffle=shuffle, num_workers=workers)


def network():
    inputs = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(16, 3, padding="same", activation="relu")(inputs)
    x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(64, activation="relu")(x)
    return keras.Model(inputs, keras.layers.Dense(10)(x))


def cut(data, share):
    rng = np.random.default_rng(101)
    order = rng.permutation(len(data.target))
    edge = int(share * len(order))
    first, rest = order[:edge], order[edge:]
    return (data.images[first], data.target[first]), (data.images[rest], data.target[rest])


def main():
    train, test = cut(load_digits(), 0.8)
    train_loader = loader(*train)
    test_loader = loader(*test, batch=64)
    model = network()
    model.compile(
        optimizer=keras.optimizers.Adam(5e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(train_loader, validation_data=test_loader, epochs=8, verbose=2)
    frames = test[0][..., None].astype("float32") / 16.0
    guess = model.predict(frames, verbose=0).argmax(axis=1)
    print("answers given", np.bincount(guess, minlength=10))
    print("right", np.mean(guess == test[1]))


if __name__ == "__main__":
    main()
