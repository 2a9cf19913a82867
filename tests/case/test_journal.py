"""The journal: what is kept of a run while it goes on, in which files, and for how long."""

import json
import math
import os
import stat
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType

import msgspec
import numpy as np
import pytest

from unstuck.case import journal as journals
from unstuck.case.growing import Growing, read_back, spelled
from unstuck.case.journal import MOST_RUNS, Journal, kept
from unstuck.case.schema import Case, CaseError, RunRecord
from unstuck.case.writing import write_whole
from unstuck.evidence.facts import Curve, Evidence, Fit, Labels, Output, Place

EVIDENCE = Evidence(
    fit=Fit(epochs=3, epochs_done=1, class_weight=((0, 1.0),), place=Place(file="train.py", line=7)),
    outputs=(
        Output(
            labels=Labels(count=4, mean=math.nan, levels=((0.0, 3), (1.0, 1))),
            curve=Curve(
                epochs=MappingProxyType({"loss": (np.float64(0.5), math.inf)}), batch_losses=(0.5, -math.inf)
            ),
        ),
    ),
)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("UNSTUCK_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def files(folder):
    return sorted(each.name for each in folder.rglob("*") if each.is_file())


def written(script="train.py", runs=1):
    journal = Journal(script, ["--fast"])
    for number in range(runs):
        journal.has_ended(number, RunRecord(headline=f"fit {number + 1}"))
    journal.close(
        Case(script=script, runs=[RunRecord(headline=f"fit {number + 1}") for number in range(runs)])
    )
    return journal


def test_evidence_comes_back_as_it_was_with_its_nan_and_infinities():
    back = read_back(json.loads(json.dumps(spelled(EVIDENCE), allow_nan=False)))
    assert back.fit == EVIDENCE.fit
    assert math.isnan(back.outputs[0].labels.mean)
    assert back.outputs[0].labels.levels == EVIDENCE.outputs[0].labels.levels
    assert back.outputs[0].curve.epochs == {"loss": (0.5, math.inf)}
    assert back.outputs[0].curve.batch_losses == (0.5, -math.inf)


def test_what_is_written_is_the_users_alone(cache):
    written()
    places = [each for each in cache.rglob("*") if each.name != "runs"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in places if each.is_file()} == {0o600}
    assert {stat.S_IMODE(each.stat().st_mode) for each in places if each.is_dir()} == {0o700}


def test_a_fit_is_there_as_soon_as_it_has_ended(cache):
    journal = Journal("train.py", [])
    journal.is_at("examining", 1, seconds=2.0, evidence=EVIDENCE)
    (run,) = kept()
    assert run.case().runs == []
    assert run.head().growing.stage == "examining"
    assert read_back(run.head().growing.evidence).fit == EVIDENCE.fit
    journal.has_ended(0, RunRecord(headline="stuck"))
    assert [each.headline for each in run.case().runs] == ["stuck"]
    assert run.head().growing.evidence is None
    assert run.head().growing.is_alive
    assert files(cache) == ["fit-0001.json", "run.json"]


def test_a_program_that_ended_is_whole():
    written(runs=3)
    case = kept()[0].case()
    assert [each.headline for each in case.runs] == ["fit 1", "fit 2", "fit 3"]
    assert case.growing is None


def test_without_a_fit_nothing_is_kept(cache):
    Journal("train.py", []).close(Case(message="no fit"))
    assert not cache.exists()


def test_no_journal_keeps_nothing_and_the_json_grows_all_the_same(cache, tmp_path):
    journal = Journal("train.py", [], kept=False, json_file=tmp_path / "case.json")
    journal.has_ended(0, RunRecord(headline="stuck"))
    journal.is_at("examining", 2, evidence=EVIDENCE)
    case = Case.load(tmp_path / "case.json")
    assert [each.headline for each in case.runs] == ["stuck"]
    assert case.growing.fit == 2
    assert not cache.exists()


def test_the_last_runs_are_kept_the_newest_first(monkeypatch):
    for number in range(MOST_RUNS + 3):
        monkeypatch.setattr(journals.time, "strftime", lambda *_, at=number: f"20260101T0000{at:02}")
        written(f"script{number}.py")
    assert [Path(run.head().script).stem for run in kept()] == [
        f"script{number}" for number in reversed(range(3, MOST_RUNS + 3))
    ]


def test_large_runs_make_room(cache, monkeypatch):
    monkeypatch.setattr(journals, "MOST_BYTES", 8000)
    monkeypatch.setattr(journals, "_LOOK_AGAIN", 3000)
    for number in range(4):
        monkeypatch.setattr(journals.time, "strftime", lambda *_, at=number: f"20260101T0000{at:02}")
        journal = Journal("train.py", [])
        journal.has_ended(0, RunRecord(headline="x" * 1500))
        journal.close(Case(runs=[RunRecord(headline="x" * 1500)]))
    assert sum(each.stat().st_size for each in cache.rglob("*.json")) < 8000
    assert kept()[0].folder.name.startswith("20260101T000003")


def test_a_run_that_goes_on_is_not_removed(monkeypatch):
    monkeypatch.setattr(journals, "MOST_RUNS", 1)
    going = Journal("going.py", [])
    going.is_at("training", 1)
    for name in ("one.py", "two.py", "three.py"):
        written(name)
    assert {run.head().script for run in kept()} == {"going.py", "three.py"}
    going.has_ended(0, RunRecord(headline="stuck"))
    assert len([run for run in kept() if run.head().script == "going.py" and run.case().runs]) == 1


def test_two_programs_write_beside_each_other(cache):
    code = (
        "import sys; from unstuck.case.journal import Journal; from unstuck.case.schema import RunRecord\n"
        "journal = Journal(sys.argv[1], [])\n"
        "for number in range(50): journal.has_ended(number, RunRecord(headline=f'{sys.argv[1]} {number}'))"
    )
    children = [subprocess.Popen([sys.executable, "-c", code, name]) for name in ("a.py", "b.py")]
    assert [child.wait() for child in children] == [0, 0]
    cases = {run.head().script: run.case() for run in kept()}
    for name in ("a.py", "b.py"):
        assert [each.headline for each in cases[name].runs] == [f"{name} {number}" for number in range(50)]
        assert cases[name].growing.is_alive is False
    assert not [name for name in files(cache) if name.startswith(".")]


def test_a_folder_that_cannot_be_written_is_one_sentence(cache, capsys):
    cache.write_text("no folder")
    journal = Journal("train.py", [])
    for number in range(3):
        journal.has_ended(number, RunRecord())
    assert capsys.readouterr().err.count("cannot be written") == 1


def test_another_number_of_a_process_is_no_life():
    here = Growing.now("training")
    assert here.is_alive
    assert msgspec.structs.replace(here, created=here.created - 60.0).is_alive is False
    assert msgspec.structs.replace(here, host="elsewhere").is_alive is None


def test_a_run_of_another_version_is_said_to_be_one(cache):
    written()
    kept()[0].files[0].write_text('{"headline": 3}')
    with pytest.raises(CaseError, match="no readable run"):
        kept()[0].case()


def test_a_file_is_written_whole_and_keeps_its_permissions(tmp_path):
    file = tmp_path / "case.json"
    write_whole(file, b"one", mode=0o600)
    write_whole(file, b"two")
    assert file.read_bytes() == b"two"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert files(tmp_path) == ["case.json"]


def test_where_no_file_is_without_a_name_it_is_written_all_the_same(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    write_whole(tmp_path / "case.json", b"one")
    write_whole(tmp_path / "case.json", b"two")
    assert (tmp_path / "case.json").read_bytes() == b"two"
    assert files(tmp_path) == ["case.json"]
