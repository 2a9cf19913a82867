"""How outputs end, how models are built, and how they are compiled and fitted."""

ACTIVATIONS = (
    "None",
    "'linear'",
    "'sigmoid'",
    "'softmax'",
    "'tanh'",
    "'relu'",
    "'relu6'",
    "'elu'",
    "'gelu'",
    "'softplus'",
    "'exponential'",
    "'hard_sigmoid'",
    "'leaky_relu'",
    "'log_softmax'",
    "keras.activations.softmax",
    "lambda t: ops.softmax(t, axis=-1)",
    "lambda t: t",
)

UNITS = ("1", "k", "k + 1", "max(1, k - 1)", "2", "k")

#: What may follow the last Dense, each a list of layers.
TAILS = (
    "layers.Activation('softmax')",
    "layers.Softmax()",
    "layers.Softmax(axis=1)",
    "layers.Softmax(axis=0)",
    "layers.Activation('sigmoid')",
    "layers.ReLU()",
    "layers.LeakyReLU()",
    "layers.Dropout(0.0)",
    "layers.Dropout(0.4)",
    "layers.GaussianDropout(0.4)",
    "layers.GaussianNoise(0.2)",
    "layers.AlphaDropout(0.3)",
    "layers.BatchNormalization()",
    "layers.BatchNormalization(), layers.Activation('sigmoid')",
    "layers.LayerNormalization()",
    "layers.Dropout(0.4), layers.Dense(u)",
    "layers.Dropout(0.4), layers.Reshape((u, 1)), layers.GlobalAveragePooling1D()",
    "layers.Reshape((u, 1))",
    "layers.Reshape((u, 1)), layers.Softmax(axis=1)",
    "layers.Reshape((u, 1)), layers.Softmax()",
    "layers.Reshape((1, u))",
    "layers.Rescaling(3.0)",
    "layers.Rescaling(0.5, offset=0.25)",
    "layers.Lambda(lambda t: t)",
    "layers.Lambda(lambda t: ops.sigmoid(t))",
    "layers.ActivityRegularization(l2=1e-3)",
    "layers.UnitNormalization()",
    "layers.Flatten()",
)

#: What may be computed of the output `t` without a layer of its own; only functional models have it.
ENDS = (
    "ops.sigmoid(t)",
    "ops.softmax(t)",
    "keras.activations.softmax(t)",
    "ops.clip(t, 0.0, 1.0)",
    "ops.relu(t)",
    "2.0 * t",
    "t - 0.5",
    "ops.nan_to_num(t)",
    "layers.Concatenate()([t, t])",
    "layers.Add()([t, t])",
    "layers.Average()([t, t])",
)

#: From a way of building to the lines that build `model` of `body`, `head` and the rows X.
BUILDS = {
    "sequential": "model = keras.Sequential([keras.Input(X.shape[1:]), *body, *head])",
    "nested": """\
model = keras.Sequential([keras.Input(X.shape[1:]), keras.Sequential(body), keras.Sequential(head)])""",
    "functional": """\
t = inputs = keras.Input(X.shape[1:])
for layer in (*body, *head):
    t = layer(t)
model = keras.Model(inputs, {end})""",
    "subclass": """\
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.steps = [*body, *head]
    def call(self, t):
        for step in self.steps:
            t = step(t)
        return t
model = Net()
model(X[:1])""",
    "own train_step": """\
class Net(keras.Sequential):
    def train_step(self, *arguments):
        return super().train_step(*arguments)
model = Net([keras.Input(X.shape[1:]), *body, *head])""",
    "frozen": """\
model = keras.Sequential([keras.Input(X.shape[1:]), *body, *head])
model.trainable = False""",
    "stateful": """\
body = [layers.Reshape((1, -1)), layers.SimpleRNN(3, stateful=True)]
model = keras.Sequential([keras.Input((1, *X.shape[1:]), batch_size=16), *body, *head])
X = X[:, None]""",
    "two outputs": """\
t = inputs = keras.Input(X.shape[1:])
for layer in body:
    t = layer(t)
first = t
for layer in head:
    first = layer(first)
second = layers.Dense(2, activation="softmax")(layers.Flatten()(t))
model = keras.Model(inputs, {{"first": first, "second": second}})
Y = {{"first": Y, "second": rng.integers(0, 2, n)}}
loss = {{"first": loss, "second": "sparse_categorical_crossentropy"}}
metrics = {{"first": metrics, "second": ["accuracy"]}}""",
}

OPTIMIZERS = (
    "'adam'",
    "'sgd'",
    "'rmsprop'",
    "keras.optimizers.Adam(1e-2)",
    "keras.optimizers.SGD(0.0)",
    "keras.optimizers.SGD(0.1, momentum=0.9)",
    "keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-3, 10))",
    "keras.optimizers.AdamW(1e-3, weight_decay=0.1)",
)

#: Arguments of fit beside the rows; `Y` are the labels.
FITS = (
    "dict(class_weight={0: 1.0, 1: 4.0})",
    "dict(class_weight={0: 0.0, 1: 1.0})",
    "dict(class_weight={0: 0.0, 1: 0.0})",
    "dict(class_weight={5: 2.0, 6: 1.0})",
    "dict(sample_weight=rng.random(n))",
    "dict(sample_weight=np.zeros(n))",
    "dict(validation_split=0.25)",
    "dict(validation_data=(X[:16], Y[:16]))",
    "dict(shuffle=False)",
    "dict(batch_size=7)",
    "dict(callbacks=[keras.callbacks.EarlyStopping('val_loss', mode='max')], validation_split=0.25)",
    "dict(callbacks=[keras.callbacks.EarlyStopping('loss', mode='max', patience=1)])",
    "dict(callbacks=[keras.callbacks.ReduceLROnPlateau('loss', mode='min')])",
)
