"""Do two digit images show the same class? A siamese net with a contrastive loss."""
import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_digits

MARGIN = 1.0


class Distance(layers.Layer):
    """Euclidean distance between two embeddings."""

    def call(self, pair):
        left, right = pair
        square = ops.sum(ops.square(left - right), axis=-1, keepdims=True)
        return ops.sqrt(square)


def contrastive(same, distance):
    near = same * ops.square(distance)
    far = (1.0 - same) * ops.square(ops.maximum(MARGIN - distance, 0.0))
    return ops.mean(near + far, axis=-1)


def decided(same, distance):
    return ops.mean(ops.cast(ops.equal(same > 0.5, distance < MARGIN / 2), "float32"))


def tower():
    return keras.Sequential(
        [
            keras.Input((64,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(16),
        ],
        name="tower",
    )


class PairMaker:
    """Half of the pairs are of one class, half of two."""

    def __init__(self, images, labels, seed):
        self.images = images
        self.labels = labels
        self.rng = np.random.default_rng(seed)
        self.groups = [np.flatnonzero(labels == k) for k in range(10)]

    def make(self, count):
        left = self.rng.integers(0, len(self.images), count)
        right = np.empty_like(left)
        same = (np.arange(count) % 2).astype("float32")
        for i, first in enumerate(left):
            label = self.labels[first]
            if same[i]:
                right[i] = self.rng.choice(self.groups[label])
            else:
                other = (label + self.rng.integers(1, 10)) % 10
                right[i] = self.rng.choice(self.groups[other])
        return self.images[left], self.images[right], same[:, None]


def main():
    keras.utils.set_random_seed(17)
    images, labels = load_digits(return_X_y=True)
    images = (images / 16.0).astype("float32")
    order = np.random.default_rng(17).permutation(len(images))
    images, labels = images[order], labels[order]

    train = PairMaker(images[:1300], labels[:1300], 1).make(6000)
    test = PairMaker(images[1300:], labels[1300:], 2).make(1000)

    base = tower()
    first, second = keras.Input((64,)), keras.Input((64,))
    model = keras.Model([first, second], Distance()([base(first), base(second)]))
    model.compile("adam", loss=contrastive, metrics=[decided])
    model.fit(
        [train[0], train[1]],
        train[2],
        validation_data=([test[0], test[1]], test[2]),
        epochs=8,
        batch_size=64,
        verbose=2,
    )
    distance = model.predict([test[0], test[1]], verbose=0)
    print("mean distance", float(distance.mean()))
    print("right", float(((distance < MARGIN / 2) == (test[2] > 0.5)).mean()))


if __name__ == "__main__":
    main()
