"""`%%unstuck` and what is displayed, in a real IPython shell."""

import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

import unstuck
from unstuck.fix.files import UneditableError, unchanged
from unstuck.python import interactive
from unstuck.python.magic import CellOptions, _asked
from unstuck.watch import hook

pytestmark = pytest.mark.filterwarnings("ignore:.*softmax over axis:UserWarning")

SETUP = """
import keras
import numpy as np
rng = np.random.default_rng(0)
x = rng.normal(size=(320, 4)).astype("float32")
y = (x[:, 0] > 0).astype("float32")
"""

STUCK = """keras.utils.set_random_seed(0)
layers = [keras.Input((4,)), keras.layers.Dense(1, activation="softmax")]
model = keras.Sequential(layers)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, epochs=2, verbose=0)
len(history.epoch)"""


class Notebook:
    """A shell that cells are run in, as a notebook does it."""

    def __init__(self, shell):
        self.shell = shell

    def run(self, cell):
        """(what was printed, what was displayed, the result) of one cell."""
        with capture_output() as captured:
            result = self.shell.run_cell(cell, store_history=True)
        return captured.stdout, [each.data for each in captured.outputs], result

    def __getitem__(self, name):
        return self.shell.user_ns[name]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        patch.setitem(sys.modules, "__main__", sys.modules["__main__"])
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        shell = InteractiveShell.instance(config=config)
        shell.run_line_magic("load_ext", "unstuck")
        made = Notebook(shell)
        assert made.run(SETUP)[2].success
        yield made
        InteractiveShell.clear_instance()


def test_a_cell_runs_as_it_would_alone_and_its_fit_is_diagnosed(notebook):
    printed, displayed, result = notebook.run(f"%%unstuck -o found\n{STUCK}")
    assert result.success
    assert printed.strip() == f"Out[{result.execution_count}]: 2"
    assert [set(each) for each in displayed] == [{"text/plain", "text/html"}]
    assert notebook["_"] == notebook["Out"][result.execution_count] == 2
    assert notebook["history"].history["loss"]
    assert '<div class="unstuck"' in displayed[0]["text/html"]
    found = notebook["found"]
    # The cell shows its page as well; what is printed names the way to the rest.
    assert str(found).startswith(displayed[0]["text/plain"])
    assert str(found)[len(displayed[0]["text/plain"]) :].strip().startswith("All else:")
    cause = found.causes[0]
    cell = f"cell [{result.execution_count}]"
    assert (cause.rule, cause.where.file, cause.where.line) == ("softmax-over-one-unit", cell, 3)
    assert found.run.fit.line == 6
    assert f"at {cell}:3" in str(found)
    assert cause.remedies[0].diff.startswith(f"--- a/{cell}\t\n+++ b/{cell}\t\n")
    assert (
        '+layers = [keras.Input((4,)), keras.layers.Dense(1, activation="sigmoid")]' in cause.remedies[0].diff
    )


def test_the_weights_are_those_of_the_cell_alone(notebook):
    notebook.run(STUCK)
    alone = notebook["model"].get_weights()
    notebook.run(f"%%unstuck\n{STUCK}")
    assert all((a == b).all() for a, b in zip(alone, notebook["model"].get_weights(), strict=True))


def test_the_diagnosis_is_shown_at_once_and_renewed_when_its_remedies_are_tried(notebook):
    with capture_output() as captured:
        notebook.shell.run_cell(f"%%unstuck --budget 6 -o found\n{STUCK}")
    first, second = captured.outputs
    assert (first.update, second.update) == (False, True)
    assert first.transient == second.transient
    assert "softmax-over-one-unit" in first.data["text/plain"]
    assert "Tried in" not in first.data["text/plain"]
    assert notebook["found"].run.proof.seconds > 0
    assert str(notebook["found"]).startswith(second.data["text/plain"])
    _, told, doing = captured.stderr.partition(
        "unstuck: The remedies are tried now, for at most 6 s of work.\n"
    )
    assert told
    assert doing.startswith("unstuck: training ")


def test_a_diagnosis_can_be_displayed_drawn_and_tabled_later(notebook):
    notebook.run(f"%%unstuck -o found\n{STUCK}")
    for shown, html in (("found", '<div class="unstuck"'), ("found.plot()", "data:image/png")):
        _, displayed, _ = notebook.run(f"from IPython.display import display\ndisplay({shown})")
        assert set(displayed[0]) == {"text/plain", "text/html"}
        assert html in displayed[0]["text/html"]
    assert notebook["found"].to_frame()["file"].dropna().str.startswith("cell [").all()


def test_the_error_of_a_cell_is_its_own(notebook):
    printed, displayed, result = notebook.run("%%unstuck\nmine = 1\n\nmodel.fit(x, y[:5], verbose=0)")
    assert isinstance(result.error_in_exec, ValueError)
    assert "fit ended with ValueError" in displayed[0]["text/plain"]
    assert notebook["mine"] == 1
    assert printed.count("Traceback") == 1
    assert f"Cell In[{result.execution_count}], line 4" in printed
    assert "unstuck/" not in printed
    assert "run_cell_magic" not in printed


