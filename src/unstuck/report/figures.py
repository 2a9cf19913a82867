"""The pictures of a run as matplotlib figures that stand alone, for slides and papers."""

from __future__ import annotations

import base64
import io
import textwrap
from typing import Any

from unstuck.case.schema import RunRecord
from unstuck.report.html.drawing import colour_of, style
from unstuck.report.html.gallery import Gallery, PagePicture
from unstuck.report.html.picture import DASHES, Key, Picture
from unstuck.report.html.visible import visible_record
from unstuck.report.text import flat
from unstuck.report.trials import leading_trial

#: White, as plain matplotlib has it: the page's drawings let its paper through.
_PAPER = "white"

#: Inches that a title, and one line of a legend, add to a drawing.
_TITLE, _KEY = 0.35, 0.2

#: Inches around a drawing, and of a letter of a label on average (9.5 points, half as wide as high).
_MARGIN, _LETTER = 0.08, 0.074

#: A label of more lines than this stays above its axes, as on the page.
_LINES = 2

#: Characters of a title that fit its width, and of one line of a legend.
_FITS, _LABEL = 52, 78


class Figures(dict[str, Any]):
    """Figures by name. A notebook shows them below each other."""

    def _repr_html_(self) -> str:
        """All figures as images."""
        return "".join(f'<img alt="{name}" src="{_image(figure)}">' for name, figure in self._named())

    def _named(self) -> list[tuple[str, Any]]:
        from markupsafe import escape

        return [(str(escape(name)), figure) for name, figure in self.items()]


def figures(run: RunRecord) -> Figures:
    """Every picture that the page of this run has, by name, each a `matplotlib.figure.Figure` of its own.

    They belong to no window and need not be closed. What could not be drawn is left out.
    """
    run, gallery, drawn = visible_record(run), Gallery(drawn=_untouched), Figures()
    hung_up = gallery.lead(run, leading_trial(run))
    for cause in run.causes:
        hung_up += gallery.of_cause(run, cause)
    for hung in hung_up + gallery.of_experiments(run):
        name = hung.name if hung.name not in drawn else _numbered(hung.name, drawn)
        drawn[name] = _alone(hung)
    return drawn


def _untouched(*_: Any) -> str:
    """In place of a drawing as SVG: the figure itself is what is wanted."""
    return ""


def _numbered(name: str, taken: Figures) -> str:
    return next(each for each in (f"{name} {at}" for at in range(2, len(taken) + 3)) if each not in taken)


def _alone(hung: PagePicture) -> Any:
    """The figure with its title, its axes labelled where plain figures have the label, and its legend."""
    picture = hung.picture
    figure = picture.figure
    width, height = figure.get_size_inches()
    with style():
        figure.set_size_inches(width, height + _TITLE + _KEY * len(picture.keys))
        figure.set_facecolor(_PAPER)
        figure.suptitle(_title(picture), x=0.01, ha="left", fontsize=11, fontweight="bold")
        figure.get_layout_engine().set(w_pad=_MARGIN, h_pad=_MARGIN)
        if picture.keys:
            _legend(figure, picture.keys)
        figure.draw_without_rendering()  # only now the axes have their sizes
        for axes in figure.axes:
            _label(axes)
        # Ticks are made when they are first drawn; made here they keep the style.
        figure.draw_without_rendering()
    return figure


def _title(picture: Picture) -> str:
    words = flat(picture.title)
    return words if len(words) <= _FITS else f"{words[: _FITS - 1]}…"


def _label(axes: Any) -> None:
    """Labels where plain figures have them: on the page that of the vertical axis stands above it."""
    box = axes.get_window_extent().transformed(axes.figure.dpi_scale_trans.inverted())
    axes.set_xlabel("\n".join(_broken(axes.get_xlabel(), box.width)))
    lines = _broken(axes.get_title(loc="left"), box.height)
    if lines and len(lines) <= _LINES and not axes.get_ylabel():
        axes.set_title("", loc="left")
        axes.set_ylabel("\n".join(lines))


def _broken(label: str, inches: float) -> list[str]:
    """The lines of a label that has so much room."""
    return textwrap.wrap(label, max(8, int(inches / _LETTER)), break_long_words=False)


def _legend(figure: Any, keys: tuple[Key, ...]) -> None:
    labels = [flat(key.label) for key in keys]
    figure.legend(
        [_handle(key) for key in keys],
        [label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…" for label in labels],
        loc="outside lower left",
        frameon=False,
        fontsize=8.5,
        labelspacing=0.3,
        borderaxespad=0.2,
    )


def _handle(key: Key) -> Any:
    """What stands in a legend for a line, an area, a box, a point or a tick."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    colour = colour_of(key.colour)
    if key.mark == "area":
        return Patch(facecolor=colour, alpha=key.opacity)
    if key.mark == "box":
        return Patch(facecolor="none", edgecolor=colour, linewidth=0.7)
    if key.mark in ("point", "tick"):
        marker = "o" if key.mark == "point" else "_"
        return Line2D([], [], linestyle="", marker=marker, markersize=5, color=colour, alpha=key.opacity)
    return Line2D([], [], linestyle=DASHES[key.mark], color=colour, alpha=key.opacity)


def _image(figure: Any) -> str:
    paper = io.BytesIO()
    figure.savefig(paper, format="png", dpi=120)
    return "data:image/png;base64," + base64.b64encode(paper.getvalue()).decode()
