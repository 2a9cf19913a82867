"""What `unstuck log` makes of a text: the record of each training in it."""

from unstuck.logbook.gather import read_bytes
from unstuck.logbook.reader import Given
from unstuck.verbs.log import read_case


def case_of(text, source=None, name="train.log"):
    data = text if isinstance(text, bytes) else text.encode()
    return read_case(name, read_bytes(Given(data, name)), source)


def judged(text, source=None):
    """The trainings of a log; nothing that looks at them may have failed."""
    runs = case_of(text, source).runs
    assert [run.errors for run in runs if run.errors] == []
    return runs


def causes(run):
    return [each.rule for each in run.causes]


def sure(run):
    return [each.rule for each in run.causes if each.certainty == "measured"]
