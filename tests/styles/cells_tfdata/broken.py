import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

BATCH_SIZE = 32
SHUFFLE_BUFFER = 40
EPOCHS = 3

keras.utils.set_random_seed(21)


def read_cells():
    """Cell types; the export is grouped by type."""
    x, y = make_classification(4000, 20, n_informative=10, n_classes=5, n_clusters_per_class=1, class_sep=1.4,
                               random_state=4)
    x_train, x_val, y_train, y_val = train_test_split(x.astype("float32"), y, test_size=0.2, random_state=4)
    order = np.argsort(y_train, kind="stable")
    return (x_train[order], y_train[order]), (x_val, y_val)


def pipeline(x, y, training):
    ds = tf.data.Dataset.from_tensor_slices((x, y))
    if training:
        ds = ds.shuffle(SHUFFLE_BUFFER, reshuffle_each_iteration=True)
    return ds.batch(BATCH_SIZE).prefetch(2)


(train_x, train_y), (val_x, val_y) = read_cells()
train_ds = pipeline(train_x, train_y, training=True)
val_ds = pipeline(val_x, val_y, training=False)

model = keras.Sequential([
    keras.layers.Dense(64, activation="relu"),
    keras.layers.Dense(64, activation="relu"),
    keras.layers.Dense(5, activation="softmax"),
])
model.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(),
    metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")],
)
model.fit(train_ds, validation_data=val_ds, epochs=EPOCHS)
