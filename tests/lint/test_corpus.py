"""Every Python file that is installed is read without an error, and quickly."""

import sysconfig
import time
from pathlib import Path

from unstuck.lint.check import check
from unstuck.lint.files import read
from unstuck.lint.settings import Settings

#: What a broken file may be told; anything else would be a defect.
REASONS = ("it is no valid Python", "its encoding", "it holds null bytes", "it is larger", "it is nested")


def test_all_installed_files_are_read(capsys):
    settings, read_before = Settings(), 0
    started, lines, reasons = time.perf_counter(), 0, []
    for path in sorted(Path(sysconfig.get_path("purelib")).rglob("*.py")):
        unit = read(path)
        found, problem, *_ = check(unit, settings)
        read_before += 1
        lines += unit.text.count("\n")
        reasons += [problem] if problem else []
        assert all(each.record.line >= 1 and each.record.column >= 1 for each in found)
    seconds = time.perf_counter() - started
    assert read_before > 1000
    assert [each for each in reasons if not each.startswith(REASONS)] == []
    with capsys.disabled():
        print(f"\n{read_before:,} files, {lines:,} lines read in {seconds:.0f} s, {len(reasons)} refused")
