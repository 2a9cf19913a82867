"""What is being done, where the error stream is no terminal; on a terminal the seconds are counted on."""

import io

import pytest
from rich.console import Console

from unstuck.lab.bench import Underway
from unstuck.lab.clocks import Budget
from unstuck.report.progress import progress
from unstuck.report.trials import underway
from unstuck.verbs.prove import _ProgressLine


@pytest.mark.parametrize(("lines", "told"), [(True, ["one", "two"]), (False, [])])
def test_in_a_pipe_there_are_lines_or_nothing(lines, told, capsys):
    with progress("unstuck tries the remedies", lines=lines) as say:
        say("one")
        say("two")
    assert capsys.readouterr().err.splitlines() == told


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (
            Underway(remedies=("set-loss", "set-metrics"), pair=2),
            "training with set-loss and set-metrics, pair 2",
        ),
        (Underway(pair=1), "training it as it is, pair 1"),
        (Underway(question="learnability"), "asking learnability"),
    ],
)
def test_a_step_has_the_name_of_its_remedy_and_the_pair(step, told):
    assert underway(step) == told


def test_a_step_is_told_once_and_its_seconds_are_counted_when_it_is_drawn():
    said, clock = [], Budget(60.0)
    line = _ProgressLine(said.append, clock)
    for pair in (1, 1, 2):
        line(Underway(remedies=("set-loss",), pair=pair))
    assert said == [line, line]
    assert str(line) == "unstuck: training with set-loss, pair 2, 60 s left"
    paper = io.StringIO()
    Console(file=paper, width=80).print(line)
    assert paper.getvalue() == f"{line}\n"
