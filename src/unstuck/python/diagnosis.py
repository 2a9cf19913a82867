"""What a diagnosis is to Python and to notebooks: a Case that prints, displays, plots and proves itself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from unstuck.case.schema import Case, CauseRecord, RunRecord
from unstuck.lab.keeping import Recipes

if TYPE_CHECKING:
    from unstuck.report.figures import Figures


@dataclass(frozen=True)
class Diagnosis:
    """What was found, as a Case, ready to be printed: `print(diagnosis)`."""

    case: Case
    _recipes: Recipes = field(default_factory=Recipes, repr=False, compare=False)

    @property
    def run(self) -> RunRecord:
        """The run that was diagnosed; of several fits the last one."""
        return self.case.runs[-1]

    @property
    def causes(self) -> list[CauseRecord]:
        """The causes, best first."""
        return self.run.causes

    def prove(self, budget: float = 60.0, *, workers: int | None = None, on: str = "local") -> Diagnosis:
        """Try the remedies by short paired trainings, and give the diagnosis with what came out.

        Args:
            budget: seconds that it may take.
            workers: how many trainings run at the same time; as many as there are processors if None.
            on: "local" for processes of this machine, "ray" for the Ray cluster at RAY_ADDRESS.

        Raises:
            ValueError: `on` is neither.
            ExecutorError: no training can be run there; the text says what to do.
        """
        from unstuck.verbs.prove import prove_case

        return replace(self, case=prove_case(self.case, self._recipes, budget, workers=workers, on=on))

    def plot(self, fit: int | None = None) -> Figures:
        """The pictures of the page as matplotlib figures, to be restyled and saved.

        Args:
            fit: which of several fits, from 1; the last one if None.

        Returns:
            A dict from names ("accuracy-curve", "gradient-map", ...) to `matplotlib.figure.Figure`s. They
            belong to no window of pyplot; `figure.savefig("curve.pdf")` writes one.

        Raises:
            IndexError: there is no such fit.
        """
        from unstuck.report.figures import figures

        runs = self.case.runs
        if not runs or (fit is not None and not 1 <= fit <= len(runs)):
            there = f"fits 1 to {len(runs)}" if len(runs) > 1 else "one fit" if runs else "no fit"
            raise IndexError(f"fit is {fit}; this diagnosis has {there}.")
        return figures(runs[fit - 1 if fit is not None else -1])

    def to_frame(self) -> Any:
        """The findings of all its fits as a pandas DataFrame, one row a finding.

        The columns are `unstuck.report.frame.COLUMNS`: run, kind ("symptom", "cause", "note", "refuted"),
        rule, certainty, impact, output, file, line, says, explains, remedies, trial, because.

        Raises:
            ImportError: pandas is not installed.
        """
        from unstuck.report.frame import to_frame

        return to_frame(self.case)

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        """What Jupyter displays: the page's parts beside the cell."""
        from unstuck.report.notebook import mimebundle

        return mimebundle(self.case, include, exclude)

    def save(self, path: str) -> None:
        """Write the Case as JSON."""
        self.case.save(path)

    def text(self, *, verbose: bool = False, width: int = 80) -> str:
        """The report as text; with `verbose` the evidence and all else as well."""
        from unstuck.report.terminal import render

        return render(self.case, width=width, verbose=verbose, rest="print(diagnosis.text(verbose=True))")

    def __str__(self) -> str:
        return self.text()


def show(diagnosis: Diagnosis) -> Callable[[Diagnosis], None]:
    """Show a diagnosis where the user looks: displayed in a notebook, printed elsewhere.

    Returns:
        What shows it again, proven: in its place in a notebook; elsewhere what the proof changed is printed.
    """
    from unstuck.report.notebook import is_rich

    if is_rich():
        from IPython.display import display

        handle = display(diagnosis, display_id=True)
        return lambda proven: handle.update(proven)
    sys.stdout.write(f"\n{diagnosis}\n")

    def changed(proven: Diagnosis) -> None:
        from unstuck.report.terminal import tell_what_the_proof_changed

        tell_what_the_proof_changed(diagnosis.case, proven.case, sys.stdout)

    return changed
