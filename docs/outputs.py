"""Run the commands of a Markdown file's marked blocks again and put their output in.

`python docs/outputs.py README.md docs/lint.md`. A block stands between `<!-- output of: COMMAND -->` and its
end mark; commands run from the repository's root, 80 columns wide, without colours. With `--check` nothing is
written: commands that train nothing run again, and the status is 1 where one prints something else than its
block.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"<!-- output of: (?P<command>.+?) -->\n.*?<!-- end of output -->", re.DOTALL)

#: Verbs whose output is the same each time, in a second or two.
CHEAP = ("lint", "log", "explain", "rules", "show")


def output(command: str) -> str:
    """What the command prints on its standard output; the command must be unstuck's."""
    words = shlex.split(command)
    if words[0] != "unstuck":
        raise SystemExit(f"Only unstuck's own commands are run, not {command!r}.")
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("FORCE_COLOR", None)
    ran = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    # 1 says that there are findings.
    if ran.returncode > 1:
        raise SystemExit(f"{command} ended with {ran.returncode}")
    return ran.stdout.strip("\n")


def block(command: str) -> str:
    """A marked block with what its command prints now."""
    return f"<!-- output of: {command} -->\n```text\n{output(command)}\n```\n<!-- end of output -->"


def stale(text: str) -> list[str]:
    """The commands of a text, of those that are cheap, that print something else than their blocks."""
    found = [each for each in BLOCK.finditer(text) if shlex.split(each["command"])[1] in CHEAP]
    return [each["command"] for each in found if block(each["command"]) != each[0]]


def main(arguments: list[str]) -> int:
    """Bring the marked blocks of each file up to date, or with `--check` name those that are not."""
    wrong = []
    for file in (Path(name) for name in arguments if name != "--check"):
        text = file.read_text(encoding="utf-8")
        if "--check" in arguments:
            wrong += [f"{file}: {command}" for command in stale(text)]
        else:
            file.write_text(BLOCK.sub(lambda found: block(found["command"]), text), encoding="utf-8")
    for each in wrong:
        print(f"out of date: {each}")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
