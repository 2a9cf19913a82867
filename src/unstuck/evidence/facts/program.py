"""What the user's program says: the model, what it is compiled with, and how fit was called."""

from __future__ import annotations

from dataclasses import dataclass

from unstuck.evidence.facts.place import Place
from unstuck.evidence.facts.weights import Asleep, Drawn, Table, Unmoved, Untracked

#: Metrics that count right decisions. `Metric.resolved` is one of these for an accuracy.
ACCURACIES = frozenset(
    {
        "accuracy",
        "binary_accuracy",
        "categorical_accuracy",
        "sparse_categorical_accuracy",
        "top_k_categorical_accuracy",
        "sparse_top_k_categorical_accuracy",
    }
)

#: Losses that compare a number with a number.
REGRESSION_LOSSES = frozenset(
    {
        "mean_squared_error",
        "mean_absolute_error",
        "mean_absolute_percentage_error",
        "mean_squared_logarithmic_error",
        "huber",
        "log_cosh",
    }
)

#: Losses that compare a probability (or a logit) with a class.
CLASS_LOSSES = frozenset(
    {
        "binary_crossentropy",
        "binary_focal_crossentropy",
        "categorical_crossentropy",
        "categorical_focal_crossentropy",
        "sparse_categorical_crossentropy",
    }
)

#: The losses whose arithmetic rules know, by the name of Keras's function.
KNOWN_LOSSES = REGRESSION_LOSSES | CLASS_LOSSES


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What the training ran on. `backend` is "tensorflow", "jax" or "torch"."""

    backend: str = "torch"
    keras: str = ""
    framework: str = ""
    python: str = ""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One leaf layer of the model, in the order in which the data passes it.

    `kind` is the class name ("Dense"); `activation` is the Keras name ("relu", "linear"), "custom"
    for a function Keras does not know, None where the layer has none. `input_shape` and
    `output_shape` are per row, without the batch axis, None where unknown. `parameters` and
    `trainable_parameters` count numbers. `units` is the width of the output's last axis for layers
    that have one. `rate` is the dropout rate; `momentum` that of a batch normalisation;
    `input_dim` the number of rows of an embedding; `penalty` the largest weight of an L1/L2
    regulariser (0.0 for none). `adapted` says whether a Normalization layer was given or has seen
    statistics, `scale` is the number that a Rescaling multiplies by, `use_bias` says whether it adds a bias,
    None for other layers. `constrained` says that a constraint
    keeps its kernel in some range.
    """

    name: str = ""
    kind: str = "Dense"
    activation: str | None = None
    units: int | None = None
    input_shape: tuple[int | None, ...] | None = None
    output_shape: tuple[int | None, ...] | None = None
    parameters: int = 0
    trainable_parameters: int = 0
    trainable: bool = True
    rate: float | None = None
    momentum: float | None = None
    penalty: float = 0.0
    input_dim: int | None = None
    mask_zero: bool | None = None
    return_sequences: bool | None = None
    go_backwards: bool | None = None
    stateful: bool | None = None
    axis: int | None = None
    adapted: bool | None = None
    scale: float | None = None
    use_bias: bool | None = None
    constrained: bool = False
    custom: bool = False
    place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Model:
    """The architecture as built. `kind` is "Sequential", "Functional" or "subclassed".

    `layers` are the leaf layers in call order where that is known (attribute order for subclassed
    models, `ordered` is then False), and `outputs` counts the outputs. `regularisation` is the sum of
    the penalty terms that the model adds to the loss at the end of training (same unit as the loss).
    `untracked` are numbers that its layers hold beside their weights, `unmoved` weights that should have
    followed the training and did not; `asleep` are layers that should have averaged and did not. `drawn`
    are the kernels as the training began, `tables` the frozen embeddings that read an input.
    """

    name: str = ""
    kind: str = "Sequential"
    layers: tuple[Layer, ...] = ()
    ordered: bool = True
    outputs: int = 1
    parameters: int = 0
    trainable_parameters: int = 0
    regularisation: float = 0.0
    custom_train_step: bool = False
    untracked: tuple[Untracked, ...] = ()
    unmoved: tuple[Unmoved, ...] = ()
    asleep: Asleep | None = None
    drawn: tuple[Drawn, ...] = ()
    tables: tuple[Table, ...] = ()
    place: Place | None = None

    def of_kind(self, *kinds: str) -> tuple[Layer, ...]:
        """The layers whose class name is one of `kinds`, in order."""
        return tuple(layer for layer in self.layers if layer.kind in kinds)


