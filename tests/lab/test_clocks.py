"""Seconds of work beside seconds by the clock, on clocks that are written down."""

import pytest

from unstuck.lab import clocks
from unstuck.lab.clocks import LONGEST, Budget, WorkClock


class Hands:
    """A clock that is set: what has passed, and how much of it was waited for a processor."""

    def __init__(self, monkeypatch):
        self.now = self.waited = 0.0
        monkeypatch.setattr("unstuck.evidence.probe.time.perf_counter", lambda: self.now)
        monkeypatch.setattr(clocks.time, "time", lambda: 1e9 + self.now)
        monkeypatch.setattr(clocks, "waited", lambda: self.waited)

    def turn(self, seconds, waited=0.0):
        self.now += seconds
        self.waited += waited


@pytest.fixture
def hands(monkeypatch):
    return Hands(monkeypatch)


def test_what_other_programs_took_is_no_work(hands):
    clock = WorkClock(10.0)
    hands.turn(12.0, waited=8.0)
    assert (clock.spent, clock.left) == (4.0, 6.0)


def test_the_deadline_counts_by_the_clock(hands):
    clock = WorkClock(10.0, deadline=1e9 + 15.0)
    hands.turn(12.0, waited=12.0)
    assert clock.left == 3.0
    hands.turn(4.0, waited=4.0)
    assert clock.left == 0.0


def test_a_later_task_of_a_wave_has_what_the_earlier_ones_left(hands):
    begun = 1e9
    first = WorkClock(10.0, begun=begun)
    hands.turn(8.0, waited=4.0)
    assert WorkClock(10.0, begun=begun).left == first.left == 6.0


def test_a_budget_pays_for_work_alone(hands):
    budget = Budget(60.0)
    part = budget.part(30.0)
    wave = part.wave()
    hands.turn(40.0)
    wave.gets(0.5)
    assert (part.spent, budget.spent, part.elapsed) == (20.0, 20.0, 40.0)
    wave.gets(0.25)  # the same 40 s, seen again
    assert part.spent == budget.spent == 10.0
    assert part.busy


def test_an_idle_machine_has_the_budget_and_no_second_more(hands):
    budget = Budget(60.0)
    hands.turn(45.0)
    assert budget.left == budget.until == 15.0
    assert not budget.busy


def test_a_budget_ends_by_the_clock_too_and_plans_for_what_it_will_get(hands):
    budget = Budget(60.0, share=0.1)
    assert budget.left == pytest.approx(0.1 * LONGEST * 60.0)
    assert budget.until == LONGEST * 60.0
    hands.turn(LONGEST * 60.0)
    budget.waits(0.9 * LONGEST * 60.0)
    assert budget.left == budget.until == 0.0


def test_waiting_is_read_from_the_system():
    before = clocks.waited()
    assert clocks.waited() >= before >= 0.0
    clocks.child_waited(2.0)
    clocks.child_waited(-1.0)
    assert clocks.waited() >= before + 2.0
    clocks._OF_CHILDREN[0] -= 2.0


def test_without_a_count_it_is_what_the_process_did_not_compute(monkeypatch, tmp_path):
    monkeypatch.setattr(clocks, "_COUNTS", tmp_path / "none")
    monkeypatch.setattr(clocks.time, "monotonic", lambda: clocks._BEGUN + 5.0)
    monkeypatch.setattr(clocks.time, "process_time", lambda: 2.0)
    assert clocks.waited() == pytest.approx(3.0)
