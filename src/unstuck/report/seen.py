"""The guide's page by symptom: what people type and see, what decides, and the rules in order.

Here stand the words that people use, and under which signs and symptoms their case is known. Which causes
come with them, and what tells each from the others, is taken from the rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from unstuck.report.text import listing, sentences_in
from unstuck.rules.rule import Rule, catalogue
from unstuck.rules.sign import signs

#: Causes of one heading that are told with what decides; the others are named below them.
_MOST = 10

_PROVED = "How it is proved: "

_OPENING = (
    "Find the line that you would type into a search box. Below it stands what to look at next, then the "
    "causes, the likeliest first, each with the one observation that decides. `unstuck run train.py` makes "
    "these observations by itself; `unstuck log train.log` makes do with the printed figures."
)


@dataclass(frozen=True)
class Seen:
    """A thing that people see, in their words.

    `says` is what to look at first. `signs` are those in printed figures, `symptoms` those of a watched
    training. `causes` come before those that signs and symptoms name.
    """

    asked: str
    says: str
    signs: tuple[str, ...] = ()
    symptoms: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """The heading as the target of a link."""
        return re.sub(r"[^\w\- ]", "", self.asked.lower()).replace(" ", "-")


SEEN = (
    Seen(
        "Accuracy is exactly 0.5",
        "Read the loss beside it. 7.97 or 8.06: every answer is certain. 0.693 and still: every row gets "
        "the same even answer. Falling: the model learns, and the accuracy counts something else. An "
        "accuracy that stays at another share to all its digits is that of one class, and has the same "
        "causes.",
        ("loss-at-clip-constant", "loss-at-ln-k", "one-answer-for-all"),
        ("accuracy-at-constant-baseline", "accuracy-flat"),
        ("softmax-over-one-unit",),
    ),
    Seen(
        "Accuracy is 0.1 with ten classes",
        "Read the loss. 2.303 is ln 10: every class gets the same probability. 0.09 is an even answer under "
        "a squared error. A loss that moves while the accuracy does not points at the metric or the form of "
        "the labels.",
        ("loss-at-ln-k", "error-of-class-shares", "argmax-tie"),
        ("loss-at-chance",),
    ),
    Seen(
        "Loss is 7.97 or 8.06 or 15.94",
        "Divide the loss by the share of wrong rows, 1 - accuracy. 15.94 or 16.12, by version and label, is "
        "what one certain and wrong answer costs, so all answers are certain. From the first epoch on: the "
        "last layer or the scale of the inputs; after some epochs of learning: it went too far.",
        ("loss-at-clip-constant", "error-is-share-of-wrong", "wrong-rows-cost-too-much"),
    ),
    Seen(
        "Loss stays at 0.693",
        "0.6931 is ln 2: an even answer for two classes. Print predict(x) for ten rows. All the same: "
        "nothing gets through the network, or nothing moves it. Different: the answers are right about as "
        "often as they are wrong.",
        ("loss-at-ln-k", "loss-at-prior-entropy", "loss-at-margin"),
        ("loss-at-chance",),
    ),
    Seen(
        "Loss is nan",
        "From the first batch on: look at the rows. After some batches in which it grew: look at the step "
        "size. Only the validation loss: a row there that the loss cannot be computed for.",
        ("loss-nan",),
        ("loss-nan", "validation-loss-not-finite"),
        ("nan-loss", "layer-not-finite"),
    ),
    Seen(
        "Loss is negative",
        "A cross-entropy, a squared or an absolute error cannot be. Print the smallest and the largest "
        "label.",
        ("loss-negative",),
        ("loss-negative",),
    ),
    Seen(
        "Loss is 0 from the first epoch",
        "If the accuracy does not move with it, the loss does not see the answers. Print the labels, the "
        "weights of rows and classes, and the shape of the output.",
        ("loss-exactly-zero",),
    ),
    Seen(
        "Accuracy is 1.0 from the first epoch",
        "Read the loss: where it is not near 0, the accuracy counts something that cannot be wrong. Where "
        "epochs take no time any more, the rows have run out.",
        ("perfect-from-the-start", "epochs-get-faster"),
    ),
    Seen(
        "Accuracy is 0.9 at once with ten classes",
        "1 - 1/K is the share of zeros in one-hot rows: the accuracy counts columns, not rows.",
        ("one-hot-entropy",),
    ),
    Seen(
        "Accuracy is nearly 0 and does not move",
        "Is the target a number, not a class? Then accuracy counts exact hits. Else compare predict(x) with "
        "the labels by hand.",
        ("few-hits",),
        (
            "accuracy-pinned-to-few-hits",
            "accuracy-contradicts-predictions",
            "figure-depends-on-epochs-before",
            "decisions-after-fit-are-constant",
        ),
    ),
    Seen(
        "val_accuracy is 0.0",
        "Or 1.0, in each epoch, while the training accuracy is neither: count the labels of the validation "
        "rows. One class: the split. Both: what is done to the rows before they are judged.",
        ("validation-one-sided",),
        ("validation-accuracy-pinned",),
    ),
    Seen(
        "Loss falls and accuracy does not",
        "Compute the accuracy from predict(x) by hand. Higher than the log says: the metric does not fit. "
        "The same: the answers get surer without changing sides, or one class hides the rest.",
        ("loss-falls-accuracy-does-not", "low-loss-fixed-accuracy", "accuracy-never-moves"),
        ("loss-falls-accuracy-does-not", "accuracy-contradicts-loss"),
    ),
    Seen(
        "Scores tell the classes apart and accuracy is low",
        "Print the mean of predict(x) for each class: they lie apart, and the threshold does not lie between "
        "them. Choose it on one half of the validation rows, and count the other half.",
        (),
        ("decisions-off-threshold",),
        ("threshold-off-scale", "softmax-on-multi-label", "class-imbalance"),
    ),
    Seen(
        "Accuracy falls while the loss falls",
        "It counts the opposite answer: compare what label 1 means for loss and metric.",
        ("accuracy-falls-with-loss",),
    ),
    Seen(
        "Predictions are all the same",
        "Print predict(x).std(axis=0). 0: no input reaches the output. Small: it answers the share of the "
        "classes, or the mean, because that is all it has learned. Then count the labels.",
        ("one-answer-for-all", "nothing-moves"),
        ("predictions-constant", "predictions-one-class", "answers-at-one-point"),
        ("class-imbalance", "rare-class-counts-less", "embedding-collapse"),
    ),
    Seen(
        "Regression predicts the mean",
        "The loss then equals the variance of the target. Print y.shape and predict(x).shape before all "
        "else.",
        ("mean-as-the-answer",),
        ("loss-ignores-rows", "answers-of-another-shape"),
        (
            "target-broadcasts-against-output",
            "return-sequences-mismatch",
            "target-not-scaled",
            "target-too-far-ahead",
        ),
    ),
    Seen(
        "An autoencoder answers the same for every row",
        "Print each term of the loss by itself, for the model and for a constant answer.",
        (),
        ("predictions-constant",),
        (
            "added-term-drowns-reconstruction",
            "dead-relu",
            "output-range-excludes-targets",
            "inputs-not-scaled",
        ),
    ),
    Seen(
        "Training is good and validation is bad",
        "Evaluate the training rows themselves with model.evaluate. As bad as the validation: the model "
        "computes something else when it does not train. Good: the validation rows are others, or are "
        "treated otherwise, or the training rows were learned by heart.",
        ("validation-behind-at-once", "validation-left-behind", "validation-at-clip-constant"),
        ("train-validation-gap",),
        ("overfitting", "inverted-labels"),
    ),
    Seen(
        "Validation gets worse while training gets better",
        "The epoch with the lowest validation loss is the one to keep.",
        ("overfitting",),
        ("train-validation-gap",),
    ),
    Seen(
        "Validation is better than training",
        "A little is normal with dropout. By .15 and more: evaluate the training rows with model.evaluate.",
        ("training-below-validation",),
        ("training-mode-gap", "training-below-validation"),
    ),
    Seen(
        "evaluate and predict disagree with fit",
        "Call the model on the same batch with training=True and training=False. They differ: a layer that "
        "behaves differently in training. They agree: the rows come in another order or another scale.",
        ("training-above-evaluation",),
        ("training-mode-gap", "validation-order-changes", "accuracy-contradicts-predictions"),
        ("batchnorm-inference-gap", "training-flag-missing", "statistics-never-updated", "weights-put-back"),
    ),
    Seen(
        "Loss explodes or rises",
        "Train once with a tenth of the learning rate. It falls: the steps were too large. It still rises: "
        "look at the scale of inputs and targets.",
        ("loss-rises", "sudden-step"),
        ("loss-explodes",),
    ),
    Seen(
        "Loss does not change at all",
        "Compare model.get_weights() before and after an epoch. Equal: nothing is trained. Different: the "
        "steps are too small, or lead nowhere.",
        ("nothing-moves", "loss-stands-still"),
        ("loss-does-not-fall",),
    ),
    Seen(
        "It learns far too slowly",
        "Count the updates: epochs x rows / batch size. Under a few hundred is little for any network. Else "
        "train one epoch with ten times the learning rate.",
        ("few-updates", "right-but-unsure"),
        ("learning-slow",),
    ),
    Seen(
        "Accuracy stays low whatever is changed",
        "Train on 32 rows only. They are not learned by heart: the network or its training is at fault. "
        "They are: look at how rows and labels come together on the way to fit.",
        (),
        ("accuracy-stays-low", "rows-with-several-labels"),
        (
            "model-too-small",
            "missing-nonlinearity",
            "inputs-and-labels-misaligned",
            "rows-in-another-order",
            "rows-swapped-through-views",
            "copies-disagree",
            "pretrained-weights-not-loaded",
            "embedding-rows-empty",
            "bad-initial-weights",
            "rows-levelled",
            "optimizer-not-as-intended",
            "layer-constant-weights",
            "softmax-over-wrong-axis",
            "softmax-on-multi-label",
            "sigmoid-with-categorical-crossentropy",
            "class-labels-scaled",
            "output-range-excludes-targets",
            "input-rescaled-twice",
            "wrong-pretrained-preprocessing",
            "gradient-check-fails",
        ),
    ),
    Seen(
        "Accuracy stops improving after some epochs",
        "Print the learning rate of each epoch, and count the rows whose answer changed between two epochs.",
        ("learning-rate-died",),
        ("accuracy-stands-still",),
        (
            "schedule-kills-training",
            "learning-rate-below-zero",
            "decisions-do-not-change",
            "gradients-never-reset",
            "saturated-divergence",
        ),
    ),
    Seen(
        "Loss goes up and down within each epoch",
        "Print the labels of three batches in the order in which fit gets them.",
        ("saw-tooth", "fits-undo-each-other"),
        ("earlier-rows-forgotten",),
    ),
    Seen(
        "Loss stays above 0 though nearly all rows are right",
        "Label smoothing has such a floor, and it is healthy: loss = -sum(y ln y) of the smoothed labels. "
        "Without it, look whether the output passes two activations.",
        ("twice-activated-floor", "right-but-unsure"),
    ),
    Seen(
        "fit raises an error about shapes or values",
        "Print y.shape, y.dtype, np.unique(y) and model.output_shape.",
        (),
        ("fit-raised",),
    ),
    Seen(
        "A simple model does better",
        "Give the simple model the very rows that fit gets. It still does better: the training is at fault. "
        "It does not any more: what made the rows lost something on the way.",
        (),
        ("beaten-by-simple-model", "held-rows-tell-more"),
        (
            "inputs-not-scaled",
            "learning-rate-too-low",
            "too-few-updates",
            "signal-lost-before-fit",
            "part-at-fault",
        ),
    ),
    Seen(
        "Scores are too good to be true",
        "Ask what the model would know at the moment it has to answer: is the answer, or a later step, "
        "among its inputs, and have the rows that judge it been trained on? Of answers by step: how many are "
        "right without the padding?",
        (),
        (
            "answers-copy-input",
            "answers-read-ahead",
            "validation-rows-trained-on",
            "judged-by-rows-of-earlier-fits",
            "validation-scaled-by-itself",
            "padding-lifts-accuracy",
        ),
        ("leakage", "nothing-beyond-last-value"),
    ),
    Seen(
        "Answers for a quantile lie on the wrong side",
        "Count the share of targets below the answers, and compare it with the quantile that was asked for.",
        (),
        ("coverage-misses-quantile",),
    ),
)


def by_symptom(picture: Callable[[str], Sequence[str]] = lambda _: ()) -> str:
    """The page as Markdown; `picture` gives the lines of the picture for a heading, none where it has none.

    Raises:
        KeyError: a heading names a sign or a rule that there is none of.
    """
    lines = ["# By symptom", "", _OPENING, ""]
    lines += [f"- [{seen.asked}](#{seen.anchor})" for seen in SEEN]
    for seen in SEEN:
        lines += ["", f"## {seen.asked}", "", seen.says, "", *picture(seen.anchor)]
        lines += ["| cause | what decides |", "| --- | --- |"]
        causes = causes_of(seen)
        lines += [
            f"| {_link(cause)}<br>{_cell(cause.title)} | {_cell(decides(cause))} |"
            for cause in causes[:_MOST]
        ]
        lines += (
            ["", f"Also {listing([_link(cause) for cause in causes[_MOST:]])}."] if causes[_MOST:] else []
        )
        lines += ["", _known_as(seen)]
    return "\n".join(lines) + "\n"


def causes_of(seen: Seen) -> list[Rule]:
    """The causes of a heading, the likeliest first: what its signs fit, in turn, then its symptoms' own.

    A symptom that many causes bring about adds none: its own page has them.
    """
    every, figures = catalogue(), {sign.name: sign for sign in signs()}
    by_sign = [fitted(figures[name]) for name in seen.signs]
    names = [*seen.causes, *(name for turn in zip_longest(*by_sign) for name in turn if name is not None)]
    for symptom in seen.symptoms:
        explain = sorted(
            each.name for each in every.values() if symptom in each.explains and each.kind == "cause"
        )
        names += explain if len(explain) <= _MOST else []
    return [every[name] for name in dict.fromkeys(names)]


def fitted(sign: Rule) -> list[str]:
    """The causes that a sign in printed figures may name, as its examples show them."""
    found = (sign(*records) for records in sign.examples_fire)
    return list(dict.fromkeys(fit.rule for told in found if told for fit in told.fits))


def decides(cause: Rule) -> str:
    """The one observation that decides; where a page names none, how the cause is proved, in a sentence."""
    paragraphs = (" ".join(each.split()) for each in cause.page.split("\n\n"))
    proved = next((each.removeprefix(_PROVED) for each in paragraphs if each.startswith(_PROVED)), "")
    return cause.decides or next(iter(sentences_in(proved[:1].upper() + proved[1:])), "")


def _known_as(seen: Seen) -> str:
    """What reports call it: the signs and symptoms, whose pages name all that can bring them about."""
    named = [f"[{name}](signs.md#{name})" for name in seen.signs]
    named += [_link(catalogue()[name]) for name in seen.symptoms]
    return f"In reports: {listing(named)}."


def _link(rule: Rule) -> str:
    return f"[{rule.name}](rules/{rule.name}.md)"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