def test_a_cell_without_a_fit_says_so_in_one_line(notebook):
    printed, displayed, result = notebook.run("%%unstuck -o found\n1 + 1;")
    assert result.success
    assert displayed == []
    assert printed.count("\n") == 1
    assert printed.startswith("unstuck: The cell never called fit on a Keras model")
    assert notebook["found"] is None
    printed, _, result = notebook.run("%%unstuck\nraise KeyError('x')")
    assert isinstance(result.error_in_exec, KeyError)
    assert printed.startswith("unstuck: The cell ended with the error below before any fit began")
    printed, _, result = notebook.run("%%unstuck\nx = = 1")
    assert isinstance(result.error_in_exec, SyntaxError)
    assert "x = = 1" in printed


def test_another_cell_magic_may_stand_below(notebook):
    printed, displayed, result = notebook.run(f"%%unstuck\n%%time\n{STUCK}")
    assert result.success
    assert "Wall time" in printed
    assert "softmax-over-one-unit" in displayed[-1]["text/plain"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--wrong", "unrecognized arguments: --wrong"),
        ("--budget soon", "argument --budget: invalid float value: 'soon'"),
        ("--budget 0", "--budget 0 must be at least one second"),
        ("--no-prove --budget 5", "--budget is for --prove"),
        ("-o 3x", "-o 3x is no name of a variable"),
        ("-o", "argument -o: expected one argument"),
        ("-o 'x", "cannot be read"),
    ],
)
def test_a_wrong_argument_gets_one_line_and_nothing_is_run(notebook, capsys, line, said):
    result = notebook.shell.run_cell(f"%%unstuck {line}\nnever = 1")
    assert "never" not in notebook.shell.user_ns
    assert result.error_in_exec is not None
    told = capsys.readouterr().err
    assert said in told
    assert told.endswith("Nothing was run.\n")
    assert told.count("\n") == 1


def test_what_is_asked_for():
    assert _asked("") == CellOptions(prove=False, budget=60.0, name="")
    assert _asked("--prove -o found") == CellOptions(prove=True, budget=60.0, name="found")
    assert _asked("--budget 20") == CellOptions(prove=True, budget=20.0, name="")
    assert _asked("--no-prove") == CellOptions(prove=False, budget=60.0, name="")


@pytest.fixture
def unobserved(monkeypatch):
    monkeypatch.setattr(interactive, "_SESSION", None)
    monkeypatch.setattr(hook, "_LISTENERS", [])


@pytest.mark.usefixtures("unobserved")
def test_observe_displays_every_fit_once(notebook):
    notebook.run(STUCK)
    _, displayed, _ = notebook.run("import unstuck; unstuck.observe()\nmodel.fit(x, y, verbose=0);")
    assert [set(each) for each in displayed] == [{"text/plain", "text/html"}]
    _, displayed, _ = notebook.run("%%unstuck\nmodel.fit(x, y, verbose=0);")
    assert len(displayed) == 1


def test_watch_displays_in_a_notebook_and_prints_in_a_terminal(notebook, monkeypatch):
    notebook.run(STUCK)
    fit = "model.fit(x, y, verbose=0, callbacks=[unstuck.Watch()]);"
    notebook.run("import unstuck")
    printed, displayed, _ = notebook.run(fit)
    assert [set(each) for each in displayed] == [{"text/plain", "text/html"}]
    assert printed == ""
    monkeypatch.setattr(notebook.shell.display_formatter, "active_types", ["text/plain"])
    printed, displayed, _ = notebook.run(fit)
    assert displayed == []
    assert "softmax-over-one-unit" in printed


def test_only_what_is_wanted_is_drawn(notebook, monkeypatch):
    diagnosis = unstuck.Diagnosis(unstuck.Case(message="No fit was seen."))
    assert set(diagnosis._repr_mimebundle_()) == {"text/plain", "text/html"}
    assert set(diagnosis._repr_mimebundle_(include=["text/html"])) == {"text/html"}
    assert set(diagnosis._repr_mimebundle_(exclude=["text/html"])) == {"text/plain"}
    monkeypatch.setattr(notebook.shell.display_formatter, "active_types", ["text/plain"])
    assert set(diagnosis._repr_mimebundle_()) == {"text/plain"}


def test_fix_leaves_cells_alone():
    with pytest.raises(
        UneditableError, match="typed into a session, which is no file: make the change by hand"
    ):
        unchanged("/tmp/ipykernel_1/123.py", {})


def test_the_extension_can_be_taken_back(notebook):
    notebook.shell.run_line_magic("unload_ext", "unstuck")
    assert notebook.shell.find_cell_magic("unstuck") is None
    notebook.shell.run_line_magic("load_ext", "unstuck")
    assert "--budget SECONDS" in notebook.shell.find_cell_magic("unstuck").__doc__
