"""Rows that tell simple models nothing, as the reference of a fit shows without a question of a proof."""

from dataclasses import replace

import pytest

from unstuck.evidence.facts import Evidence, Input, Inputs, Output, Reference, Versus
from unstuck.evidence.reference.untold import learnability_of, with_untold
from unstuck.rules.labels._learnable import finds_nothing
from unstuck.rules.labels.nothing_to_learn import nothing_to_learn

NOTHING = Reference(
    network=0.532,
    trivial=(("always the most frequent class", 0.523),),
    simple=(("logistic regression", 0.53), ("nearest neighbours", 0.51)),
    versus_trivial=Versus(difference=0.009, low=-0.04, high=0.06),
    judged=1024,
    taught=1500,
    levels=2,
    p_value=0.3,
    permutations=199,
)
NUMBERS = replace(
    NOTHING,
    measure="R2",
    levels=None,
    network=-0.02,
    trivial=(("always the mean", 0.0),),
    simple=(("linear regression", -0.01), ("boosted trees", -0.2)),
)


@pytest.mark.parametrize("reference", [NOTHING, NUMBERS])
def test_what_neither_simple_models_nor_the_network_find_is_suspected_to_be_nothing(reference):
    found = learnability_of(reference)
    assert finds_nothing(found)
    assert nothing_to_learn(found).certainty == "suspected"


@pytest.mark.parametrize(
    "changed",
    [
        {"versus_trivial": Versus(difference=0.1, low=0.05, high=0.15)},  # the network finds something
        {"simple": NOTHING.simple[:1]},  # one kind of model may be blind
        {"simple": ()},
        {"positions": 5000},
        {"measure": "balanced accuracy"},
    ],
)
def test_what_the_reference_cannot_say_is_not_said(changed):
    assert learnability_of(replace(NOTHING, **changed)) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"simple": (("boosted trees", 0.64), ("logistic regression", 0.53)), "p_value": 0.005},
        {"judged": 60},  # 2.487 sqrt(.25 / 60) = .16, more than a fifth of the way from .523 to 1
    ],
)
def test_a_trace_or_few_rows_are_not_nothing(changed):
    assert not finds_nothing(learnability_of(replace(NOTHING, **changed)))


def test_numbers_over_few_rows_are_not_nothing():
    assert not finds_nothing(learnability_of(replace(NUMBERS, judged=300)))  # 2.487 x 2 / sqrt(300) = .29


def evidence(**of_input):
    inputs = Inputs(training=(Input(**of_input),))
    return Evidence(inputs=inputs, outputs=(Output(reference=NOTHING),))


def test_only_rows_of_numbers_are_judged_so():
    assert with_untold(evidence(shape=(40,))).learnability is not None
    assert with_untold(evidence(shape=(8, 8, 1))).learnability is None
    assert with_untold(evidence(shape=(40,), feeds="Embedding")).learnability is None
