"""Each picture is drawn from the smallest record that holds its data, and absent where there is none."""

import re

import msgspec
import pytest
from html_cases import LEARNABLE, PICTURES, RANGE, SWEEP, TRIAL

from unstuck.case.schema import RunRecord
from unstuck.evidence.pictures import LabelOrder, LayerSteps, LayerUnits, Pictures, TimeAxis
from unstuck.report.html.drawing import ACCENT, INK, LINE, MUTED, steps, style, svg
from unstuck.report.html.picture import kinds
from unstuck.report.html.pictures import curves, trials
from unstuck.report.html.style import page_style
from unstuck.rules.rule import catalogue

#: The part of a run that each picture is drawn from.
NEEDS = {
    "answers": {"pictures": Pictures(answers=PICTURES.answers)},
    "batch-labels": {"pictures": Pictures(batches=PICTURES.batches)},
    "batch-sizes": {"experiments": [SWEEP]},
    "confusion": {"pictures": Pictures(confusions=PICTURES.confusions)},
    "feature-scales": {"pictures": Pictures(scales=PICTURES.scales)},
    "gradient-map": {"pictures": Pictures(layers=PICTURES.layers)},
    "label-order": {"pictures": Pictures(labels=PICTURES.labels)},
    "layer-units": {"pictures": Pictures(units=PICTURES.units)},
    "learning-rate-range": {"experiments": [RANGE]},
    "margins": {"pictures": Pictures(answers=PICTURES.answers)},
    "simple-models": {"experiments": [LEARNABLE]},
    "time-axis": {"pictures": Pictures(time=PICTURES.time)},
    "update-map": {"pictures": Pictures(layers=PICTURES.layers)},
}


def drawn(draw, *arguments):
    with style():
        return draw(*arguments)


def texts(picture):
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg(picture.figure, "a", picture.title))


def test_every_picture_is_known_here():
    assert {kind.name for kind in kinds()} == set(NEEDS)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_a_picture_needs_its_own_part_of_a_run_and_nothing_else(kind):
    picture = drawn(kind.draw, RunRecord(**NEEDS[kind.name]), "")
    assert re.search(r"\d", picture.says)
    assert picture.says.endswith(".")
    assert len(texts(picture)) >= 4
    others = {
        name: part
        for each, parts in NEEDS.items()
        for name, part in parts.items()
        if part != NEEDS[kind.name].get(name)
    }
    absent = RunRecord(**{name: type(part)() for name, part in others.items()})
    assert drawn(kind.draw, absent, "") is None
    assert drawn(kind.draw, RunRecord(), "") is None


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_what_a_picture_fits_exists(kind):
    from unstuck.lab.experiment import experiments

    assert set(kind.fits) <= set(catalogue())
    assert not kind.experiment or kind.experiment in experiments()


def test_answers_of_one_value_are_one_bar():
    constant = msgspec.structs.replace(
        PICTURES.answers[0], counts=[[0, 0, 0, 50], [0, 0, 0, 50]], decided=[("1", 100, 50), ("0", 0, 50)]
    )
    picture = drawn(kind("answers"), RunRecord(pictures=Pictures(answers=[constant])), "")
    assert "label 0: 50 of 50 in one bar, from 0.75 to 1" in picture.says
    assert "Every row is decided as class 1." in picture.says


def kind(name):
    return next(each.draw for each in kinds() if each.name == name)


def test_a_sorted_target_of_numbers_is_drawn_as_its_range():
    numbers = LabelOrder(rows=40, low=[0.0, 1.0], mean=[0.5, None], high=[1.0, 3.0])
    picture = drawn(kind("label-order"), RunRecord(pictures=Pictures(labels=[numbers])), "")
    assert "the mean target of a stretch goes from 0.5 to 0.5" in picture.says


def test_of_many_classes_the_caption_tells_how_mixed_a_stretch_is():
    shares = [[1.0, 0.0, 0.0, 0.0, 0.0], *[[0.0] * at + [1.0] + [0.0] * (4 - at) for at in range(1, 5)]]
    many = LabelOrder(rows=50, classes=[*"0123", "others"], shares=shares)
    picture = drawn(kind("label-order"), RunRecord(pictures=Pictures(labels=[many])), "")
    assert "makes up 100% of it on average, that of all rows (label 0) 20%" in picture.says
    assert picture.keys[-1].label == "others"


