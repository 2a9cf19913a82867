"""Programs whose symptoms have two plausible causes, one of them true: the proof must pick that one.

In each of them changing the true cause heals and changing the rival does not; the figures stand in its
`expect.toml`. Among them are two in which there is nothing to learn, so that nothing may be offered, and one
whose failure is not in what is recorded, so that nothing may be claimed.
"""

import tomllib

import pytest
from programs import ROOT, Program, require

RIVALS = ROOT / "tests" / "rivals"

EXPECT = {
    folder.name: tomllib.loads((folder / "expect.toml").read_text(encoding="utf-8"))
    for folder in sorted(RIVALS.glob("*/"))
}

#: Seconds that a proof may take: what it is given where nobody says otherwise.
BUDGET = 60


def told(outcome):
    """The outcome with what was asked and tried, for a failed assertion."""
    run = outcome.judged
    lines = [outcome.tell(), f"proof: {run['proof'] and run['proof']['says']}"]
    for kind in ("causes", "notes", "refuted"):
        for cause in run[kind]:
            lines += [f"trial of {cause['rule']}: {trial['says']}" for trial in cause["trials"]]
    lines += [f"refuted {each['rule']}: {each['because']}" for each in run["refuted"]]
    lines += [f"question {each['name']}: {each['says']}" for each in run["experiments"]]
    return "\n".join(lines)


def check_cause(run, expect, tell):
    """The true cause comes first and is as sure as it can be; its rivals are no causes."""
    causes = [cause["rule"] for cause in run["causes"]]
    assert causes, f"no cause is left\n{tell}"
    assert causes[0] == expect["cause"], tell
    assert run["causes"][0]["certainty"] in expect.get("certainty", ["confirmed"]), tell
    assert not set(expect["not"]) & set(causes), tell


def check_nothing_is_sold(run, tell):
    """No remedy with an edit is offered, and none was tried."""
    remedies = [remedy for cause in run["causes"] for remedy in cause["remedies"]]
    assert not [remedy["name"] for remedy in remedies if remedy["diff"]], tell
    assert not run["proof"]["healed_by"], tell


def check_nothing_is_claimed(run, tell):
    """The proof says that it did not see the failure again, and nothing counts as confirmed."""
    assert run["proof"]["says"].startswith("Not reproduced"), tell
    assert not [cause["rule"] for cause in run["causes"] if cause["certainty"] == "confirmed"], tell


@pytest.mark.parametrize(
    "program",
    [Program(RIVALS / name / "program.py", budget=EXPECT[name].get("budget", BUDGET)) for name in EXPECT],
    ids=lambda each: each.path.parent.name,
)
def test_true_cause_is_told_from_its_rival(program, programs):
    require(program)
    outcome, expect = programs.outcome(program), EXPECT[program.path.parent.name]
    run, tell = outcome.judged, told(outcome)
    assert outcome.status == 0, tell
    assert not run["errors"], tell
    if "status" in expect:
        assert run["status"] == expect["status"], tell
    if not expect.get("reproduced", True):
        check_nothing_is_claimed(run, tell)
        return
    check_cause(run, expect, tell)
    if expect["cause"] == "nothing-to-learn":
        check_nothing_is_sold(run, tell)
