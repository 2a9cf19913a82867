"""`python -m tests.oracle --models 20000`: judge random programs, print the counts and contradictions."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter

os.environ.setdefault("KERAS_BACKEND", "torch")
for _name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

#: Contradictions of one rule that are printed with their program; the others are counted.
PRINTED = 2


def main() -> int:
    """Judge the programs of the seeds asked for; the status is 1 where something is wrong."""
    from .plan import judge_seeds
    from .tally import Contradiction

    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    parser.add_argument("--models", type=int, default=20000, help="how many judgements, at least")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--printed", type=int, default=PRINTED, help="programs printed for each rule")
    given = parser.parse_args()
    began, shown = time.process_time(), Counter[str]()

    def tell(found: Contradiction) -> None:
        shown[found.rule] += 1
        if shown[found.rule] <= given.printed:
            print(found, flush=True)

    tally = judge_seeds(given.first, given.models, tell)
    print(tally)
    print(f"{time.process_time() - began:.0f} s of CPU")
    return 1 if tally.contradictions else 0


if __name__ == "__main__":
    sys.exit(main())
