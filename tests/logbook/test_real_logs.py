"""Logs as people paste them: of other programs, in per cent, with code around them, without a beginning.

Each was read wrongly once; the texts stand here as they were printed.
"""

import re

import pytest
from told import causes, sure
from told import judged as trainings

from unstuck.evidence.facts import Curve
from unstuck.logbook.gather import LogError, read_bytes
from unstuck.logbook.reader import Given
from unstuck.rules.generalisation.overfitting import overfitting


def read(text):
    return read_bytes(Given(text.encode(), "a.log"))


def judged(text):
    (run,) = trainings(text)
    return run


def values(run):
    return {name: [figure and figure.value for figure in series] for name, series in run.series.items()}


def epochs(lines, bar="100/100 - 1s - "):
    """The lines of verbose=2, an epoch each."""
    return "".join(f"Epoch {at}/{len(lines)}\n{bar}{line}\n" for at, line in enumerate(lines, start=1))


PER_CENT = epochs(
    [
        "loss: 0.6941 - acc: 50.12",
        "loss: 0.6935 - acc: 49.87",
        "loss: 0.6932 - acc: 50.31",
        "loss: 0.6931 - acc: 50.12",
    ]
)


@pytest.mark.parametrize(
    "text", [PER_CENT, re.sub(r"(acc: [\d.]+)", r"\1%", PER_CENT)], ids=["bare", "marked"]
)
def test_accuracies_in_per_cent_are_shares(text):
    run = judged(text)
    assert run.curves[""]["acc"] == pytest.approx([0.5012, 0.4987, 0.5031, 0.5012])
    assert run.logged.facts == {"classes": 2}
    assert run.status == "stuck"


def test_a_share_keeps_the_digits_of_its_per_cent():
    (run,) = read(
        "Epoch [1/10], Loss: 2.3041, Accuracy: 10.12%\nEpoch [2/10], Loss: 2.3030, Accuracy: 0.87%\n"
    )
    assert values(run) == {"loss": [2.3041, 2.303], "accuracy": pytest.approx([0.1012, 0.0087])}
    assert run.accuracy[0].half == pytest.approx(5e-5)
    assert run.asked == 10


def test_a_split_that_stands_before_the_name():
    (run,) = read(
        "Epoch 1/2, Train Loss: 0.6941, Train Acc: 50.12%, Val Loss: 0.6939, Val Acc: 49.90%\n"
        "Epoch 2/2, Train Loss: 0.6935, Train Acc: 49.87%, Val Loss: 0.6933, Val Acc: 50.10%\n"
    )
    assert values(run) == {
        "loss": [0.6941, 0.6935],
        "acc": pytest.approx([0.5012, 0.4987]),
        "val_loss": [0.6939, 0.6933],
        "val_acc": pytest.approx([0.499, 0.501]),
    }


def test_steps_that_a_loop_prints_inside_its_epochs():
    (run,) = read(
        "Epoch [1/2], Step [100/600], Loss: 0.4112\n"
        "Epoch [1/2], Step [600/600], Loss: 0.1912\n"
        "Epoch [2/2], Step [100/600], Loss: 0.1412\n"
        "Epoch [2/2], Step [600/600], Loss: 0.1112\n"
    )
    assert values(run) == {"loss": [0.1912, 0.1112]}
    assert run.total == 600


def test_a_paste_that_begins_in_the_middle_of_an_epoch():
    text = (
        " 61/100 [=================>............] - ETA: 1s - loss: 0.6990 - acc: 0.5102\n"
        "100/100 [==============================] - 3s 30ms/step - loss: 0.6981 - acc: 0.5050\n"
        "Epoch 4/10\n"
        "100/100 [==============================] - 3s 30ms/step - loss: 0.6941 - acc: 0.5000\n"
        "Epoch 5/10\n"
        "100/100 [==============================] - 3s 30ms/step - loss: 0.6936 - acc: 0.4990\n"
    )
    (run,) = read(text)
    assert run.epochs == (3, 4, 5)
    assert values(run)["loss"] == [0.6981, 0.6941, 0.6936]
    assert run.cut == ("The log begins in epoch 3.",)
    (run,) = read(text[text.index(" - acc: 0.5050") :])
    assert run.epochs == (4, 5)


def test_lines_of_the_program_are_no_figures():
    run = judged(
        "N = 1000\nlr=0.01\nmodel.compile(loss='mse', optimizer='adam')\n"
        "history = model.fit(x, y, epochs=3, batch_size=32, validation_split=0.2)\n"
        + PER_CENT
        + "plt.plot(x, alpha=0.5)\nN = 1000\n"
    )
    assert set(run.curves[""]) == {"loss", "acc"}
    with pytest.raises(LogError, match="no training"):
        read("import numpy as np\nN = 1000\nloss = 0.5\nacc = 0\nfor epoch in range(10):\n    loss = 0.3\n")
    (run,) = read("Epoch 1/2\nloss = 0.5\nval_loss = 0.6\nEpoch 2/2\nloss = 0.4\nval_loss = 0.5\n")
    assert values(run) == {"loss": [0.5, 0.4], "val_loss": [0.6, 0.5]}


