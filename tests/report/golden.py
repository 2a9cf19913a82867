"""Everything that users read, in two texts. `python tests/report/golden.py` writes them anew.

golden.txt shows example Cases as they are told; voice.txt what each rule says on its own first example.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from report_cases import CASES

from unstuck.report.pages import by_group, ours, sample
from unstuck.report.terminal import render

GOLDEN = Path(__file__).with_name("golden.txt")
VOICE = Path(__file__).with_name("voice.txt")


def golden():
    parts = [f"{'=' * 80}\n{name}\n{'=' * 80}\n{render(case, width=80)}" for name, case in CASES.items()]
    return "\n".join(parts)


def voice():
    lines = []
    for group, rules in by_group(ours()).items():
        lines += [group.upper(), ""]
        for rule in rules:
            lines += [f"{rule.name}: {rule.title}", f"    {sample(rule)}", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    GOLDEN.write_text(golden(), encoding="utf-8")
    VOICE.write_text(voice(), encoding="utf-8")
