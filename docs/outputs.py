"""Run the commands of a Markdown file's marked blocks again and put their output in.

`python docs/outputs.py README.md`. A block stands between `<!-- output of: COMMAND -->` and its end mark;
commands run from the folder of the file, 80 columns wide, without colours.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

BLOCK = re.compile(r"<!-- output of: (?P<command>.+?) -->\n.*?<!-- end of output -->", re.DOTALL)


def output(command: str, folder: Path) -> str:
    """What the command prints on its standard output; the command must be unstuck's."""
    words = shlex.split(command)
    if words[0] != "unstuck":
        raise SystemExit(f"Only unstuck's own commands are run, not {command!r}.")
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("FORCE_COLOR", None)
    ran = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    # 1 says that there are findings.
    if ran.returncode > 1:
        raise SystemExit(f"{command} ended with {ran.returncode}")
    return ran.stdout.strip("\n")


def main(files: list[str]) -> None:
    """Bring the marked blocks of each file up to date."""
    for name in files:
        file = Path(name)
        folder = file.resolve().parent

        def block(found: re.Match[str], folder: Path = folder) -> str:
            command = found["command"]
            told = output(command, folder)
            return f"<!-- output of: {command} -->\n```text\n{told}\n```\n<!-- end of output -->"

        file.write_text(BLOCK.sub(block, file.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
