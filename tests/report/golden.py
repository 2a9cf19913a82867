"""Everything that users read, in two texts. `python tests/report/golden.py` writes them anew.

golden.txt shows example Cases as they are told; voice.txt what each rule says on its own first example.
"""

import io
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from report_cases import CASES, STUCK
from status_cases import CONFIRMED, DIAGNOSED, REFUTED, STATUSES

from unstuck.report.pages import by_group, ours, sample
from unstuck.report.terminal import render, tell_what_the_proof_changed

GOLDEN = Path(__file__).with_name("golden.txt")
VOICE = Path(__file__).with_name("voice.txt")


def proven(before, after):
    """What is told after the trials of a Case that was told before them."""
    paper = io.StringIO()
    tell_what_the_proof_changed(before, after, paper)
    return paper.getvalue()


def golden():
    texts = {name: render(case, width=80, rest="-v") for name, case in {**CASES, **STATUSES}.items()}
    texts |= {
        f"{name}, with -v": render(case, width=80, verbose=True)
        for name, case in {"three stacked causes": STUCK, "confirmed by its trial": CONFIRMED}.items()
    }
    texts |= {
        "after the trials: the cure is confirmed": proven(DIAGNOSED, CONFIRMED),
        "after the trials: the cause did not stand": proven(DIAGNOSED, REFUTED),
    }
    return "\n".join(f"{'=' * 80}\n{name}\n{'=' * 80}\n{text}" for name, text in texts.items())


def voice():
    lines = []
    for group, rules in by_group(ours()).items():
        lines += [group.upper(), ""]
        for rule in rules:
            lines += [f"{rule.name}: {rule.title}", f"    {sample(rule)}", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    os.environ["COLUMNS"] = "80"
    GOLDEN.write_text(golden(), encoding="utf-8")
    VOICE.write_text(voice(), encoding="utf-8")
