"""Rules that say the same at the same place are one finding."""

from unstuck.evidence.facts import Place
from unstuck.judgement.findings import Certainty, Finding, Impact, as_one, rank

HERE, THERE = Place(file="train.py", line=12), Place(file="train.py", line=14)


def found(rule, certainty="proved", where=HERE, output="", explains=("accuracy-flat",), **shows):
    return Finding(
        says=f"{rule}.",
        rule=rule,
        where=where,
        output=output,
        explains=explains,
        shows=shows or {"loss_weight": 0.0},
        certainty=Certainty(certainty),
        impact=Impact.BLOCKS,
    )


def test_the_surer_one_is_told_and_explains_what_either_does():
    seen = Finding(says="Flat.", rule="accuracy-flat", certainty=Certainty.MEASURED)
    low = Finding(says="Low.", rule="accuracy-stays-low", certainty=Certainty.SUSPECTED)
    weaker = found("weaker", "suspected", explains=("accuracy-stays-low", "surer"), **{"loss weight": 0.0})
    judged = rank([seen, low], [weaker, found("surer")])
    assert [each.rule for each in judged.causes] == ["surer"]
    assert judged.causes[0].explains == ("accuracy-flat", "accuracy-stays-low")
    assert not judged.folded
    assert not judged.notes


def test_other_figures_another_place_or_another_output_are_another_finding():
    first = found("first")
    for other in (
        found("second", loss_weight=0.5),
        found("second", where=THERE),
        found("second", output="b"),
        found("second", loss_weight=0.0, rows=3),
    ):
        assert as_one([first, other]) == [first, other]


def test_without_a_place_or_figures_nothing_is_the_same():
    nowhere = [found("first", where=None), found("second", where=None)]
    bare = [Finding(says="A.", rule="a", where=HERE), Finding(says="B.", rule="b", where=HERE)]
    assert as_one(nowhere) == nowhere
    assert as_one(bare) == bare
