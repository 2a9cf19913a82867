"""Run a script with edited text in place of what its files hold: `python -m unstuck.fix.child PLAN`.

The plan is a JSON file with `script`, `arguments`, `report` (where the Case goes) and `edited`: for
each edited file, the file that holds its new text. The names and folders are those of the originals.
"""

from __future__ import annotations

import json
import linecache
import os
import sys
import traceback
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType


def main(plan_file: str) -> int:
    """Run the script under observation, save the Case, and return the script's own exit status."""
    from unstuck.report.ending import after_run
    from unstuck.watch.runner import run_script

    plan = json.loads(Path(plan_file).read_bytes())
    edited = {os.path.realpath(file): Path(held).read_bytes() for file, held in plan["edited"].items()}
    for file in plan["edited"]:
        _show_in_tracebacks(file, edited[os.path.realpath(file)])
    # The interpreter's own printing of errors would quote the lines of the file instead.
    sys.excepthook = traceback.print_exception
    _import_instead(edited)
    script = plan["script"]
    outcome = run_script(script, plan["arguments"], source=edited.get(os.path.realpath(script)))
    return after_run(outcome, None, Path(plan["report"]), None)


def _import_instead(edited: dict[str, bytes]) -> None:
    """Make imports of these files compile the edited text, whatever is cached of the old one."""
    original = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        data = edited.get(os.path.realpath(path))
        if data is None:
            return original(self, fullname)
        code: CodeType = self.source_to_code(data, path)
        return code

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]


def _show_in_tracebacks(file: str, data: bytes) -> None:
    """Let tracebacks quote the lines that run. Without a time of change the entry is never renewed."""
    lines = data.decode("utf-8", "replace").splitlines(keepends=True)
    linecache.cache[file] = (len(data), None, lines, file)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
