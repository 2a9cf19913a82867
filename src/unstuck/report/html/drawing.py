"""How every picture is drawn: one size, one set of colours, and SVG whose colours follow the page.

matplotlib draws with the colours of the light page; in the SVG each of them becomes the CSS variable
of that name, so that one picture reads on light and on dark paper.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from unstuck.report.text import number
from unstuck.watch.muting import muted

INK: Final = "#1b1f24"
MUTED: Final = "#59636e"
LINE: Final = "#d5dae0"
ACCENT: Final = "#0b5cad"

#: The CSS variable that stands for each colour of a drawing.
_VARIABLES = {INK: "--ink", MUTED: "--muted", LINE: "--line", ACCENT: "--accent"}

#: The colours by the names that legends have them under.
_NAMED = {variable.removeprefix("--"): colour for colour, variable in _VARIABLES.items()}

#: Inches: the width of a phone at the page's text size, so that the letters are as large as the text.
WIDTH, HEIGHT = 4.7, 2.6

#: Points of a curve that are drawn: more than twice the pixels that show it.
_MOST_POINTS = 400

#: Twice the largest number that float32 holds; axes count in doubles and overflow near their own end.
_LARGEST = 7e38

#: A range wider than this is only read on a logarithmic axis.
_LOGARITHMIC = 30.0

#: Over a narrower range powers of ten alone are too few ticks.
_DECADES = 300.0

#: Settings on top of matplotlib's own defaults, whatever the user's script has set.
_SETTINGS: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "unstuck",
    "text.parse_math": False,
    "text.color": INK,
    "font.family": ["DejaVu Sans"],
    "font.size": 9.5,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "axes.edgecolor": LINE,
    "axes.labelcolor": MUTED,
    "axes.titlecolor": MUTED,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titlepad": 7.0,
    "axes.labelpad": 4.0,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "xtick.minor.size": 0.0,
    "ytick.minor.size": 0.0,
    "lines.linewidth": 1.7,
    "lines.solid_capstyle": "round",
    "patch.linewidth": 0.0,
}


def colour_of(name: str) -> str:
    """One of the page's colours by its name ("ink", "accent"); ink for one that is not known."""
    return _NAMED.get(name, INK)


@contextmanager
def style() -> Iterator[None]:
    """Everything drawn inside looks like the page, whatever was set before; that is set again afterwards."""
    import matplotlib

    # A letter that the measuring font lacks is drawn by the reader's own font.
    with matplotlib.rc_context(), muted():
        matplotlib.rcdefaults()
        for name, value in _SETTINGS.items():
            matplotlib.rcParams[name] = value
        yield


def panel(height: float = HEIGHT, ratios: Sequence[float] = (1.0,)) -> tuple[Any, Any]:
    """A figure with one axes, or several side by side with these ratios of their widths."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.subplots(1, len(ratios), width_ratios=ratios)
    return figure, axes


def cells(patches: Iterable[Any]) -> Any:
    """Many patches as one artist: a thousand of their own take seconds to lay out."""
    from matplotlib.collections import PatchCollection

    return PatchCollection(list(patches), match_original=True, clip_on=False)


def svg(figure: Any, name: str, label: str) -> str:
    """The figure as inline SVG: without a size of its own, with ids that begin with `name`."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    paper = io.StringIO()
    canvas: Any = FigureCanvasSVG(figure)
    with style():
        canvas.print_svg(paper, metadata={"Date": None, "Creator": None})
    text = paper.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    box = re.search(r'viewBox="([^"]*)"', text)
    # matplotlib's own rules would hold for every drawing of the document; the first one stands in the head.
    body = re.sub(r"<style.*?</style>", "", text[text.index(">") + 1 :], flags=re.DOTALL)
    body = _colours(_ids(body, name))
    view = box[1] if box else "0 0 1 1"
    named = f'role="img" aria-label="{_quoted(label)}" focusable="false"'
    head = f'<svg viewBox="{view}" {named} stroke-linejoin="round">'
    return head + re.sub(r"\n\s*", "\n", body).strip()


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def _ids(body: str, name: str) -> str:
    """Only ids that are referred to, each with the picture's name before it."""
    used = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", body))

    def kept(found: re.Match[str]) -> str:
        return f' id="{name}-{found[1]}"' if found[1] in used else ""

    body = re.sub(r"xlink:href=\"#", f'href="#{name}-', body)
    body = re.sub(r"url\(#", f"url(#{name}-", body)
    return re.sub(r' id="([^"]*)"', kept, body)


