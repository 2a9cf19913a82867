"""The curves of the clinic's programs, for the pictures of the guide.

    python bench/curves.py            draw the pictures of docs/by-symptom.md from docs/curves.json
    python bench/curves.py --check    say which of them are missing or out of date, and change nothing
    python bench/curves.py --run      train the programs of tests/clinic, and keep their figures

docs/curves.json holds, for each program, what the broken and the cured one gave by epoch, and the digest of
both texts: a program that was changed is to be run again. They are trained on torch, but those that torch
stops with an error where another backend trains them wrongly.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import math
import os
import re
import runpy
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any, NoReturn

from unstuck.report.programs import panels

ROOT = Path(__file__).parents[1]
CLINIC = ROOT / "tests" / "clinic"
FIGURES = ROOT / "docs" / "curves.json"

PICTURES = ROOT / "docs" / "images" / "curves"

#: What all pictures together may weigh: a page with all of them loads at once.
MOST_BYTES = 600_000

#: From this ratio on, figures are drawn on a scale of powers of ten: the smaller ones would lie on the axis.
_DECADES = 50

#: Where torch raises an error and another backend goes on.
_ON_ANOTHER = {"labels-outside-unit-interval": "jax"}

#: The digits of a figure that are kept: a picture shows three.
_DIGITS = 5


def main() -> int:
    """Run, draw or check; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--run", action="store_true", help="train the programs and keep their figures")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="with --run: these programs")
    parser.add_argument("--check", action="store_true", help="change nothing, status 1 where one is stale")
    given = parser.parse_args()
    if given.run:
        record(given.only)
    wrong = stale()
    if given.check:
        print("".join(f"out of date: {each}\n" for each in wrong), end="")
        return 1 if wrong else 0
    draw()
    return 0


def stale() -> list[str]:
    """Programs whose figures are not those of their texts, and pictures that are not those of the figures."""
    figures = known()
    wrong = [f"figures of {name}" for name in programs() if figures.get(name, {}).get("text") != digest(name)]
    wrong += [f"figures of {name}, which is gone" for name in figures if not (CLINIC / name).is_dir()]
    there = {file.stem: file.read_text(encoding="utf-8") for file in PICTURES.glob("*.svg")}
    wanted = {name for name in figures if panels(figures[name]["broken"])}
    wrong += [
        f"picture of {name}" for name in sorted(wanted) if mark(figures[name]) not in there.get(name, "")
    ]
    wrong += [f"picture of {name}, which has none" for name in sorted(there.keys() - wanted)]
    size = sum(len(text.encode()) for text in there.values())
    return [*wrong, *([f"{size:,} bytes of pictures, {MOST_BYTES:,} at most"] if size > MOST_BYTES else [])]


def mark(figures: dict[str, Any]) -> str:
    """What a picture bears: the digest of its figures, whatever version of matplotlib draws them."""
    made_of = json.dumps({kind: figures[kind] for kind in ("broken", "fixed")}, sort_keys=True)
    return hashlib.sha256(made_of.encode()).hexdigest()[:16]


def draw() -> None:
    """Draw every program's picture anew, and remove those of programs that have none."""
    import matplotlib as mpl

    mpl.use("svg")
    # Text stays text: it is small, and can be read out.
    mpl.rcParams.update(
        {"svg.fonttype": "none", "svg.hashsalt": "unstuck", "font.size": 8, "lines.linewidth": 1.5}
    )
    PICTURES.mkdir(parents=True, exist_ok=True)
    figures = known()
    for file in PICTURES.glob("*.svg"):
        if file.stem not in figures:
            file.unlink()
    for name, each in figures.items():
        if panels(each["broken"]):
            (PICTURES / f"{name}.svg").write_text(picture(each), encoding="utf-8")


def picture(figures: dict[str, Any]) -> str:
    """One program: its loss, and a metric beside it; broken, and with the cure."""
    from matplotlib.figure import Figure

    names = panels(figures["broken"])
    figure = Figure(figsize=(2.9 * len(names), 1.9), layout="constrained", facecolor="white")
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        _panel(axes, figures, name)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside upper left", ncols=len(labels), frameon=False, handlelength=1.6
    )
    paper = io.StringIO()
    figure.savefig(
        paper, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
    )
    return _lean(paper.getvalue(), figures)


#: Colours that differ for all kinds of sight, on paper too: broken, cured.
_BROKEN, _CURED = "#b3420a", "#2a6fbb"


