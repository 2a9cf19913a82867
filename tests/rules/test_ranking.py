"""One ranking for all: what figures fit, what the script beside a log says to it, what explains more."""

from dataclasses import replace

import pytest

from unstuck.evidence.facts import (
    Book,
    Evidence,
    Fit,
    Head,
    Layer,
    LoggedRun,
    Loss,
    Model,
    Output,
    Place,
    Script,
)
from unstuck.judgement.findings import Certainty, Finding, rank
from unstuck.rules.logged import evidence_of
from unstuck.rules.rule import catalogue, judge
from unstuck.rules.ruling_out import ruled_out
from unstuck.rules.sign import IN_FIGURES, fit, signs

LINE = Place(file="train.py", line=7)


def seen(rule, *fits, ranked=40, covers=(), output=""):
    return Finding(
        says=f"{rule}.",
        rule=rule,
        fits=fits,
        likelihood=-ranked,
        explains=covers,
        output=output,
        certainty=Certainty.MEASURED,
    )


def names(findings):
    return [each.rule for each in findings]


def figures(*symptoms, **options):
    return rank(symptoms, [], gated=False, **options)


def test_the_first_guess_of_a_surer_sign_comes_first_and_the_first_of_each_before_the_last():
    judged = figures(
        seen("weak", fit("a", "A."), fit("b", "B."), ranked=50), seen("sure", fit("c", "C."), fit("d", "D."))
    )
    assert names(judged.causes) == ["c", "a", "d", "b"]


def test_what_is_measured_leads_and_the_others_stay_beside_it():
    judged = figures(seen("s", fit("a", "A."), fit("b", "B.", "measured")))
    assert names(judged.causes) == ["b", "a"]


def test_a_cause_that_two_signs_fit_is_told_once_with_what_either_says():
    judged = figures(
        seen("s", fit("a", "A."), fit("b", "Both.")), seen("t", fit("b", "Both."), fit("c", "C.")), seen("u")
    )
    assert names(judged.causes) == ["b", "a", "c"]
    assert judged.causes[0].says == "Both."
    assert judged.causes[0].explains == ("s", "t")


def test_outputs_have_causes_of_their_own():
    judged = figures(seen("s", fit("a", "A."), output="x"), seen("s", fit("a", "B."), output="y"))
    assert [(each.output, each.says) for each in judged.causes] == [("x", "A."), ("y", "B.")]


def test_a_sign_that_another_says_better_is_set_aside_with_its_causes():
    weak, sure = seen("weak", fit("a", "A.")), seen("sure", fit("b", "B."), covers=("weak",))
    judged = figures(weak, sure)
    assert (names(judged.symptoms), names(judged.told_better)) == (["sure"], ["weak"])
    assert names(judged.causes) == ["b"]
    elsewhere = figures(seen("weak", fit("a", "A."), output="x"), seen("sure", covers=("weak",), output="y"))
    assert names(elsewhere.symptoms) == ["weak", "sure"]


def test_what_script_and_figures_agree_on_leads_and_what_it_rules_out_is_named():
    script = Script(evidence=Evidence(), shows={"c": LINE}, rules_out={"a": "it is sigmoid", "z": "no"})
    judged = figures(seen("s", fit("a", "A."), fit("b", "B.", "measured"), fit("c", "C.")), script=script)
    assert names(judged.causes) == ["c", "b"]
    assert judged.causes[0].where == LINE
    assert judged.ruled_out == (("a", "it is sigmoid"),)
    assert names(judged.symptoms) == ["s"]


def test_a_symptom_whose_causes_are_all_ruled_out_is_still_seen():
    script = Script(evidence=Evidence(), rules_out={"a": "no"})
    judged = figures(seen("s", fit("a", "A.")), script=script)
    assert names(judged.symptoms) == ["s"]
    assert not judged.causes


def test_of_equal_causes_the_one_that_explains_more_of_what_was_seen_comes_first():
    few = Finding(says="", rule="few", explains=("s", "u", "v", "w"), certainty=Certainty.SUSPECTED)
    more = Finding(says="", rule="more", explains=("s", "t"), certainty=Certainty.SUSPECTED)
    assert names(rank([seen("s"), seen("t")], [few, more]).causes) == ["more", "few"]


