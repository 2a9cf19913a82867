"""A claim whose figure contradicts a reported one is withdrawn, by the engine and for every rule alike."""

import pytest

from unstuck.evidence.facts import Curve, Evidence, Head, Layer, Loss, Model, Output
from unstuck.judgement.findings import Predicted
from unstuck.rules.rule import catalogue, judge

RULE = "categorical-crossentropy-on-one-unit"


def judged(*losses, model=None):
    output = Output(
        head=Head(activation="sigmoid", units=1),
        loss=Loss(name="categorical_crossentropy"),
        curve=Curve.of(loss=losses) if losses else None,
    )
    return judge(Evidence(outputs=(output,), model=model), [catalogue()[RULE]], gated=False)


def test_a_loss_of_nothing_stands():
    assert [each.rule for each in judged(0.0, 1.19e-07).causes] == [RULE]
    assert [each.rule for each in judged().causes] == [RULE]


def test_a_loss_that_is_reported_otherwise_withdraws_the_claim_and_says_so():
    judgement = judged(0.3, 0.1039)
    assert judgement.causes == judgement.notes == ()
    assert judgement.not_checked == ((RULE, "withdrawn: it would make the loss 0, and 0.1039 was reported"),)


def test_a_penalty_on_the_weights_is_part_of_the_reported_loss():
    model = Model(layers=(Layer(penalty=0.01),))
    assert [each.rule for each in judged(0.3, 0.1039, model=model).causes] == [RULE]


@pytest.mark.parametrize(
    ("value", "against"), [(0.5, False), (0.5004, False), (0.6, True), (float("nan"), False)]
)
def test_the_digits_of_a_log_are_no_contradiction(value, against):
    assert Predicted(key="accuracy", at_most=0.5).contradicted_by(value) is against