def test_the_bar_of_lightning():
    before = "25.10it/s, v_num=3, train_loss=2.305, val_loss=2.303, val_acc=0.0978]\n"
    (run,) = read(
        "Epoch 0:   0%|          | 0/94 [00:00<?, ?it/s]\n"
        "Epoch 0:  53%|█████     | 50/94 [00:01<00:01, 25.10it/s, v_num=3, train_loss=2.310]\n"
        "Epoch 0: 100%|██████████| 94/94 [00:03<00:00, 25.10it/s, v_num=3, train_loss=2.300]\n"
        f"Epoch 0: 100%|██████████| 94/94 [00:03<00:00, {before}"
        f"Epoch 1:   0%|          | 0/94 [00:00<?, {before}"
        f"Epoch 1:  53%|█████     | 50/94 [00:01<00:01, {before}"
        "Epoch 1: 100%|██████████| 94/94 [00:03<00:00, 25.10it/s, v_num=3, train_loss=2.303, val_loss=2.304, "
        "val_acc=0.1012]\n"
    )
    assert values(run) == {"loss": [2.305, 2.303], "val_loss": [2.303, 2.304], "val_acc": [0.0978, 0.1012]}
    assert run.epochs == (1, 2)
    assert run.total == 94


def test_the_logarithm_that_is_told_is_that_of_the_loss():
    same = "loss: 0.6951 - acc: 0.4978 - val_loss: 0.6951 - val_acc: 0.0000e+00"
    run = judged(epochs(["loss: 0.7123 - acc: 0.6500 - val_loss: 0.6951 - val_acc: 0.0000e+00", *[same] * 3]))
    told = next(seen.says for seen in run.symptoms if seen.rule == "validation-one-sided")
    assert "0.6951 is -ln 0.4990" in told
    assert causes(run)[0] == "one-sided-validation-split"


@pytest.mark.parametrize(
    "lines",
    [
        [
            "loss: 399.7000 - accuracy: 0.0000e+00",
            "loss: 310.2000 - accuracy: 0.0021",
            "loss: 302.4800 - accuracy: 0.0021",
            "loss: 215.9000 - accuracy: 0.0021",
        ],
        [
            "loss: 399.7000 - accuracy: 0.1100",
            "loss: 310.2000 - accuracy: 0.1200",
            "loss: 302.4800 - accuracy: 0.1100",
        ],
    ],
    ids=["few hits", "whole numbers that are hit"],
)
def test_a_regression_with_an_accuracy_is_none_of_classes(lines):
    run = judged(epochs(lines))
    assert causes(run)[0] == "accuracy-on-continuous-target"
    assert "noise-after-output" not in causes(run)
    assert "logits-taken-as-probabilities" not in causes(run)


def test_validation_that_is_far_worse_from_the_first_epoch_is_no_overfitting():
    losses = [0.6123, 0.4123, 0.3123, 0.2523, 0.2023, 0.1523]
    judging = [398.12, 410.34, 441.22, 460.12, 480.12, 499.12]
    lines = [f"loss: {loss:.4f} - val_loss: {other:.4f}" for loss, other in zip(losses, judging, strict=True)]
    run = judged(epochs(lines))
    assert causes(run)[0] == "batchnorm-inference-gap"
    assert sure(run) == []
    assert overfitting(Curve.of(loss=losses, val_loss=judging)).certainty == "suspected"


def test_the_lowest_validation_loss_is_the_one_that_was_printed():
    losses = [500.1, 410.2, 302.48, 230.2, 215.9, 200.9, 190.9, 180.9]
    judging = [399.7, 302.48, 420.1, 430.2, 440.1, 450.1, 470.1, 490.1]
    lines = [f"loss: {loss:.4f} - val_loss: {other:.4f}" for loss, other in zip(losses, judging, strict=True)]
    (seen,) = judged(epochs(lines)).symptoms
    assert "lowest in epoch 2 (302.5)" in seen.says


def test_a_score_with_a_minus_sign_that_learns_is_no_label():
    run = judged(
        epochs(
            [
                "loss: -0.1240 - accuracy: 0.7012",
                "loss: -0.3120 - accuracy: 0.7612",
                "loss: -0.5120 - accuracy: 0.8212",
                "loss: -0.7120 - accuracy: 0.9012",
            ]
        )
    )
    assert causes(run) == []
    assert run.status == "nothing-found"


def test_a_loss_that_rises_is_no_learning():
    run = judged(
        epochs(
            [
                "loss: 0.5120 - accuracy: 0.9012",
                "loss: 0.6120 - accuracy: 0.9022",
                "loss: 0.7520 - accuracy: 0.9032",
                "loss: 0.9120 - accuracy: 0.9042",
                "loss: 1.4120 - accuracy: 0.9042",
            ]
        )
    )
    assert causes(run)[0] == "learning-rate-too-high"


def test_one_line_whose_figures_contradict_each_other():
    run = judged("100/100 [==============================] - 3s 30ms/step - loss: 0.5759 - acc: 0.0050\n")
    (seen,) = run.symptoms
    assert "allows 0.8308 at most" in seen.says
    assert causes(run)[0] == "accuracy-on-continuous-target"
