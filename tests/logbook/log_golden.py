"""Reports on logs as users read them. `python tests/logbook/log_golden.py` writes them anew."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from log_cases import HEALTHY, STUCK
from printed import verbose2
from told import case_of

from unstuck.report.terminal import render

GOLDEN = Path(__file__).with_name("log_golden.txt")
SHOWN = (
    "clip, side one, today",
    "ln 2, drifting",
    "one-hot of ten",
    "validation all wrong",
    "saturated at inference",
    "NaN later",
    "Keras warns",
)


def golden():
    texts = {name: STUCK[name][0] for name in SHOWN}
    texts["healthy"] = HEALTHY["falls and rises"]
    texts["label smoothing"] = HEALTHY["label smoothing of two"]
    texts["three trainings"] = HEALTHY["falls and rises"] * 2 + STUCK["nothing moves"][0]
    texts["too short"] = verbose2(asked=10, loss=[0.9], accuracy=[0.48])
    return "\n".join(
        f"{'=' * 80}\n{name}\n{'=' * 80}\n{render(case_of(text))}" for name, text in texts.items()
    )


if __name__ == "__main__":
    GOLDEN.write_text(golden(), encoding="utf-8")
