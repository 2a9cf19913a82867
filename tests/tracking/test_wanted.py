"""What Watch(log=...) takes, and what it says to a wrong value, before any training."""

import re
from pathlib import Path

import pytest

import unstuck
from unstuck.tracking.wanted import NAMES, wanted


def test_nothing_is_logged_unasked():
    assert wanted(False) is None
    assert wanted([]) is None


def test_true_is_whatever_is_active():
    asked = wanted(True)
    assert (asked.trackers, asked.folder, asked.by_name) == (NAMES, None, False)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_that_tracker(name):
    assert (wanted(name).trackers, wanted(name).folder) == ((name,), None)


def test_a_folder_is_for_tensorboard_and_may_be_new(tmp_path, here):
    for given in ("logs/run1", Path("logs/run1"), tmp_path / "logs" / "run1"):
        assert wanted(given).trackers == ("tensorboard",)
        assert wanted(given).folder == tmp_path / "logs" / "run1"
    assert wanted(Path("mlflow")).folder == tmp_path / "mlflow"


def test_a_list_holds_several(tmp_path):
    asked = wanted(["wandb", tmp_path, "tensorboard", "wandb"])
    assert (asked.trackers, asked.folder) == (("tensorboard", "wandb"), tmp_path)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("tensorbord", 'a folder of this name is "./tensorbord"'),
        ("", "is no tracker"),
        (3, "log=3 is a int"),
        (None, "log=None"),
        (b"wandb", "is a bytes"),
        ({"mlflow": True}, "is a dict"),
        (["mlflow", 3], "log holds 3, a int"),
        (["logs/a", "logs/b"], "names 2 folders"),
        ("gs://bucket/logs", "is not on this machine"),
        ("x" * 300 + "/logs", "is no folder that can be read (File name too long)"),
        ("~nobody-of-this-name/logs", "is no folder that can be read (Could not determine home directory)"),
    ],
)
def test_a_wrong_value_is_refused_at_once(given, said):
    with pytest.raises(ValueError, match=re.escape(said)) as refused:
        unstuck.Watch(log=given)
    assert '"tensorboard", "mlflow", "wandb"' in str(refused.value)


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "log.txt").write_text("mine")
    with pytest.raises(ValueError, match="is a file"):
        wanted(tmp_path / "log.txt")