@dataclass(frozen=True, kw_only=True)
class Head:
    """How one output of the model ends.

    `activation` is the last activation that the output passes ("linear" if none). `units` is the
    size of the output's last axis, 0 where it is not known (`a_class_each` says that it is one for each
    class where source does not tell how many), `shape` the output's shape per row, empty where its rank is
    not known. `softmax_size` is the size of the axis over which a softmax or log_softmax runs, None without
    one; `softmax_axis` that axis.
    `activation_is_last` is False when another layer (Dropout, Reshape...) follows the activation:
    `after` names those layers' classes in order. `hidden` is the activation and units of the
    layer that feeds the head, as a Layer. `place` is the layer that carries the activation,
    `units_place` the layer that sets the width (the same one, mostly). `made_by` is the layer whose weights
    make the values that leave the model, with nothing but its activation behind them; None for others.
    `opposed` is true of an adversary: what lies before it is taught to make it fail.
    """

    activation: str = "linear"
    units: int = 1
    a_class_each: bool = False
    shape: tuple[int | None, ...] = (1,)
    softmax_size: int | None = None
    softmax_axis: int | None = None
    activation_is_last: bool = True
    after: tuple[str, ...] = ()
    hidden: Layer | None = None
    layer: Layer | None = None
    made_by: Layer | None = None
    opposed: bool = False
    place: Place | None = None
    units_place: Place | None = None

    @property
    def stretched(self) -> bool:
        """Whether a batch normalisation after the activation moves its values by figures that it learns."""
        return "BatchNormalization" in self.after

    @property
    def bounds(self) -> tuple[float, float]:
        """The open range of values that the output can take, by its activation."""
        infinity = float("inf")
        if self.stretched:
            return -infinity, infinity
        return {
            "sigmoid": (0.0, 1.0),
            "hard_sigmoid": (0.0, 1.0),
            "softmax": (0.0, 1.0),
            "tanh": (-1.0, 1.0),
            "relu": (0.0, infinity),
            "relu6": (0.0, 6.0),
            "softplus": (0.0, infinity),
            "exponential": (0.0, infinity),
        }.get(self.activation, (-infinity, infinity))


