"""Runs that say the same are told once: a loop of fits with the same findings is one story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unstuck.case.schema import RunRecord
from unstuck.report.text import listing


@dataclass(frozen=True)
class Group:
    """Runs with the same place, status and findings. `numbers` count fits from 1, `run` is the first."""

    run: RunRecord
    numbers: tuple[int, ...]

    @property
    def others(self) -> str:
        """The other fits in words: "fit 2", "fits 2 to 10", "fits 2, 5 and 7"."""
        rest = self.numbers[1:]
        spans: list[list[int]] = []
        for number in rest:
            if spans and number == spans[-1][-1] + 1:
                spans[-1].append(number)
            else:
                spans.append([number])
        parts: list[str] = []
        for span in spans:
            parts += [f"{span[0]} to {span[-1]}"] if len(span) > 2 else [str(number) for number in span]
        return ("fit " if len(rest) == 1 else "fits ") + listing(parts)


def _story(run: RunRecord) -> tuple[object, ...]:
    """What makes two runs the same story: not the figures, which differ from fit to fit."""
    return (
        run.fit,
        run.status,
        tuple((each.rule, each.output) for each in run.symptoms),
        tuple((each.rule, each.output, each.certainty, each.where) for each in run.causes),
        tuple(each.where for each in run.errors),
    )


def group(runs: Sequence[RunRecord]) -> list[Group]:
    """The runs by story, in the order in which each story first appears."""
    stories: dict[tuple[object, ...], list[int]] = {}
    for number, run in enumerate(runs, start=1):
        # What the trials made of an earlier fit holds for the later ones that it stands for.
        stands = run.proof.of_fit if run.proof is not None else None
        told = runs[stands - 1] if stands is not None and 0 < stands <= len(runs) else run
        stories.setdefault(_story(told), []).append(number)
    return [Group(runs[numbers[0] - 1], tuple(numbers)) for numbers in stories.values()]