def _colours(body: str) -> str:
    """Colours as the page's variables, letters in the page's own face."""

    def themed(found: re.Match[str]) -> str:
        rules = found[1]
        for colour, variable in _VARIABLES.items():
            rules = rules.replace(colour, f"var({variable})")
        rules = re.sub(r"font: ([\d.]+px) [^;]*", r"font-size: \1", rules)
        rules = re.sub(r"font-family: [^;]*;? ?", "", rules)
        return f'style="{rules}"'

    return re.sub(r'style="([^"]*)"', themed, body)


def drawable(value: Any) -> float:
    """A number that has a place on an axis, else NaN, which leaves a gap."""
    known = isinstance(value, int | float) and abs(value) < _LARGEST
    return float(value) if known else math.nan


def steps(values: Sequence[float | None]) -> tuple[list[int], list[float]]:
    """A curve as (positions from 1, values), with gaps for what is unknown.

    Of a long one the lowest and the highest value of each stretch are kept.
    """
    numbers = [drawable(value) for value in values]
    if len(numbers) <= _MOST_POINTS:
        return list(range(1, len(numbers) + 1)), numbers
    kept: set[int] = {0, len(numbers) - 1}
    width = -(-2 * len(numbers) // _MOST_POINTS)
    for start in range(0, len(numbers), width):
        stretch = [at for at in range(start, min(start + width, len(numbers))) if not math.isnan(numbers[at])]
        kept |= (
            {min(stretch, key=numbers.__getitem__), max(stretch, key=numbers.__getitem__)}
            if stretch
            else {start}
        )
    order = sorted(kept)
    return [at + 1 for at in order], [numbers[at] for at in order]


def plot(axes: Any, values: Sequence[float | None], **style: Any) -> None:
    """One curve; few points are marked, so that a single epoch is seen as well."""
    at, numbers = steps(values)
    marks = {"marker": "o", "markersize": 3.2} if len(at) <= 12 else {}
    axes.plot(at, numbers, clip_on=False, **marks, **style)


def epochs(axes: Any, last: int, label: str = "epoch") -> None:
    """A horizontal axis of epochs from 1 on, with ticks at whole numbers that stand apart."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    room = max(0.5, 0.02 * last) if last < 12 else 0.02 * last
    axes.set_xlim(1 - room, last + room)
    axes.set_xlabel(label)
    axis = axes.xaxis
    axis.set_major_locator(MaxNLocator(nbins=6, integer=True, min_n_ticks=1))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def scale(axes: Any, values: Sequence[float], which: str = "y") -> None:
    """A logarithmic axis where the values span more than `_LOGARITHMIC`, else one with few plain ticks."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = getattr(axes, f"{which}axis")
    known = [value for value in map(drawable, values) if math.isfinite(value)]
    if known and min(known) > 0 and max(known) / min(known) > _LOGARITHMIC:
        logarithmic(axes, which)
        return
    axis.set_major_locator(MaxNLocator(nbins=5, min_n_ticks=3))
    axis.set_major_formatter(FuncFormatter(lambda value, _: tick(value)))


def logarithmic(axes: Any, which: str = "y") -> None:
    """A logarithmic axis with plain words for its ticks."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    getattr(axes, f"set_{which}scale")("log")
    axis = getattr(axes, f"{which}axis")
    low, high = getattr(axes, f"get_{which}lim")()
    narrow = high < _DECADES * low
    axis.set_major_locator(LogLocator(base=10, subs=(1, 2, 5) if narrow else (1,), numticks=5))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: tick(value)))


def tick(value: float) -> str:
    """A number on an axis: 0.5, 1,000, 1e-05."""
    size = abs(value) * (1 + 1e-9)  # a power of ten may come out a rounding below itself
    if value == 0 or 1e-4 <= size < 1e5:
        return f"{value:,.6g}" if size >= 1 else f"{value:.3g}"
    return f"{value:.0e}" if f"{value:.0e}" != "0e+00" else number(value)


def short(name: str, most: int = 18) -> str:
    """A name that fits beside an axis; the table below the picture has it whole."""
    return name if len(name) <= most else f"{name[: most - 1]}…"
