"""How a broken program's place is scored: in its own file, in one beside it, and along the way of a value."""

import pytest
from programs import Outcome, Program
from scores import score, totals

FAULT = 'head = "relu"'


def told_at(*places):
    """What comes of a program that is told its cause at the first place, which came by way of the others."""
    where, *because = ({"file": file, "line": line} for file, line in places)
    cause = {"rule": "relu-output", "certainty": "proved", "where": where | {"because": because}}
    return Outcome(0, {"runs": [{"symptoms": ["flat"], "causes": [cause]}]}, "", 0.0)


@pytest.fixture
def program(tmp_path):
    (tmp_path / "broken.py").write_text(f"import nets\n{FAULT}\n", encoding="utf-8")
    (tmp_path / "nets.py").write_text(f"{FAULT}\n", encoding="utf-8")
    return Program(tmp_path / "broken.py")


@pytest.mark.parametrize(
    ("file", "places", "line", "chain"),
    [
        ({}, [("broken.py", 2)], True, True),
        ({}, [("nets.py", 1)], False, False),
        ({}, [("broken.py", 1), ("broken.py", 2)], False, True),
        ({"file": "nets.py"}, [("nets.py", 1)], True, True),
        ({"file": "nets.py"}, [("broken.py", 2)], False, False),
        ({"file": "nets.py"}, [("broken.py", 2), ("nets.py", 1)], False, True),
    ],
)
def test_a_place_counts_in_the_file_that_is_expected(program, file, places, line, chain):
    expect = {"cause": "relu-output", "line": FAULT} | file
    scored = score(program, told_at(*places), expect)
    assert (scored.line, scored.chain) == (line, chain)
    counted = "\n".join(totals([scored]))
    assert f"{chain:d} of 1" in counted.splitlines()[-1]