@dataclass(frozen=True, kw_only=True)
class Loss:
    """The loss of one output, as Keras resolved it.

    `name` is the canonical snake_case function ("binary_crossentropy"). A loss of the user's own has
    `custom` true and `written` as its name; its `name` is a canonical one only where its values are
    those of that function. `axis` is that of the classes (-1 the last, batch axis 0), `ignore_class`
    the label that counts for nothing. `leaves_out` says that a loss of the user's own does something else
    with some label that occurs than Keras's of that name, as one that leaves rows out does. `of_model` says
    that the model's own `compute_loss` was asked and gives this loss, but for an amount that no answer moves.
    `weight` is the output's loss weight. `place` is the compile call, `defined` where the user wrote the
    function or class, None for Keras's own.
    """

    name: str = "mean_squared_error"
    from_logits: bool = False
    label_smoothing: float = 0.0
    axis: int = -1
    ignore_class: int | None = None
    leaves_out: bool = False
    of_model: bool = False
    custom: bool = False
    written: str = ""
    weight: float = 1.0
    place: Place | None = None
    defined: Place | None = None

    @property
    def is_regression(self) -> bool:
        """Whether it compares numbers with numbers."""
        return self.name in REGRESSION_LOSSES

    @property
    def is_for_classes(self) -> bool:
        """Whether it compares probabilities or logits with classes."""
        return self.name in CLASS_LOSSES


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric of one output. `name` is the key in the history ("accuracy", "acc"), `resolved`
    the canonical function Keras chose ("binary_accuracy"; "accuracy" is exact equality), `asked`
    what the user wrote: "string" or "object". `threshold` is that of a binary accuracy.
    """

    name: str = "accuracy"
    resolved: str = "binary_accuracy"
    asked: str = "string"
    threshold: float = 0.5
    place: Place | None = None

    @property
    def is_accuracy(self) -> bool:
        """Whether it counts right decisions."""
        return self.resolved in ACCURACIES


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """The metrics of one output, in the order given to compile."""

    uses: tuple[Metric, ...] = ()

    @property
    def accuracy(self) -> Metric | None:
        """The first accuracy among them."""
        return next((use for use in self.uses if use.is_accuracy), None)


@dataclass(frozen=True, kw_only=True)
class Optimizer:
    """The compiled optimizer. `learning_rate` is the rate of the first step, `last_learning_rate`
    that of the last one seen; `schedule` is the class name of a schedule, None for a constant.
    `learning_rates` are the rates over the training at even distances, empty where they did not fall
    to a hundredth or are not known: by epoch where they were logged, else as the schedule gives them.
    `turned` is the statement of the user's schedule that first gives a rate below 0, None for none.
    `clipnorm`, `global_clipnorm`, `clipvalue` as in Keras, None when off. `place` is where it was
    constructed; `compile_place` is the compile call.
    """

    name: str = "Adam"
    learning_rate: float = 0.001
    last_learning_rate: float | None = None
    learning_rates: tuple[float, ...] = ()
    turned: Place | None = None
    schedule: str | None = None
    momentum: float | None = None
    epsilon: float | None = None
    clipnorm: float | None = None
    global_clipnorm: float | None = None
    clipvalue: float | None = None
    place: Place | None = None
    compile_place: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Monitor:
    """A callback of Keras's own that waits for one value of the log to improve.

    `kind` is its class ("EarlyStopping", "ReduceLROnPlateau"), `monitor` the key in the history,
    `mode` "min", "max" or "auto", `patience` in epochs. `factor` multiplies the learning rate, which
    goes no lower than `min_lr`; both are None for callbacks that leave the rate alone.
    """

    kind: str = "EarlyStopping"
    monitor: str = "val_loss"
    mode: str = "auto"
    patience: float = 0
    factor: float | None = None
    min_lr: float | None = None


@dataclass(frozen=True, kw_only=True)
class Fit:
    """One call of fit, as asked and as it went.

    `data` is "arrays", "tf.data", "PyDataset", "generator" or "DataLoader". `rows` and
    `validation_rows` count rows, None if unknown. `updates` counts optimizer steps done,
    `steps_per_epoch` those of one epoch. `epochs` were asked, `epochs_done` finished. `raised` is
    the type and text of the exception that ended it, `interrupted` is true for Ctrl-C or an exit.
    `updates_before` counts those that the optimizer had done before this fit.
    `stopped_early` is true when a callback ended it, `cut_short` when unstuck did, as was asked for.
    `callbacks` are class names, `own_callbacks` is true
    when one of them is of the user's own class, `sets_weights_at` the first line of those classes that gives
    a model other weights, `sets_rate_at` the first that sets a learning rate, `monitors` are those that wait
    for a value to improve, as the live objects say. `reconstructs` is true when the targets
    are the inputs themselves, as of an autoencoder. `class_weight` is the mapping given to fit. `weighed`
    lists (class, rows, weight) where all rows of a class count the same, by class_weight or sample_weight (of
    several outputs: of the only one whose classes are weighed apart);
    `weighed_at` is the line that made these weights. `jumps` are pairs of losses at which one fit of the same
    model ended and the next, on other classes, began, where that was more than twice as much.
    """

    data: str = "arrays"
    rows: int | None = None
    validation_rows: int | None = None
    batch_size: int | None = 32
    epochs: int = 1
    epochs_done: int = 1
    steps_per_epoch: int | None = None
    updates: int = 0
    updates_before: int = 0
    shuffle: bool = True
    validation: str | None = None
    validation_split: float = 0.0
    class_weight: tuple[tuple[int, float], ...] | None = None
    sample_weight: bool = False
    weighed: tuple[tuple[int, int, float], ...] = ()
    weighed_at: Place | None = None
    jumps: tuple[tuple[float, float], ...] = ()
    callbacks: tuple[str, ...] = ()
    own_callbacks: bool = False
    sets_weights_at: Place | None = None
    sets_rate_at: Place | None = None
    monitors: tuple[Monitor, ...] = ()
    reconstructs: bool = False
    steps_per_execution: int = 1
    jit_compile: bool | None = None
    raised: str | None = None
    interrupted: bool = False
    stopped_early: bool = False
    cut_short: bool = False
    seconds: float = 0.0
    place: Place | None = None
