"""The rule stateful-rnn-shuffled."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Layer, Model
from unstuck.judgement.findings import Certainty, Finding, propose
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED, VALIDATION_APART
from unstuck.rules.rule import cause


@cause(
    "stateful-rnn-shuffled",
    certainty="proved",
    impact="harms",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, VALIDATION_APART, "training-mode-gap", "overfitting"),
)
def stateful_rnn_shuffled(model: Model, fit: Fit) -> Finding | None:
    """A recurrent layer keeps its state from batch to batch, and the rows are shuffled.

    Why it looks stuck: with `stateful=True` row k of a batch begins with the state in which row k of the
    batch before ended. That helps where it goes on with the same sequence. Shuffled, the two have nothing to
    do with each other, and each row begins with noise, another one in each epoch.

    How it is proved: the layer says `stateful=True`, and fit gets arrays and shuffles them (it does unless
    told not to). Where a callback, a layer or a train_step of your own may reset the state between batches,
    it is suspected.

    What to do: leave `stateful` out where each row is a whole sequence. Where rows go on from each other,
    put row k of each batch in its order, pass `shuffle=False`, and reset the states after each epoch.
    """
    layer = next((each for each in model.layers if each.stateful), None)
    if layer is None or not fit.shuffle or fit.data != "arrays" or fit.rows == 1:
        return None
    resets = layer.custom or model.custom_train_step or fit.own_callbacks
    kept = "Leave stateful out, unless row k of a batch goes on with row k of the batch before."
    ordered = "If it does, pass shuffle=False to fit and reset the layer's states after each epoch."
    return Finding(
        says=f"{layer.kind} has stateful=True, so row k of a batch begins with the state that row k of the "
        "batch before ended with, while fit shuffles the rows in each epoch: the two rows do not belong "
        "together, and every row begins with noise.",
        shows={"layer": layer.kind, "stateful": True, "shuffle": True, "batch_size": fit.batch_size},
        where=layer.place or fit.place,
        certainty=Certainty.SUSPECTED if resets else None,
        remedies=(propose("advise", text=kept), propose("advise", text=ordered)),
    )


_KEEPS = Model(layers=(Layer(kind="LSTM", units=8, stateful=True), Layer()))

stateful_rnn_shuffled.fires(_KEEPS, Fit())
stateful_rnn_shuffled.quiet(_KEEPS, Fit(shuffle=False))
stateful_rnn_shuffled.quiet(_KEEPS, Fit(data="tf.data"))  # fit does not shuffle those
stateful_rnn_shuffled.quiet(Model(layers=(Layer(kind="LSTM", units=8, stateful=False), Layer())), Fit())
