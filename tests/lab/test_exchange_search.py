"""The search for the part at fault, on trainings whose outcome is a table: nothing is trained here."""

import itertools

import pytest

from unstuck.lab.exchange.parts import Part
from unstuck.lab.exchange.search import REFERENCE, SEEDS, USER, Arrangement, search

LOW, HIGH = 0.34, 0.91


def part(name, kind="loss", side="training", inside=""):
    return Part(kind, name, side, "a standard one", lambda stage: None, inside=inside)


STEP, LOSS, DECAY = part("Own", "train_step"), part("focal"), part("decay", "schedule")
BLOCK, ATTENTION, SWISH = (
    part("Block", "layer", "network"),
    part("Attention", "layer", "network", inside="layer Block"),
    part("swish", "activation", "network"),
)


class Trained:
    """Scores of trainings that learn unless a faulty part of the user's is in them."""

    def __init__(self, parts, faulty, luck=0.0, unable=()):
        self.parts, self.faulty, self.unable = parts, {each.key for each in faulty}, unable
        self.luck, self.seen = luck, []

    def __call__(self, arrangement, seed):
        if (arrangement, seed) not in self.seen:
            self.seen.append((arrangement, seed))
        if arrangement in self.unable:
            return None
        own = {each.key for each in self.parts if self._is_own(each, arrangement)}
        jitter = 0.01 * (seed - 1)
        if self.faulty & own:
            return LOW + jitter + self.luck * (seed == 0 and arrangement not in (USER, REFERENCE))
        return HIGH + jitter

    def _is_own(self, each, arrangement):
        if each.key in arrangement.kept:
            return True
        replaced = {"": (), "training": ("training",)}.get(arrangement.reference, ("training", "network"))
        return each.side not in replaced and each.key not in arrangement.swapped


@pytest.mark.parametrize("faulty", [STEP, LOSS, DECAY, SWISH], ids=lambda each: each.name)
def test_the_one_part_at_fault_is_confirmed_both_ways(faulty):
    parts = [STEP, LOSS, DECAY, SWISH]
    trained = Trained(parts, [faulty])
    found = search(parts, trained)
    assert found.part is faulty
    assert found.confirmed
    assert found.heals.before == pytest.approx((LOW - 0.01, LOW, LOW + 0.01))
    assert found.heals.after == pytest.approx((HIGH - 0.01, HIGH, HIGH + 0.01))
    assert found.breaks.after == found.heals.before
    # User, reference, the half, at most three parts in it alone, and the two directions in three pairs.
    assert len(trained.seen) <= 3 + 3 + 4 * len(SEEDS)


def test_of_a_layer_within_a_layer_the_inner_one_is_named():
    class Nested(Trained):
        def _is_own(self, each, arrangement):
            held = each is ATTENTION and BLOCK.key in arrangement.swapped
            return not held and super()._is_own(each, arrangement)

    found = search([LOSS, BLOCK, ATTENTION], Nested([LOSS, BLOCK, ATTENTION], [ATTENTION]))
    assert found.part is ATTENTION
    assert found.confirmed


def test_where_the_reference_does_not_learn_either_nothing_is_exchanged():
    trained = Trained([LOSS], [])
    found = search([LOSS], lambda arrangement, seed: LOW + 0.05 * (arrangement == REFERENCE))
    assert found.part is None
    assert not found.confirmed
    assert found.tried == 0
    # A training that learns as the reference does has nothing to exchange.
    found = search([LOSS], trained)
    assert found.part is None
    assert found.tried == 0


def test_two_faults_at_once_name_none_alone():
    found = search([LOSS, SWISH], Trained([LOSS, SWISH], [LOSS, SWISH]))
    assert found.part is None
    assert found.tried == 2


def test_what_heals_by_luck_on_one_seed_is_not_confirmed():
    parts = [LOSS, SWISH]
    trained = Trained(parts, [part("the rows")], luck=HIGH - LOW)
    trained.faulty = {"loss focal", "activation swish"}
    found = search(parts, trained)
    assert found.part is LOSS
    assert not found.confirmed


def test_a_better_part_that_does_not_spoil_the_reference_is_not_at_fault():
    """The exchange heals, but the reference learns with the user's part as well."""

    def score(arrangement, seed):
        return LOW if arrangement == USER else HIGH + 0.001 * seed

    found = search([LOSS], score)
    assert found.part is LOSS
    assert found.heals.difference.better
    assert not found.confirmed


def test_without_the_other_direction_nothing_is_confirmed():
    kept = Arrangement("both", kept=frozenset({LOSS.key}))
    found = search([LOSS], Trained([LOSS], [LOSS], unable=[kept]))
    assert found.part is LOSS
    assert found.breaks is None
    assert not found.confirmed


def test_what_closes_less_than_half_of_the_gap_is_not_at_fault():
    def score(arrangement, seed):
        swapped = bool(arrangement.swapped)
        return {USER: 0.3, REFERENCE: 0.9}.get(arrangement, 0.55 if swapped else 0.3) + 0.001 * seed

    found = search([LOSS], score)
    assert found.part is None


@pytest.mark.parametrize("stops", range(1, 12))
def test_when_the_time_is_up_nothing_is_confirmed(stops):
    trained, counter = Trained([LOSS], [LOSS]), itertools.count()
    scores = {}

    def score(arrangement, seed):
        if (arrangement, seed) not in scores:
            scores[arrangement, seed] = trained(arrangement, seed) if next(counter) < stops else None
        return scores[arrangement, seed]

    found = search([LOSS], score)
    assert not found.confirmed
