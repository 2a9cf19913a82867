"""Which of five desks should an order go to? Options on the command line."""
import argparse

import keras
from keras import layers
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--layers", type=int, nargs="*", default=[48, 24])
    parser.add_argument("--activation", default="relu")
    parser.add_argument("--final", default="softmax", help="activation of the last layer")
    parser.add_argument("--learning-rate", type=float, default=5e-3)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=83)
    return parser.parse_args()


def orders(seed):
    x, y = make_classification(1800, 14, n_informative=8, n_classes=5, n_clusters_per_class=1, class_sep=1.6,
                               flip_y=0.01, random_state=seed)
    return train_test_split(x.astype("float32"), y, test_size=0.25, random_state=seed)


def router(args, n_features):
    x = inputs = keras.Input((n_features,))
    for units in args.layers:
        x = layers.Dense(units, activation=args.activation)(x)
    return keras.Model(inputs, layers.Dense(5, activation=args.final)(x))


def main():
    args = arguments()
    keras.utils.set_random_seed(args.seed)
    x_train, x_val, y_train, y_val = orders(args.seed)
    model = router(args, x_train.shape[1])
    model.compile(
        optimizer=keras.optimizers.Adam(args.learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(x_train, y_train, batch_size=args.batch_size, epochs=args.epochs, validation_data=(x_val, y_val))


if __name__ == "__main__":
    main()