def _panel(axes: Any, figures: dict[str, Any], name: str) -> None:
    from matplotlib.ticker import MaxNLocator

    lines = [
        ("broken", "broken", name, _BROKEN, "-"),
        ("broken", "its validation", f"val_{name}", _BROKEN, ":"),
    ]
    lines += [("fixed", "cured", name, _CURED, "-"), ("fixed", "its validation", f"val_{name}", _CURED, ":")]
    shown: list[float] = []
    for kind, label, key, colour, style in lines:
        values = [math.nan if each is None else each for each in figures[kind].get(key, ())]
        finite = [each for each in values if math.isfinite(each)]
        if not values:
            continue
        lone = "." if len(finite) < 3 else ""
        axes.plot(
            range(1, len(values) + 1),
            values,
            style,
            color=colour,
            label=label,
            marker=lone,
            zorder=3 if kind == "broken" else 2,
        )
        shown += finite
        if len(finite) < len(values) and style == "-":
            axes.text(0.97, 0.5, "nan", color=colour, ha="right", transform=axes.transAxes)
    if shown and min(shown) > 0 and max(shown) > _DECADES * min(shown):
        axes.set_yscale("log")
    elif name != "loss" and shown and min(shown) >= 0 and max(shown) <= 1:
        axes.set_ylim(-0.03, 1.03)
    axes.set_title(name, loc="left", fontsize=8)
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    if axes.get_yscale() == "linear":
        axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.spines[["top", "right"]].set_visible(False)


def _lean(text: str, figures: dict[str, Any]) -> str:
    """The picture without what no reader needs, and with the mark of what it was made of."""
    text = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r"font-size: 8px; font-family: [^;]*; ", "", text).replace(
        "*{", "text{font: 8px sans-serif}*{"
    )
    text = re.sub(r' transform="rotate\(-0 [^"]*"|(?<=<g) id="[^"]*"', "", text)
    text = re.sub(r"(\d\.\d)\d+", r"\1", text)
    text = re.sub(r"\s*\n(?=[Lz\"])", "", text)
    text = re.sub(r'(<use [^>]*?) style="[^"]*"', r"\1", text)
    text = text if "<g " in text else re.sub(r"</?g>", "", text)
    text = re.sub(r"\s*\n\s*", "\n", text).strip()
    return text.replace("</svg>", f"<!-- {mark(figures)} -->\n</svg>\n").rstrip("\n") + "\n"


def known() -> dict[str, Any]:
    """The figures that are kept, by program."""
    held: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.is_file() else {}
    return held


def digest(program: str) -> str:
    """The SHA-256 of a program's two texts, its first half."""
    texts = ((CLINIC / program / f"{name}.py").read_bytes() for name in ("broken", "fixed"))
    return hashlib.sha256(b"\0".join(texts)).hexdigest()[:32]


def record(only: Sequence[str]) -> None:
    """Train the programs that were changed, or those named, and keep what they gave."""
    os.environ |= {"KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1"}
    import torch  # noqa: F401 - once for all programs, which are forked from here

    figures = known()
    for name in only or [each for each in programs() if figures.get(each, {}).get("text") != digest(each)]:
        given = {kind: trained(CLINIC / name / f"{kind}.py") for kind in ("broken", "fixed")}
        figures[name] = {"text": digest(name), **given}
        _write(figures)
        print(name, flush=True)


def trained(file: Path) -> dict[str, list[float | None]]:
    """The figures by epoch of a program's last fit; a fit that is called again goes on where it was."""
    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if not child:
            os.environ["KERAS_BACKEND"] = _ON_ANOTHER.get(file.parent.name, "torch")
            _train(file, Path(folder))
        os.waitpid(child, 0)
        fits = json.loads(Path(folder, "fits.json").read_text(encoding="utf-8"))
    joined: dict[str, list[float | None]] = {}
    for line, curves in fits:
        for name, values in curves.items() if line == fits[-1][0] else ():
            joined.setdefault(name, []).extend(map(_rounded, values))
    return joined


def _train(file: Path, folder: Path) -> NoReturn:
    """Run a program in this process, which ends with it, and note the line and the history of each fit."""
    import keras

    fits: list[tuple[int, dict[str, list[float]]]] = []
    original = keras.Model.fit

    def fit(model: Any, *args: Any, **kwargs: Any) -> Any:
        line, kept = sys._getframe(1).f_lineno, keras.callbacks.History()
        callbacks = kwargs.pop("callbacks", None) or []
        try:
            return original(model, *args, callbacks=[*callbacks, kept], **kwargs)
        finally:
            fits.append((line, kept.history))

    keras.Model.fit = fit
    os.chdir(folder)
    nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the process ends
    with redirect_stdout(nowhere), suppress(Exception):  # a program may show its fault by an error
        runpy.run_path(str(file), run_name="__main__")
    numbers = [
        (line, {name: list(map(float, each)) for name, each in curves.items()}) for line, curves in fits
    ]
    Path("fits.json").write_text(json.dumps(numbers), encoding="utf-8")
    os._exit(0)


def programs() -> Iterator[str]:
    """The programs that run on torch."""
    for file in sorted(CLINIC.glob("*/expect.toml")):
        expect = tomllib.loads(file.read_text(encoding="utf-8"))
        if "torch" in expect.get("backends", ["torch"]):
            yield file.parent.name


def _rounded(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(f"{value:.{_DIGITS}g}")


def _write(figures: dict[str, Any]) -> None:
    """One line a program, so that a change of one is seen as that."""
    lines = (f"{json.dumps(name)}: {json.dumps(figures[name])}" for name in sorted(figures))
    FIGURES.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
