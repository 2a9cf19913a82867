"""The pictures as matplotlib figures that stand alone, and the findings as a table."""

import builtins
import math

import pytest
from html_cases import PICTURED, hostile
from report_cases import HEALTHY, STUCK

import unstuck
from unstuck.case.schema import Case
from unstuck.report.frame import COLUMNS
from unstuck.report.html.picture import kinds


@pytest.fixture(scope="module")
def figures():
    return unstuck.Diagnosis(PICTURED).plot()


def test_every_picture_of_the_page_is_a_figure(figures):
    from matplotlib.figure import Figure

    assert list(figures)[:4] == [
        "accuracy-curve",
        "trial-accuracy: set-output-activation",
        "trial-loss: set-output-activation",
        "loss-curve",
    ]
    assert {kind.name for kind in kinds()} <= set(figures)
    assert all(isinstance(figure, Figure) for figure in figures.values())


def test_a_figure_has_a_title_labelled_axes_and_its_legend(figures):
    for name, figure in figures.items():
        assert figure.get_suptitle(), name
        first = figure.axes[0]
        assert first.get_ylabel() or first.get_title(loc="left") or name == "batch-labels", name
        assert figure.axes[-1].get_xlabel(), name
    legend = figures["accuracy-curve"].legends[0]
    assert [text.get_text() for text in legend.get_texts()][:2] == [
        "accuracy, training rows",
        "accuracy, validation rows",
    ]
    assert figures["gradient-map"].axes[0].get_title(loc="left") == "layer, from the input down"
    assert figures["loss-curve"].axes[0].get_ylabel() == "loss"


def test_nothing_of_a_figure_lies_outside_of_it_or_under_its_title(figures):
    for name, figure in figures.items():
        drawn, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
        assert drawn.x0 >= 0, name
        assert drawn.y0 >= 0, name
        assert drawn.x1 <= width, name
        assert drawn.y1 <= height, name
        title = figure._suptitle.get_window_extent()
        assert all(axes.get_tightbbox().y1 <= title.y0 + 1 for axes in figure.axes), name


def test_figures_belong_to_no_window_and_leave_settings_alone():
    import matplotlib
    from matplotlib import pyplot

    before, windows = dict(matplotlib.rcParams), pyplot.get_fignums()
    figure = unstuck.Diagnosis(STUCK).plot()["accuracy-curve"]
    assert pyplot.get_fignums() == windows
    assert dict(matplotlib.rcParams) == before
    # A page of the same Case is drawn as ever, whatever was done to the figures.
    figure.axes[0].set_xlabel("mine")
    assert unstuck.Diagnosis(STUCK).plot()["accuracy-curve"].axes[0].get_xlabel() == "epoch"


def test_a_notebook_shows_the_figures_below_each_other():
    figures = unstuck.Diagnosis(STUCK).plot()
    shown = figures._repr_html_()
    assert shown.count('src="data:image/png;base64,') == len(figures)


def test_which_fit_is_drawn_can_be_chosen():
    both = unstuck.Diagnosis(Case(runs=[*STUCK.runs, *HEALTHY.runs]))
    assert list(both.plot(fit=2)) == list(both.plot())
    assert list(both.plot(fit=1)) == list(unstuck.Diagnosis(STUCK).plot())
    with pytest.raises(IndexError, match="fit is 3; this diagnosis has fits 1 to 2"):
        both.plot(fit=3)
    with pytest.raises(IndexError, match="no fit"):
        unstuck.Diagnosis(Case()).plot()


def test_a_finding_is_a_row():
    frame = unstuck.Diagnosis(Case(runs=[*PICTURED.runs, *HEALTHY.runs])).to_frame()
    assert list(frame.columns) == list(COLUMNS)
    run = PICTURED.runs[0]
    first = frame[frame["run"] == 1]
    assert list(first["kind"].value_counts(sort=False)) == [
        len(run.symptoms),
        len(run.causes),
        len(run.notes),
        len(run.refuted),
    ]
    cause = first[first["kind"] == "cause"].iloc[0]
    assert (cause["rule"], cause["trial"], cause["line"]) == ("softmax-over-one-unit", "confirmed", 19)
    assert cause["remedies"].split(", ")[0] == run.causes[0].remedies[0].name
    assert set(frame[frame["certainty"] >= "measured"]["kind"]) <= {"cause", "note", "refuted"}
    assert frame[frame["kind"] == "symptom"]["line"].isna().all()
    assert list(frame[frame["kind"] == "note"]["because"])[-1] == HEALTHY.runs[0].notes[-1].because


def test_a_table_of_anything_is_a_table():
    assert list(unstuck.Diagnosis(Case()).to_frame().columns) == list(COLUMNS)
    frame = unstuck.Diagnosis(hostile()).to_frame()
    assert len(frame) > 100
    assert not any("\u202e" in text for text in frame["says"])
    assert not any(isinstance(line, float) and math.isnan(line) for line in frame["line"].dropna())


def test_without_pandas_it_says_what_to_do(monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **more):
        if name == "pandas":
            raise ImportError("No module named 'pandas'")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"pip install pandas\. Without it, diagnosis\.case\.runs"):
        unstuck.Diagnosis(STUCK).to_frame()
