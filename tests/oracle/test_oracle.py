"""What is called proved is proved: random programs, each proved claim computed again by brute force."""

import inspect

import pytest

from unstuck.judgement.findings import Certainty
from unstuck.rules.rule import catalogue

from .kept import KEPT
from .plan import judge_seeds
from .programs import Program, draw
from .situation import execute, situation_of
from .tally import Tally
from .truth import Claim, truths, why_false

#: Judgements in CI: two minutes of one processor on torch.
JUDGEMENTS = 2000


def can_prove(rule):
    """Whether a rule may say proved: it is its usual certainty, or its file names it."""
    return rule.kind == "cause" and (
        rule.certainty is Certainty.PROVED
        or "Certainty.PROVED" in inspect.getsource(inspect.getmodule(rule.check))
    )


def test_every_rule_that_can_prove_has_an_oracle():
    lacking = [name for name, rule in catalogue().items() if can_prove(rule) and name not in truths()]
    assert lacking == []


def test_every_oracle_has_its_rule():
    assert [name for name in truths() if not can_prove(catalogue()[name])] == []


def test_a_seed_draws_the_same_program_twice():
    assert draw(11) == draw(11) != draw(12)


def test_nothing_proved_is_false(capsys):
    tally = judge_seeds(0, JUDGEMENTS)
    with capsys.disabled():
        print(f"\n{tally}")
    assert [str(each) for each in tally.contradictions] == []
    assert tally.proved.total() > JUDGEMENTS / 4  # else the programs have become too tame to tell anything


@pytest.mark.parametrize("name", KEPT)
def test_what_was_false_once_is_not_said_again(name):
    tally = Tally()
    tally.judge(Program(name, KEPT[name].text), KEPT[name].doors)
    assert tally.no_programs == 0
    assert [str(each) for each in tally.contradictions] == []


HEALTHY = """\
import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(0)
keras.utils.set_random_seed(0)
X = x = rng.normal(size=(48, 8)).astype("float32")
Y = y = (X[:, :1] > 0).astype("float32")
loss, metrics = "binary_crossentropy", ["accuracy"]
model = keras.Sequential([keras.Input((8,)), layers.Dense(4, "relu"), layers.Dense(1, "sigmoid")])
model.compile("adam", loss, metrics=metrics)
fit = dict(verbose=0, class_weight={0: 1.0, 1: 2.0})
"""

#: Figures as findings show them; none of them is true of the healthy program.
FIGURES = {
    "bounds": (0.0, 1.0),
    "share_outside": 0.5,
    "lower_bound": 0.0,
    "upper_bound": 1.0,
    "layer": "Dropout",
    "rate": 0.5,
    "highest_possible_accuracy": 0.1,
    "loss_of_nothing": 0.1,
    "monitor": "val_loss",
    "mode": "max",
    "right_mode": "min",
}


@pytest.mark.parametrize("rule", truths())
def test_an_oracle_contradicts_its_claim_on_a_healthy_program(rule):
    claim = Claim(rule, "it sets 50% of the predictions to 0", FIGURES)
    assert why_false(situation_of(execute(HEALTHY)), claim) != ""
