"""The experiment baselines."""

from __future__ import annotations

from typing import Any

import numpy as np

from unstuck.evidence.baselines import read_baselines
from unstuck.evidence.facts import Labels, Output, Predictions
from unstuck.evidence.gather import examine, gather
from unstuck.evidence.inputs import as_numbers, named_leaves
from unstuck.evidence.probe import Clock
from unstuck.judgement.standing import LEARNED_SHARE
from unstuck.lab.build import build, fit_arrays
from unstuck.lab.experiment import Answer, UnaskableError, experiment
from unstuck.lab.experiments._rows import targets_of
from unstuck.lab.quiet import quiet
from unstuck.lab.recipe import Recipe
from unstuck.lab.record import NoRecipeError
from unstuck.rules.bounds import beats
from unstuck.watch.observation import Observation, look_at_rows
from unstuck.watch.taps import Tap


@experiment("baselines", decides=("nothing-to-learn",), trains=False)
def baselines(recipe: Recipe, clock: Clock) -> Answer:  # noqa: ARG001  (it takes well under a second)
    """What answers that need no training reach, beside the trained network.

    Asks: is the network better than an answer that never looks at its input?
    How: on the training and on the validation rows, the most frequent training class, guessing, and
    for numbers the training mean and "the same as the row before" are judged beside the network with
    its trained weights.
    Means: a network that is no better than these has learned nothing that helps; one that clearly
    beats them on validation rows has found something to learn.
    """
    targets, classes = targets_of(recipe)
    output = _examined(recipe)
    (_, taught), judging = recipe.split()
    parts = {"training": (_targets(taught), output.predictions)}
    if judging is not None:
        parts["validation"] = (_targets(judging[1]), output.validation_predictions)
    known = {name: part for name, part in parts.items() if part[1] is not None}
    if not known:
        raise UnaskableError("the trained network's answers could not be had")
    learned = targets[: recipe.training_rows]
    tables = {
        name: (_of_classes if classes is not None else _of_numbers)(learned, values, answers)
        for name, (values, answers) in known.items()
    }
    shows: dict[str, Any] = {"measure": "accuracy" if classes is not None else "mean squared error", **tables}
    found = "validation" in tables and _better(tables["validation"], classes is not None)
    return Answer(
        says=" ".join(_says(name, table, classes is not None) for name, table in tables.items())
        + (" There it beats every answer that does without the inputs." if found else ""),
        shows=shows,
        refutes=("nothing-to-learn",) if found else (),
    )


def _examined(recipe: Recipe) -> Output:
    """The trained network's answers on training and validation rows.

    Raises:
        UnaskableError: the trained network cannot be had.
    """
    arguments = {
        "x": fit_arrays(recipe.x),
        "y": fit_arrays(recipe.y),
        "validation_split": recipe.validation_split if recipe.held_out is None else 0.0,
        "validation_data": fit_arrays(recipe.held_out),
    }
    with quiet():
        try:
            seen = Observation(model=build(recipe, weights="trained"), arguments=arguments)
        except NoRecipeError as error:
            raise UnaskableError(str(error)) from None
        seen.training, seen.validation = look_at_rows(arguments, Tap(), Tap(), None)
        outputs = examine(seen, gather(seen), gradients=False).outputs
    if not outputs:
        raise UnaskableError("the model has no output with targets")
    return outputs[0]


def _targets(y: Any) -> np.ndarray:
    """One class or number a row, as `targets_of` reads them."""
    numbers = as_numbers(np.asarray(named_leaves(y)[0][1]))
    values = np.asarray(numbers, np.float64).reshape(len(named_leaves(y)[0][1]), -1)
    return values.argmax(axis=1).astype(np.float64) if values.shape[1] > 1 else values[:, 0]


def _of_classes(learned: np.ndarray, values: np.ndarray, answers: Predictions | None) -> dict[str, Any]:
    """Shares of right answers on these rows."""
    levels, counts = np.unique(learned, return_counts=True)
    network = answers.accuracy if answers is not None else None
    return {
        "rows": len(values),
        "judged": answers.rows if answers is not None else 0,
        "network": network,
        "most_frequent": float((values == levels[counts.argmax()]).mean()),
        "largest_share": Labels.of(values).majority,
        "guessing": 1.0 / len(levels),
        "row_before": float((values[1:] == values[:-1]).mean()) if _turns(values) else None,
    }


def _of_numbers(learned: np.ndarray, values: np.ndarray, answers: Predictions | None) -> dict[str, Any]:
    """Mean squared errors on these rows; `variance` is that of the rows' own mean."""
    known = values[np.isfinite(values)]
    mean = float(learned[np.isfinite(learned)].mean())
    found = read_baselines(Labels.of(values), values)
    return {
        "rows": len(values),
        "judged": answers.rows if answers is not None else 0,
        "network": answers.mse if answers is not None else None,
        "mean": float(((known - mean) ** 2).mean()),
        "variance": float(known.var()),
        "row_before": found.persistence_mse,
    }


def _turns(values: np.ndarray) -> bool:
    """Whether the classes are mixed in row order, so that "the same as before" is an answer at all."""
    labels = Labels.of(values)
    return labels.count > 1 and labels.sorted_runs > 2 * max(labels.classes, 1)


def _better(table: dict[str, Any], classes: bool) -> bool:
    """Whether the network clearly beats every answer without inputs on these rows."""
    network = table["network"]
    if network is None:
        return False
    if classes:
        best = max(table["most_frequent"], table["largest_share"], table["row_before"] or 0.0)
        return beats(network, best, table["judged"], same_rows=False)
    best = min(table["mean"], table["variance"], table["row_before"] or np.inf)
    return bool(network < (1.0 - LEARNED_SHARE) * best)


def _says(name: str, table: dict[str, Any], classes: bool) -> str:
    """One sentence of figures on one set of rows."""
    network = "not known" if table["network"] is None else f"{table['network']:.4g}"
    last = table["row_before"]
    before = "" if last is None else f", the same answer as the row before {last:.4g}"
    if classes:
        return (
            f"On the {table['rows']:,} {name} rows the network's accuracy is {network}; always the most "
            f"frequent class gets {table['most_frequent']:.4g}, guessing {table['guessing']:.4g}{before}."
        )
    return (
        f"On the {table['rows']:,} {name} rows the network's mean squared error is {network}; always the "
        f"training mean costs {table['mean']:.4g}{before}."
    )
