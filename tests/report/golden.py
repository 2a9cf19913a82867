"""Everything the report says, in one text. `python tests/report/golden.py` writes golden.txt anew."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from cases import CASES

from unstuck.report.terminal import render

FILE = Path(__file__).with_name("golden.txt")


def golden():
    parts = [f"{'=' * 80}\n{name}\n{'=' * 80}\n{render(case, width=80)}" for name, case in CASES.items()]
    return "\n".join(parts)


if __name__ == "__main__":
    FILE.write_text(golden(), encoding="utf-8")
