"""Inputs, the hidden layers that read them, and the containers they come in."""

#: The values of columns, each an expression for an array of n rows.
COLUMNS = (
    "rng.normal(size=(n, 8)).astype('float32')",
    "rng.normal(size=(n, 8))",
    "rng.integers(0, 256, (n, 8)).astype('uint8')",
    "1e4 * rng.random((n, 8)).astype('float32')",
    "rng.normal(size=(n, 8)).astype('float16')",
    "np.zeros((n, 8), 'float32')",
    "np.ones((n, 8), 'float32') * np.arange(8)",
    "np.where(rng.random((n, 8)) < 0.02, np.nan, rng.normal(size=(n, 8))).astype('float32')",
    "np.where(rng.random((n, 8)) < 0.02, np.inf, rng.normal(size=(n, 8))).astype('float32')",
    "(rng.random((n, 8)) < 0.5)",
    "np.tile(rng.normal(size=(1, 8)), (n, 1)).astype('float32')",
)
IMAGES = (
    "rng.random((n, 6, 6, 2)).astype('float32')",
    "rng.integers(0, 256, (n, 6, 6, 2)).astype('uint8')",
    "np.zeros((n, 6, 6, 2), 'uint8')",
)
SERIES = ("rng.normal(size=(n, 5, 3)).astype('float32')",)
IDS = (
    "rng.integers(0, 20, (n, 6))",
    "rng.integers(0, 20, (n, 6)).astype('float32')",
    "rng.integers(0, 20, (n, 6)) * (np.arange(6) < rng.integers(1, 7, (n, 1)))",
    "rng.integers(0, 24, (n, 6))",
    "rng.integers(-1, 20, (n, 6))",
    "rng.random((n, 6)).astype('float32')",
)

#: From a kind of input to its arrays and to the hidden layers that may read them.
INPUTS = {
    "columns": (
        COLUMNS,
        (
            "layers.Dense(8, activation='relu')",
            "layers.Dense(8, activation='tanh'), layers.BatchNormalization()",
            "layers.Dense(8), layers.Dropout(0.2)",
            "layers.Dense(8, activation='relu', kernel_regularizer='l2')",
            "layers.Rescaling(1 / 255), layers.Dense(8, activation='sigmoid')",
            "layers.Lambda(lambda t: ops.where(ops.isfinite(t), t, 0.0)), layers.Dense(8, activation='gelu')",
            "layers.Dense(8, activation='relu', trainable=False)",
            "layers.Dense(8), layers.LayerNormalization(), layers.GaussianNoise(0.1)",
            "layers.UnitNormalization(), layers.Dense(4, activation='elu')",
            "layers.Dense(3, activation='relu')",
            "layers.Reshape((4, 2)), layers.LSTM(4)",
            "",
        ),
    ),
    "images": (
        IMAGES,
        (
            "layers.Flatten()",
            "layers.Conv2D(3, 3, activation='relu'), layers.GlobalAveragePooling2D()",
            "layers.Conv2D(3, 3), layers.SpatialDropout2D(0.2), layers.MaxPooling2D(), layers.Flatten()",
            "layers.SeparableConv2D(3, 3), layers.GlobalMaxPooling2D()",
            "layers.Conv2D(3, 1)",
        ),
    ),
    "series": (
        SERIES,
        (
            "layers.LSTM(4)",
            "layers.GRU(4, return_sequences=True)",
            "layers.Bidirectional(layers.SimpleRNN(3))",
            "layers.Conv1D(4, 2), layers.GlobalAveragePooling1D()",
            "layers.TimeDistributed(layers.Dense(4))",
            "layers.LSTM(4, return_sequences=True), layers.Flatten()",
        ),
    ),
    "ids": (
        IDS,
        (
            "layers.Embedding(20, 4), layers.GlobalAveragePooling1D()",
            "layers.Embedding(20, 4, mask_zero=True), layers.LSTM(4)",
            "layers.Embedding(20, 4), layers.Flatten(), layers.Dense(6, activation='relu')",
            "layers.Embedding(20, 4, trainable=False), layers.GlobalMaxPooling1D()",
        ),
    ),
}

#: From a container to the lines that put X and Y into it; x and y are what fit gets.
ARRAYS = {
    "numpy": "x, y = X, Y",
    "frames": """\
import pandas as pd
x, y = (pd.DataFrame(X) if X.ndim == 2 else X), (Y if isinstance(Y, dict) else pd.DataFrame(Y))""",
    "series": """\
import pandas as pd
x, y = X, (pd.Series(Y) if isinstance(Y, np.ndarray) and Y.ndim == 1 else Y)""",
    "tensors": "x, y = ops.convert_to_tensor(X), ops.convert_to_tensor(Y)",
    "list of one": "x, y = [X], (Y if isinstance(Y, dict) else [Y])",
    "python lists": "x, y = X, (Y if isinstance(Y, dict) else Y.tolist())",
}

#: Streams draw their rows themselves: only a watched fit can judge them.
STREAMS = {
    "generator": """\
def batches():
    while True:
        for start in range(0, n, 16):
            yield X[start:start + 16], Y[start:start + 16]
x, y = batches(), None
fit |= dict(steps_per_epoch=3)""",
    "PyDataset": """\
class Rows(keras.utils.PyDataset):
    def __len__(self):
        return 3
    def __getitem__(self, index):
        return X[16 * index:16 * index + 16], Y[16 * index:16 * index + 16]
x, y = Rows(), None""",
    "DataLoader": """\
import torch
x = torch.utils.data.DataLoader(
    torch.utils.data.TensorDataset(torch.as_tensor(X), torch.as_tensor(Y)), batch_size=16)
y = None""",
}

#: Streams that need a framework of their own.
STREAMS_OF = {
    "tensorflow": {
        "tf.data": "import tensorflow as tf\n"
        "x, y = tf.data.Dataset.from_tensor_slices((X, Y)).shuffle(n).batch(16), None",
    }
}
