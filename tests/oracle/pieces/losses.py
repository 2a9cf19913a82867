"""Losses by family, as strings, objects, functions, partials, subclasses and lambdas."""

#: From a family of losses to expressions for one.
LOSSES = {
    "binary": (
        "'binary_crossentropy'",
        "keras.losses.BinaryCrossentropy()",
        "keras.losses.BinaryCrossentropy(from_logits=True)",
        "keras.losses.BinaryCrossentropy(label_smoothing=0.1)",
        "keras.losses.binary_crossentropy",
        "functools.partial(keras.losses.binary_crossentropy, from_logits=True)",
        "lambda t, p: keras.losses.binary_crossentropy(t, p, from_logits=True)",
        "lambda t, p: keras.losses.binary_crossentropy(t, p)",
        "keras.losses.BinaryFocalCrossentropy()",
        "keras.losses.BinaryFocalCrossentropy(from_logits=True, gamma=1.0)",
        "binary_crossentropy",
        "BinaryCrossentropy()",
        "'binary_focal_crossentropy'",
        "'hinge'",
        "keras.losses.Dice()",
        "weighted",
    ),
    "sparse": (
        "'sparse_categorical_crossentropy'",
        "keras.losses.SparseCategoricalCrossentropy()",
        "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
        "keras.losses.SparseCategoricalCrossentropy(ignore_class=-1)",
        "keras.losses.SparseCategoricalCrossentropy(ignore_class=255)",
        "keras.losses.SparseCategoricalCrossentropy(ignore_class=0)",
        "keras.losses.sparse_categorical_crossentropy",
        "functools.partial(keras.losses.sparse_categorical_crossentropy, from_logits=True)",
        "functools.partial(keras.losses.sparse_categorical_crossentropy, ignore_class=-1)",
        "lambda t, p: keras.losses.sparse_categorical_crossentropy(t, p, from_logits=True)",
        "sparse_categorical_crossentropy",
        "SparseCategoricalCrossentropy()",
        "keras.losses.Circle()",
    ),
    "categorical": (
        "'categorical_crossentropy'",
        "keras.losses.CategoricalCrossentropy()",
        "keras.losses.CategoricalCrossentropy(from_logits=True)",
        "keras.losses.CategoricalCrossentropy(label_smoothing=0.1)",
        "keras.losses.CategoricalCrossentropy(axis=1)",
        "keras.losses.categorical_crossentropy",
        "functools.partial(keras.losses.categorical_crossentropy, from_logits=True)",
        "keras.losses.CategoricalFocalCrossentropy()",
        "'kl_divergence'",
        "categorical_crossentropy",
        "lambda t, p: -ops.sum(t * ops.log_softmax(p), axis=-1)",
        "lambda t, p: -ops.sum(t * ops.log(p + 1e-7), axis=-1)",
    ),
    "numbers": (
        "'mse'",
        "'mae'",
        "keras.losses.Huber()",
        "keras.losses.MeanSquaredError()",
        "lambda t, p: ops.mean(ops.square(t - p), axis=-1)",
        "masked",
        "'log_cosh'",
        "'poisson'",
        "'mean_squared_logarithmic_error'",
        "keras.losses.CosineSimilarity()",
        "mean_squared_error",
        "keras.losses.MeanAbsolutePercentageError()",
    ),
    "hinge": ("'hinge'", "'squared_hinge'", "keras.losses.CategoricalHinge()"),
}

#: What a loss of one's own needs before it can be named; names of Keras are borrowed on purpose.
DEFINITIONS = {
    "binary_crossentropy": """\
def binary_crossentropy(t, p):
    return keras.losses.binary_crossentropy(t, p, from_logits=True)""",
    "sparse_categorical_crossentropy": """\
def sparse_categorical_crossentropy(t, p):
    return keras.losses.sparse_categorical_crossentropy(t, p, from_logits=True)""",
    "categorical_crossentropy": """\
def categorical_crossentropy(t, p):
    return keras.losses.categorical_crossentropy(t, p, from_logits=True)""",
    "mean_squared_error": """\
def mean_squared_error(t, p):
    return ops.mean(ops.square(ops.log1p(ops.abs(t)) - p), axis=-1)""",
    "weighted": """\
def weighted(t, p):
    return (1.0 + 3.0 * t) * ops.square(t - ops.sigmoid(p))""",
    "masked": """\
def masked(t, p):
    t = ops.reshape(t, ops.shape(p))
    return ops.where(ops.isfinite(t), ops.square(ops.where(ops.isfinite(t), t, 0.0) - p), 0.0)""",
    "BinaryCrossentropy()": """\
class BinaryCrossentropy(keras.losses.Loss):
    def call(self, t, p):
        return keras.losses.binary_crossentropy(t, p, from_logits=True)""",
    "SparseCategoricalCrossentropy()": """\
class SparseCategoricalCrossentropy(keras.losses.Loss):
    def call(self, t, p):
        return keras.losses.sparse_categorical_crossentropy(t, p, from_logits=True)""",
}

METRICS = (
    "'accuracy'",
    "'binary_accuracy'",
    "'categorical_accuracy'",
    "'sparse_categorical_accuracy'",
    "keras.metrics.Accuracy()",
    "keras.metrics.BinaryAccuracy(threshold=0.0)",
    "keras.metrics.BinaryAccuracy(name='acc')",
    "keras.metrics.CategoricalAccuracy(name='accuracy')",
    "keras.metrics.SparseTopKCategoricalAccuracy(k=2)",
    "keras.metrics.MeanMetricWrapper(lambda t, p: ops.equal(t > 0, p > 0), name='accuracy')",
    "keras.metrics.AUC()",
    "'mae'",
    "'mse'",
)
