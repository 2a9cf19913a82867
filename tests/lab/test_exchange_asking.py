"""When a proof exchanges parts, and what it says of a part that it found at fault."""

from types import SimpleNamespace

import numpy as np
import pytest

from unstuck.case.proofs import RemedyRecord
from unstuck.case.schema import CauseRecord, NotCheckedRecord, NoteRecord, RunRecord, SymptomRecord, Where
from unstuck.evidence.facts import Learnability
from unstuck.lab.clocks import Budget
from unstuck.lab.conclude import concluded
from unstuck.lab.exchange.asking import exchangeable
from unstuck.lab.experiment import Answer
from unstuck.lab.known import ProofState
from unstuck.lab.prove import _ask, _options, _spoken_for
from unstuck.lab.recipe import Recipe
from unstuck.lab.rerun import Rerun
from unstuck.report.headline import headline_of

OWN = Recipe(custom={"focal": abs})
STUCK = RunRecord(symptoms=[SymptomRecord(rule="beaten-by-simple-model", says="")])
BOUND = {"class_name": "Dense", "config": {"name": "dense", "kernel_constraint": {"class_name": "MaxNorm"}}}


def _kernel(size):
    return np.random.default_rng(0).normal(0, size, (30, 20)).astype("float32")


def _cause(certainty, impact="harms", rule="learning-rate-too-low"):
    return CauseRecord(rule=rule, certainty=certainty, impact=impact)


@pytest.mark.parametrize(
    "recipe",
    [
        OWN,
        Recipe(class_weight={0: 1.0, 1: 90.0}),
        Recipe(sample_weight=np.ones(3)),
        Recipe(model=BOUND),
        Recipe(paths=("dense/kernel",), initial=(_kernel(1e-4),)),
    ],
    ids=["own code", "class weights", "weights of rows", "a constraint", "an odd start"],
)
def test_a_stuck_training_with_something_to_exchange(recipe):
    assert exchangeable(STUCK, recipe)


@pytest.mark.parametrize(
    ("run", "recipe"),
    [
        (RunRecord(), OWN),
        (RunRecord(symptoms=[SymptomRecord(rule="train-validation-gap", says="")]), OWN),
        (RunRecord(symptoms=STUCK.symptoms, causes=[_cause("proved")]), OWN),
        (STUCK, Recipe(paths=("dense/kernel", "embedding/embeddings"), initial=(_kernel(0.2), _kernel(9.0)))),
        (STUCK, Recipe(custom={"focal": abs}, from_file=True)),
        (STUCK, Rerun(script="train.py")),
    ],
    ids=["no symptom", "another symptom", "proved", "nothing of its own", "from a file", "no recipe"],
)
def test_nothing_is_exchanged(run, recipe):
    assert not exchangeable(run, recipe)


def test_a_proved_figure_that_misleads_or_a_suspicion_does_not_stand_in_the_way():
    for cause in (_cause("proved", "misleads"), _cause("suspected"), _cause("measured")):
        assert exchangeable(RunRecord(symptoms=STUCK.symptoms, causes=[cause]), OWN)


def test_a_suspicion_that_a_measured_root_explains_is_not_tried_beside_it():
    remedy = RemedyRecord(name="batch-norm", says="", changes=[])
    note = NoteRecord(
        rule="inputs-not-scaled",
        impact="harms",
        certainty="suspected",
        explains=["loss-at-chance"],
        explained_by="statistics-never-updated",
        remedies=[remedy],
    )

    def tried(rule):
        run = RunRecord(symptoms=STUCK.symptoms, causes=[_cause("measured", rule=rule)], notes=[note])
        known = ProofState()
        list(_options(run, OWN, known))
        return ("inputs-not-scaled", "") in known.untried

    assert not tried("statistics-never-updated")
    assert tried("overfitting")


