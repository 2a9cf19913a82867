"""Families of symptoms: each symptom states one, causes name them, and a new symptom is one new file."""

import inspect
from pathlib import Path

import pytest

from unstuck.evidence.facts import (
    Baselines,
    Curve,
    Fit,
    Labels,
    Loss,
    Metric,
    Metrics,
    Predictions,
    Reference,
    Versus,
)
from unstuck.judgement import findings
from unstuck.judgement.findings import Finding
from unstuck.rules import families
from unstuck.rules.rule import CATALOGUE, catalogue, symptom, symptoms_of

RULES = catalogue()
SYMPTOMS = [rule for rule in RULES.values() if rule.kind == "symptom"]
CAUSES = [rule for rule in RULES.values() if rule.kind == "cause"]


def each(rules):
    return [pytest.param(rule, id=rule.name) for rule in rules]


@pytest.fixture
def held_apart(monkeypatch):
    """What a test puts in is gone with it."""
    catalogue()
    monkeypatch.setattr(CATALOGUE, "_held", dict(CATALOGUE._held))


@pytest.mark.parametrize("rule", each(SYMPTOMS))
def test_a_symptom_states_its_family_or_its_cause_names_it(rule):
    assert rule.family in families.ALL or any(rule.name in cause.named for cause in CAUSES)


@pytest.mark.parametrize("family", families.ALL, ids=lambda family: family.name)
def test_a_family_has_symptoms_and_causes_and_says_its_mechanism(family):
    assert symptoms_of(family)
    assert any(family in cause.named for cause in CAUSES)
    assert family.says.endswith(".")
    assert family.within is None or family.within in families.ALL


def test_the_table_of_families_is_whole():
    assert set(families.ALL) == {
        each for each in vars(families).values() if isinstance(each, families.Family)
    }


@pytest.mark.parametrize("rule", each(CAUSES))
def test_a_cause_names_nothing_twice(rule):
    named = [name for each in rule.named for name in symptoms_of(each)]
    assert len(set(named)) == len(named)
    assert set(symptoms_of(*rule.but)) < set(named)


@pytest.mark.usefixtures("held_apart")
def test_a_new_symptom_is_explained_by_the_causes_that_name_its_family():
    @symptom("loss-hums", of=families.SCORE_STAYS)
    def loss_hums(curve: Curve) -> Finding | None:
        """The loss hums."""

    assert "loss-hums" in RULES["vanishing-gradient"].explains  # names the wider family
    assert "loss-hums" in RULES["argmax-over-one-column"].explains  # names its own
    assert "loss-hums" not in RULES["target-not-scaled"].explains  # takes it away
    assert "loss-hums" not in RULES["overfitting"].explains  # names another


def test_only_its_own_file_and_its_exceptions_name_a_symptom_of_a_family():
    """A family's symptom stands by name in no list: the causes that name it are the exceptions."""
    folder = Path(inspect.getsourcefile(families)).parent
    for rule in SYMPTOMS:
        if rule.family is None:
            continue
        exceptions = {each.name for each in CAUSES if rule.name in (*each.named, *each.but)}
        named = {
            file.stem.replace("_", "-")
            for file in folder.rglob("*.py")
            # Signs in a log's figures have names of their own, some of them the same.
            if file.parent.name != "figures" and f'"{rule.name}"' in file.read_text()
        }
        assert named <= exceptions | {rule.name}


# --- a cause leads in its own situation ---

_HALVES = (Baselines(majority=0.5, classes=2, constant_loss=0.6931), Labels.of([0, 1] * 200), Fit(rows=400))
_BEATEN = Reference(
    network=0.5,
    trivial=(("always the most frequent class", 0.5),),
    simple=(("logistic regression", 0.9),),
    versus_simple=Versus(difference=-0.4, low=-0.5, high=-0.3),
    p_value=0.001,
)
#: How a training goes in which a cause is at work: it stands still, it creeps, it ends with an exception.
TRAININGS = (
    (
        Curve.of(loss=[0.6931] * 5, accuracy=[0.5] * 5, val_accuracy=[0.5] * 5),
        Metrics(uses=(Metric(),)),
        *_HALVES,
        Loss(name="binary_crossentropy"),
        Predictions(rows=400, mean=0.5, std=0.0, accuracy=0.5),
        _BEATEN,
    ),
    (
        Curve.of(loss=[0.80, 0.74, 0.71, 0.70], accuracy=[0.5] * 4),
        Metrics(uses=(Metric(),)),
        *_HALVES,
        Loss(name="binary_crossentropy"),
    ),
    (Fit(rows=400, raised="ValueError: shapes do not fit"),),
)


def seen_in(records):
    """The symptoms of a situation."""
    held = {type(record): record for record in records}
    able = (
        rule for rule in SYMPTOMS if all(kind in held for kind, required in rule.needs.values() if required)
    )
    return [found for rule in able if (found := rule.on(held)) is not None]


def situations(rule, records):
    """The example as it stands, where its records show a symptom, else in the trainings above."""
    own = seen_in(records)
    return [own] if own else [seen_in(training) for training in TRAININGS]


@pytest.mark.parametrize("rule", each(CAUSES))
def test_a_cause_leads_in_the_situation_of_its_own_examples(rule):
    for records in rule.examples_fire:
        found = rule(*records)
        judged = [findings.rank(symptoms, [found]) for symptoms in situations(rule, records)]
        assert any(each.causes for each in judged), "no symptom of its own example reaches it"


@pytest.mark.usefixtures("held_apart")
def test_a_cause_that_no_symptom_of_its_example_reaches_is_noticed():
    from unstuck.rules.rule import cause

    @cause("too-much-hum", certainty="proved", impact="blocks", explains=("training-mode-gap",))
    def too_much_hum(labels: Labels) -> Finding | None:
        """It hums."""
        return Finding(says="It hums.")

    too_much_hum.fires(Labels.of([0, 1]))
    with pytest.raises(AssertionError, match="no symptom of its own example"):
        test_a_cause_leads_in_the_situation_of_its_own_examples(too_much_hum)
