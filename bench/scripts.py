"""Training programs as people write them in notebooks and scripts, made here: 50 to 800 lines each.

    python bench/scripts.py FOLDER [--lines 100000]

A program is imports, settings, rows read and prepared, one to several models with their fits, plots and
scores, in the styles that are common: everything at the top level, helper functions, a class, `main()`
with argparse. What each piece is and which figures stand in it is drawn anew for each program. Nothing of
it is run; it is there to be read.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

PIECES = Path(__file__).parent / "pieces"

#: Shortest and longest program, in lines.
SHORTEST, LONGEST = 50, 800


def programs(lines: int, seed: int = 7) -> Iterator[str]:
    """Programs of so many lines together, the same for the same seed."""
    draw = random.Random(seed)
    kinds = _pieces()
    written = 0
    while written < lines:
        text = _program(draw, kinds, int(SHORTEST * (LONGEST / SHORTEST) ** draw.random()))
        written += text.count("\n")
        yield text


def around(training: str, lines: int, seed: int = 7) -> str:
    """A training under functions that nothing calls, so many lines together: it can be run."""
    draw = random.Random(seed)
    kinds = _pieces()
    parts, number = ["import numpy as np\nimport keras\nfrom keras import layers, models, optimizers\n"], 0
    while sum(map(_lines, parts)) + _lines(training) < lines:
        number += 1
        body = "\n".join(_chapter(draw, kinds, "keras", number)).replace("\n", "\n    ").rstrip(" ")
        parts.append(f"def attempt_{number}():\n    {body}")
    return "\n".join([*parts, training])


def _pieces() -> dict[str, list[str]]:
    """The pieces by kind: each file holds those of one kind, apart by a line of `#---`."""
    return {file.stem: file.read_text().split("#---\n") for file in sorted(PIECES.glob("*.txt"))}


def _program(draw: random.Random, kinds: dict[str, list[str]], lines: int) -> str:
    """One program of about so many lines."""
    keras = draw.choice(("keras", "tensorflow.keras", "tensorflow.keras"))
    parts = [_filled(draw, draw.choice(kinds["imports"]), "", keras)]
    parts += [_filled(draw, draw.choice(kinds["settings"]), "", keras)]
    chapter = 0
    while chapter == 0 or sum(map(_lines, parts)) < lines:
        parts += _chapter(draw, kinds, keras, chapter)
        chapter += 1
    return "\n".join(parts)


def _chapter(draw: random.Random, kinds: dict[str, list[str]], keras: str, number: int) -> list[str]:
    """Rows, a model, its fit and what is looked at afterwards; the later ones with names of their own."""
    mark = "" if number == 0 else f"_{number}"
    names = [
        "rows",
        *(["prepare"] if draw.random() < 0.8 else []),
        *(["look"] if draw.random() < 0.6 else []),
    ]
    names += [
        "model",
        "fit",
        *(["score"] if draw.random() < 0.9 else []),
        *(["plot"] if draw.random() < 0.7 else []),
    ]
    parts = [_filled(draw, draw.choice(kinds[name]), mark, keras) for name in names]
    if draw.random() < 0.25:  # the whole chapter as a function, as scripts with main() have it
        body = "\n".join(parts).replace("\n", "\n    ")
        parts = [f"def experiment{mark}():\n    {body}".rstrip(" "), f"experiment{mark}()\n"]
    return parts


def _filled(draw: random.Random, piece: str, mark: str, keras: str) -> str:
    """A piece with its figures drawn and the mark behind its names."""
    while "@" in piece:
        before, _, after = piece.partition("@")
        word = "".join(iter_word(after))
        piece = before + _FIGURES[word](draw) + after[len(word) :]
    return piece.replace("§", mark).replace("KERAS", keras)


def iter_word(text: str) -> Iterator[str]:
    """The letters that a text begins with."""
    for letter in text:
        if not letter.isalpha():
            return
        yield letter


def _lines(text: str) -> int:
    return text.count("\n") + 1


_FIGURES = {
    "width": lambda draw: str(draw.choice((8, 16, 32, 64, 100, 128, 256, 512))),
    "rate": lambda draw: draw.choice(("1e-3", "1e-4", "0.01", "3e-4", "0.0005")),
    "part": lambda draw: draw.choice(("0.1", "0.2", "0.25", "0.3", "0.5")),
    "epochs": lambda draw: str(draw.choice((5, 10, 20, 30, 50, 100))),
    "batch": lambda draw: str(draw.choice((16, 32, 64, 128, 256))),
    "classes": lambda draw: str(draw.choice((3, 5, 10, 26, 43))),
    "size": lambda draw: str(draw.choice((28, 32, 64, 128, 224))),
    "steps": lambda draw: str(draw.choice((12, 24, 30, 60))),
    "act": lambda draw: draw.choice(("'relu'", "'relu'", "'elu'", "'tanh'")),
    "opt": lambda draw: draw.choice(("'adam'", "'rmsprop'", "'sgd'", "optimizers.Adam(1e-3)")),
}


def main() -> None:
    """Write the programs into a folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lines", type=int, default=100_000)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(programs(given.lines)):
        (given.folder / f"program_{number:04d}.py").write_text(text)


if __name__ == "__main__":
    main()
