"""Programs that build a model, made up at random: whatever can stand last, on rows of every rank."""

import math
import random

ACTIVATIONS = ("relu", "sigmoid", "softmax", "tanh", "linear", "softplus", "elu", "gelu", "leaky_relu")
START = "import keras\nfrom keras import layers, ops\n"


class Programs:
    """One program a seed. `text` binds `model`."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = [START]

    def pick(self, *given):
        return self.random.choice(given)

    def activation(self):
        """An activation as an argument: a text, a function or none."""
        name = self.pick(*ACTIVATIONS)
        return self.pick("", f', activation="{name}"', f", activation=keras.activations.{name}")

    def shape(self):
        return self.pick((6,), (4, 3), (6, 6, 2))

    def text(self):
        kind = self.pick(
            "sequential", "added", "functional", "functional", "nested", "two", "subclassed", "looped"
        )
        getattr(self, f"_{kind}")()
        return "".join(self.lines)

    def layers(self, shape, count=None):
        """Layers that fit one after the other on rows of this shape, as code."""
        found = []
        for _ in range(count or self.random.randint(1, 4)):
            code, shape = self.layer(shape)
            found.append(code)
        return found, shape

    def layer(self, shape):
        """One layer as code, and the shape that it gives."""
        any_rank = (self.dense, self.act, self.act_layer, self.neutral, self.reshape, self.lambda_, self.norm)
        by_rank = {
            1: (self.repeat, self.dense),
            2: (
                self.recurrent,
                self.conv1d,
                self.pool1d,
                self.permute,
                self.distributed,
                self.flatten,
                self.dense,
            ),
            3: (self.conv2d, self.pool2d, self.flatten, self.up, self.pad, self.permute3, self.depthwise),
        }
        return self.pick(*any_rank, *by_rank[len(shape)])(shape)

    def dense(self, shape):
        units = self.pick(1, 2, 3, 5)
        return f"layers.Dense({units}{self.activation()})", (*shape[:-1], units)

    def act(self, shape):
        return f'layers.Activation("{self.pick(*ACTIVATIONS)}")', shape

    def act_layer(self, shape):
        softmax = f"layers.Softmax({self.pick('', 'axis=-1', 'axis=1')})"
        return self.pick("layers.ReLU()", "layers.LeakyReLU()", "layers.ELU()", softmax, softmax), shape

    def neutral(self, shape):
        return (
            self.pick(
                *("layers.Dropout(0.3)", "layers.GaussianNoise(0.1)", "layers.ActivityRegularization(0.1)"),
                *("layers.Rescaling(2.0)", "layers.Rescaling(1 / 2, offset=-1)", "layers.Identity()"),
            ),
            shape,
        )

    def norm(self, shape):
        return self.pick("layers.BatchNormalization()", "layers.LayerNormalization()"), shape

    def lambda_(self, shape):
        return self.pick("layers.Lambda(lambda t: t * 2)", "layers.Lambda(lambda t: ops.softmax(t))"), shape

    def reshape(self, shape):
        size = math.prod(shape)
        made = self.pick(
            (size,), (size, 1), (1, size), (1, 1, size), *([(size // 2, 2)] if size % 2 == 0 else [])
        )
        return f"layers.Reshape({made})", made

    def flatten(self, shape):
        return "layers.Flatten()", (math.prod(shape),)

    def repeat(self, shape):
        return "layers.RepeatVector(3)", (3, *shape)

    def recurrent(self, shape):
        kind, units = self.pick("LSTM", "GRU", "SimpleRNN"), self.pick(1, 2, 4)
        whole = self.pick(True, False)
        code = f"layers.{kind}({units}, return_sequences={whole}{self.pick('', self.activation())})"
        if self.random.random() < 0.4:
            merge = self.pick("concat", "ave", "sum")
            code = f'layers.Bidirectional({code}, merge_mode="{merge}")'
            units = 2 * units if merge == "concat" else units
        return code, (shape[0], units) if whole else (units,)

    def distributed(self, shape):
        units = self.pick(1, 3)
        return f"layers.TimeDistributed(layers.Dense({units}{self.activation()}))", (shape[0], units)

    def permute(self, shape):
        return "layers.Permute((2, 1))", (shape[1], shape[0])

    def permute3(self, shape):
        return "layers.Permute((3, 1, 2))", (shape[2], shape[0], shape[1])

    def conv1d(self, shape):
        filters = self.pick(1, 3)
        return f'layers.Conv1D({filters}, 2, padding="same"{self.activation()})', (shape[0], filters)

    def conv2d(self, shape):
        filters, kind = self.pick(1, 3), self.pick("Conv2D", "Conv2DTranspose", "SeparableConv2D")
        return f'layers.{kind}({filters}, 2, padding="same"{self.activation()})', (*shape[:2], filters)

    def depthwise(self, shape):
        return f'layers.DepthwiseConv2D(1, padding="same"{self.activation()})', shape

    def pool1d(self, shape):
        return self.pick(
            ("layers.GlobalAveragePooling1D()", (shape[1],)),
            ("layers.GlobalMaxPooling1D()", (shape[1],)),
        )

    def pool2d(self, shape):
        return self.pick(
            ("layers.GlobalAveragePooling2D()", (shape[2],)), ("layers.GlobalMaxPooling2D()", (shape[2],))
        )

    def up(self, shape):
        return "layers.UpSampling2D(2)", (2 * shape[0], 2 * shape[1], shape[2])

    def pad(self, shape):
        return "layers.ZeroPadding2D(1)", (shape[0] + 2, shape[1] + 2, shape[2])

    # --- ways to put layers together ---

    def _sequential(self):
        shape = self.shape()
        found, _ = self.layers(shape)
        first = [f"keras.Input({shape})"] if self.random.random() < 0.8 else []
        inside = ",\n    ".join([*first, *found])
        self.lines.append(f"model = keras.Sequential([\n    {inside},\n])\n")
        if not first:
            self.lines.append(f"model.build((None, *{shape}))\n")

    def _added(self):
        shape = self.shape()
        found, _ = self.layers(shape)
        self.lines.append(f"model = keras.Sequential()\nmodel.add(keras.Input({shape}))\n")
        self.lines += [f"model.add({each})\n" for each in found]

    def _looped(self):
        found, _ = self.layers((5,), 1)
        self.lines.append("model = keras.Sequential([keras.Input((5,))])\nfor width in (4, 5):\n")
        self.lines.append(f"    model.add(layers.Dense(width{self.activation()}))\nmodel.add({found[0]})\n")

    def _chain(self, shape, name="h", start="a"):
        found, shape = self.layers(shape)
        for index, each in enumerate(found):
            self.lines.append(f"{name} = {each}({start if index == 0 else name})\n")
        return shape

    def _functional(self):
        shape = self.shape()
        self.lines.append(f"a = keras.Input({shape})\n")
        shape = self._chain(shape)
        if self.random.random() < 0.4:
            self._merge(shape)
        if self.random.random() < 0.4:
            self._operation(shape)
        self.lines.append("model = keras.Model(a, h)\n")

    def _merge(self, shape):
        self.lines += ["g = h\n", f"h = layers.Dense({shape[-1]}{self.activation()})(h)\n"]
        kind = self.pick("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")
        call = "layers.Subtract()" if kind == "Subtract" else f"layers.{kind}()"
        self.lines.append(self.pick(f"h = {call}([h, g])\n", "h = h + g\n", "h = ops.add(h, g)\n"))

    def _operation(self, shape):
        last = ["ops.softmax(h)", "ops.sigmoid(h)", "ops.relu(h)", "keras.activations.softmax(h)", "h * 2"]
        axis = ["ops.softmax(h, axis=1)", "ops.mean(h, axis=1)"] if len(shape) > 1 else []
        self.lines.append(f"h = {self.pick(*last, *axis, 'ops.squeeze(ops.expand_dims(h, -1), -1)')}\n")

    def _nested(self):
        shape = self.shape()
        inner, middle = self.layers(shape, 2)
        outer, _ = self.layers(middle, self.pick(1, 2))
        inside = ", ".join([f"keras.Input({shape})", *inner])
        self.lines.append(f"body = keras.Sequential([{inside}])\n")
        if self.random.random() < 0.5:
            self.lines.append(f"model = keras.Sequential([{', '.join(['body', *outer])}])\n")
        else:
            self.lines.append(f"a = keras.Input({shape})\nh = body(a)\n")
            self.lines += [f"h = {each}(h)\n" for each in outer]
            self.lines.append("model = keras.Model(a, h)\n")

    def _two(self):
        self.lines.append("a = keras.Input((6,))\n")
        self._chain((6,), "h")
        self._chain((6,), "g")
        self.lines.append("model = keras.Model(a, [h, g])\n")

    def _subclassed(self):
        found, _ = self.layers((6,), self.pick(1, 2, 3))
        self.lines.append("class Own(keras.Model):\n    def __init__(self):\n        super().__init__()\n")
        self.lines += [f"        self.part{index} = {each}\n" for index, each in enumerate(found)]
        self.lines.append("    def call(self, x):\n")
        self.lines += [f"        x = self.part{index}(x)\n" for index in range(len(found))]
        self.lines.append("        return x\nmodel = Own()\nmodel(ops.ones((2, 6)))\n")
