"""The data that examples and tests read are the files that were looked at when their figures were written."""

import hashlib
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

LEDGER = tomllib.loads((Path(__file__).parent / "data" / "LEDGER.toml").read_text())["file"]


@pytest.mark.parametrize("entry", LEDGER, ids=lambda entry: entry["path"])
def test_the_file_is_the_one_in_the_ledger(entry):
    spec = find_spec(entry["module"])
    if spec is None or spec.origin is None:
        pytest.skip(f"NOT TESTED: no data, pip install {entry['package']}")
    data = (Path(spec.origin).parent / entry["path"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == entry["sha256"]
