"""Run a script with edited text in place of what its files hold: `python -m unstuck.verbs.fix_child PLAN`.

The plan is a JSON file with `script`, `arguments`, `report` (where the Case goes) and `edited`: for
each edited file, the file that holds its new text. The names and folders are those of the originals.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def main(plan_file: str) -> int:
    """Run the script under observation, save the Case, and return the script's own exit status."""
    from unstuck.verbs.ending import Ending
    from unstuck.verbs.script import run_script
    from unstuck.watch.edited import run_instead

    plan = json.loads(Path(plan_file).read_bytes())
    edited = run_instead({file: Path(held).read_bytes() for file, held in plan["edited"].items()})
    script = plan["script"]
    outcome = run_script(script, plan["arguments"], source=edited.get(os.path.realpath(script)))
    return Ending(None, Path(plan["report"])).end(outcome)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