def test_many_layers_are_thinned_and_counted():
    many = LayerSteps(
        layers=[f"dense_{at}" for at in range(40)],
        steps=[1],
        gradients=[[1e-3]] * 40,
        ratios=[[0.1]] * 40,
        left_out=460,
    )
    picture = drawn(kind("gradient-map"), RunRecord(pictures=Pictures(layers=many)), "")
    assert picture.says.startswith("24 of 500 layers, 1 step")
    assert len(picture.rows) == 24
    assert picture.rows[0][0] == "dense_0"
    assert picture.rows[-1][0] == "dense_39"


def test_layers_without_a_silent_unit_are_no_picture():
    lively = LayerUnits(rows=9, layers=["hidden"], activations=["relu"], dead=[0.0], saturated=[0.0])
    assert drawn(kind("layer-units"), RunRecord(pictures=Pictures(units=lively)), "") is None


def test_a_gradient_of_nothing_is_said():
    dead = TimeAxis(steps=4, value=0.0, padded=[0.0, 1.0], gradient=[0.0, 0.0])
    assert "exactly 0" in drawn(kind("time-axis"), RunRecord(pictures=Pictures(time=dead)), "").says


def test_the_users_curves_stand_beside_what_needs_no_learning():
    run = RunRecord(
        curves={"": {"accuracy": [0.5, 0.6], "loss": [0.7, None], "val_accuracy": [0.4, 0.4]}},
        baselines={"": {"majority": 0.5, "classes": 4, "constant_loss": 0.69}},
        experiments=[LEARNABLE],
    )
    accuracy, loss = drawn(curves.accuracy_curve, run, ""), drawn(curves.loss_curve, run, "")
    labels = [key.label for key in accuracy.keys]
    assert labels[2:] == [
        "accuracy 0.5000 (always the most frequent class)",
        "accuracy 0.2500 (chance, one class in 4)",
        "accuracy 0.8200 (logistic regression, on rows held out from it)",
    ]
    assert "loss 0.6900 (the best constant answer)" in [key.label for key in loss.keys]
    assert "no number" in texts(loss)
    assert drawn(curves.accuracy_curve, RunRecord(), "") is None
    assert drawn(curves.loss_curve, RunRecord(), "") is None


def test_a_long_curve_keeps_its_peaks():
    values = [1.0] * 10_000
    values[7_777] = 9.0
    at, kept = steps(values)
    assert len(at) <= 402
    assert (at[0], at[-1]) == (1, 10_000)
    assert kept[at.index(7_778)] == 9.0


def test_trials_show_both_arms_and_the_interval():
    for draw in (trials.trial_accuracy, trials.trial_loss):
        assert "3 seeds each, 1,024 rows" in drawn(draw, TRIAL).says
    pairs = drawn(trials.trial_pairs, TRIAL)
    assert "95% interval" in texts(pairs)
    assert pairs.rows == (("0", "0.5", "0.9"), ("1", "0.5", "0.98"), ("2", "0.52", "0.95"))
    nothing = msgspec.structs.replace(TRIAL, control=[], treated=[], curves={}, accuracy_curves={})
    assert [
        drawn(draw, nothing) for draw in (trials.trial_accuracy, trials.trial_loss, trials.trial_pairs)
    ] == [None] * 3
    same = msgspec.structs.replace(
        TRIAL, curves={"control": TRIAL.curves["control"], "treated": TRIAL.curves["control"]}
    )
    assert drawn(trials.trial_loss, same) is None


def test_colours_follow_the_page_and_ids_carry_the_pictures_name():
    text = svg(drawn(trials.trial_accuracy, TRIAL).figure, "picture7", "a <b>")
    assert not any(colour in text for colour in (INK, MUTED, LINE, ACCENT))
    assert "var(--accent)" in text
    assert 'aria-label="a &lt;b&gt;"' in text
    assert all(name.startswith("picture7-") for name in re.findall(r' id="([^"]*)"', text))
    assert "DejaVu" not in text


def contrast(first, second):
    """The contrast ratio of WCAG 2: (L1 + .05) / (L2 + .05), L the relative luminance."""

    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_letters_stand_out_in_light_and_dark():
    schemes = re.findall(r":root \{([^}]*--paper[^}]*)\}", page_style())[:2]
    assert len(schemes) == 2
    for scheme in schemes:
        colours = dict(re.findall(r"--([\w-]+): (#\w{6})", scheme))
        for letters, paper in (
            ("ink", "paper"),
            ("muted", "paper"),
            ("accent", "paper"),
            ("ink", "raised"),
            ("muted", "raised"),
            ("add", "add-paper"),
            ("del", "del-paper"),
        ):
            assert contrast(colours[letters], colours[paper]) >= 4.5, (letters, paper, scheme)