def test_a_part_at_fault_leads_and_withdraws_what_was_suspected():
    run = RunRecord(
        status="stuck",
        symptoms=STUCK.symptoms,
        causes=[_cause("suspected")],
    )
    part = CauseRecord(
        rule="part-at-fault",
        certainty="confirmed",
        impact="blocks",
        where=Where("train.py", 31),
        shows={"part": "focal"},
        explains=["beaten-by-simple-model", "learning-rate-too-low"],
    )
    proved = concluded(run, ProofState(found=[part]), Budget(60.0))
    assert [cause.rule for cause in proved.causes] == ["part-at-fault"]
    assert [each.rule for each in proved.refuted] == ["learning-rate-too-low"]
    told = "This training falls short of a simple model. Confirmed by training: part-at-fault."
    assert headline_of(proved) == told
    assert proved.proof.says == "Confirmed by exchanging parts both ways: focal is at fault."


@pytest.mark.parametrize("before", ["signal-lost-before-fit", "rows-levelled", ""])
def test_nothing_to_learn_is_not_added_where_the_signal_was_lost_before_fit(before):
    nothing = Learnability(
        scores=(("nearest neighbours", 0.511),),
        baseline=0.503,
        majority=0.503,
        classes=2,
        p_value=0.44,
        permutations=24,
        smallest=0.047,
        noise=0.016,
        rows=1000,
        held_out=1000,
    )
    sure = "suspected" if before == "rows-levelled" else "measured"
    causes = [_cause(sure, rule=before)] if before else []
    run, known = (
        RunRecord(
            symptoms=[*STUCK.symptoms, SymptomRecord(rule="accuracy-stays-low", says="")], causes=causes
        ),
        ProofState(),
    )
    answers = {"learnability": Answer(says="", record=nothing)}
    bench = SimpleNamespace(
        executor=SimpleNamespace(workers=1), clock=SimpleNamespace(left=60.0), ask=lambda *_: answers
    )
    _ask(["learnability"], run, bench, known)
    assert [each.rule for each in known.found] == ([] if before else ["nothing-to-learn"])
    assert not exchangeable(run, OWN) or not before
    known = ProofState(answers={"learnability": Answer(says="nothing", supports=("nothing-to-learn",))})
    spoken = {each.rule for each in _spoken_for(run, {"beaten-by-simple-model", "accuracy-stays-low"}, known)}
    assert ("nothing-to-learn" in spoken) is not bool(before)


def test_a_cause_that_one_answer_speaks_against_is_not_claimed():
    said = Answer(says="It can learn, but not at 0.001.", supports=("learning-rate-too-low",))
    denied = Answer(says="The rate is not to blame.", refutes=("learning-rate-too-low",))
    run = RunRecord(symptoms=[SymptomRecord(rule="loss-does-not-fall", says="")])
    for answers, claimed in (
        ({"one": said}, ["learning-rate-too-low"]),
        ({"one": said, "other": denied}, []),
    ):
        found = _spoken_for(run, {"loss-does-not-fall"}, ProofState(answers=answers))
        assert [each.rule for each in found] == claimed


def test_a_rule_whose_question_found_no_time_says_so():
    asked = [NotCheckedRecord("part-at-fault", "no question was put to this training")]
    known = ProofState()
    bench = SimpleNamespace(
        executor=SimpleNamespace(workers=1), clock=SimpleNamespace(left=60.0), ask=lambda *_: {}
    )
    _ask(["exchange-of-parts"], STUCK, bench, known)
    told = concluded(RunRecord(symptoms=STUCK.symptoms, not_checked=asked), known, Budget(60.0)).not_checked
    assert {each.rule: each.reason for each in told} == {
        "part-at-fault": "the time was up before it was answered",
        "exchange-of-parts": "the time was up before it was answered",
    }


def test_a_model_that_cannot_be_built_again_says_why_no_part_was_exchanged():
    known = ProofState(unanswered={"part-at-fault": "no part can be exchanged: Tied cannot be made again"})
    asked = [NotCheckedRecord("part-at-fault", "no question was put to this training")]
    (told,) = concluded(
        RunRecord(symptoms=STUCK.symptoms, not_checked=asked), known, Budget(60.0)
    ).not_checked
    assert told.reason == "no part can be exchanged: Tied cannot be made again"