@pytest.mark.parametrize(
    ("certainty", "folded", "notes"),
    [("proved", ["low", "mid"], ["other"]), ("suspected", [], ["low", "mid", "other"])],
)
def test_a_note_that_an_established_cause_explains_is_folded(certainty, folded, notes):
    high = Finding(says="", rule="high", explains=("s", "mid"), certainty=Certainty(certainty))
    mid = Finding(says="", rule="mid", explains=("low",), certainty=Certainty.SUSPECTED)
    low, other = (Finding(says="", rule=rule, certainty=Certainty.SUSPECTED) for rule in ("low", "other"))
    judged = rank([seen("s")], [low, mid, other, high])
    assert names(judged.causes) == ["high"]
    assert (sorted(names(judged.folded)), sorted(names(judged.notes))) == (folded, notes)


def test_a_sign_that_fails_does_not_end_the_others():
    def fails(run: LoggedRun) -> Finding | None:
        raise ZeroDivisionError

    sound = next(each for each in signs() if each.name == "loss-at-ln-k")
    run = LoggedRun.of(loss=[0.6931] * 3, accuracy=[0.5] * 3)
    rules = [replace(sound, name="broken", check=fails), sound]
    judged = judge(evidence_of(Book((run,), 0)), rules, gated=False)
    assert judged.errored == (("broken", "ZeroDivisionError: "),)
    assert names(judged.symptoms) == ["loss-at-ln-k"]


def test_signs_are_rules_that_stand_beside_the_catalogue():
    assert {each.group for each in signs()} == {IN_FIGURES}
    assert not [each.name for each in catalogue().values() if each.group == IN_FIGURES]


def written(**records):
    output = {name: records.pop(name) for name in ("head", "loss") if name in records}
    return Evidence(outputs=(Output(**output),), **records)


SIGMOID, SOFTMAX = Head(activation="sigmoid"), Head(activation="softmax", units=3, softmax_size=3)
BINARY, SQUARED = Loss(name="binary_crossentropy"), Loss(name="mean_squared_error")
PLAIN, NORMALISED = Model(layers=(Layer(kind="Dense"),)), Model(layers=(Layer(kind="BatchNormalization"),))


@pytest.mark.parametrize(
    ("cause", "against", "possible"),
    [
        ("softmax-over-one-unit", {"head": SIGMOID}, {"head": Head(activation="softmax", softmax_size=1)}),
        ("softmax-over-one-unit", {"head": SOFTMAX}, {"head": Head(activation="unknown")}),
        ("relu-output", {"head": SIGMOID}, {"head": Head(activation="relu")}),
        ("sigmoid-with-categorical-crossentropy", {"head": SOFTMAX}, {"head": SIGMOID}),
        ("argmax-over-one-column", {"head": SOFTMAX}, {"head": SIGMOID}),
        ("categorical-crossentropy-on-one-unit", {"head": SOFTMAX}, {"head": SIGMOID}),
        ("logits-taken-as-probabilities", {"head": SOFTMAX}, {"head": Head()}),
        ("noise-after-output", {"head": SIGMOID}, {"head": Head(activation_is_last=False)}),
        ("binary-crossentropy-on-one-hot", {"loss": SQUARED}, {"loss": BINARY}),
        ("labels-outside-unit-interval", {"loss": SQUARED}, {"loss": Loss(name="custom", custom=True)}),
        ("regression-loss-for-classes", {"loss": BINARY}, {"loss": SQUARED}),
        ("probabilities-taken-as-logits", {"loss": BINARY}, {"loss": Loss(from_logits=True)}),
        ("batchnorm-inference-gap", {"model": PLAIN}, {"model": NORMALISED}),
        ("unmasked-padding", {"model": PLAIN}, {"model": Model(layers=(Layer(kind="LSTM"),))}),
        ("unmasked-padding", {"model": PLAIN}, {"model": Model(kind="subclassed", layers=PLAIN.layers)}),
        ("one-sided-validation-split", {"fit": Fit(validation="validation_data")}, {"fit": Fit()}),
    ],
)
def test_what_in_a_script_speaks_against_a_cause(cause, against, possible):
    assert ruled_out(written(**against))[cause]
    assert cause not in ruled_out(written(**possible))


def test_of_several_outputs_nothing_is_ruled_out_by_one():
    both = Evidence(outputs=(Output(name="a", head=SIGMOID), Output(name="b", head=SOFTMAX)))
    assert ruled_out(both) == {}
