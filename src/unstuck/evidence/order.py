"""Whether a validation stream comes in another order each time, and whether that matters to the script."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from unstuck.evidence.facts import Place, Reordered
from unstuck.evidence.kinds import words
from unstuck.evidence.syntax import parsed
from unstuck.watch.rows import Rows

#: Functions of scikit-learn that lay answers beside labels, row by row.
_COMPARES = words(
    "accuracy_score balanced_accuracy_score classification_report cohen_kappa_score confusion_matrix "
    "f1_score matthews_corrcoef precision_score recall_score roc_auc_score average_precision_score "
    "mean_absolute_error mean_squared_error r2_score"
)


def read_order(validation: Rows | None, fit: Place | None) -> Reordered | None:
    """How many rows stood elsewhere in the second validation, and the lines that need them in place.

    None where the rows of two validations were not seen, or are not the same. The script is read only
    where the order changed.
    """
    if validation is None or len(validation.passes) < 2:
        return None
    first, second = (list(each) for each in validation.passes[:2])
    if sorted(first) != sorted(second) or len(set(first)) < len(first):
        return None
    moved = sum(a != b for a, b in zip(first, second, strict=True))
    made = predicted = compared = None
    if moved and fit is not None:
        made, predicted, compared = _lines(fit)
    return Reordered(rows=len(first), moved=moved, made_at=made, predicted_at=predicted, compared_at=compared)


def _lines(fit: Place) -> tuple[Place | None, Place | None, Place | None]:
    """Where the stream is made, where predict is given it, and where its answers meet labels."""
    nothing = (None, None, None)
    tree = parsed(fit.file)
    if tree is None:
        return nothing
    name = _validation_name(tree, fit)
    bound = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and name in _bound_by(node)]
    if name is None or len(bound) != 1 or _is_changed(tree, name):
        return nothing
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or node.lineno < fit.line or len(_bound_by(node)) != 1:
            continue
        call = next((each for each in _calls(node.value, "predict") if _first_name(each) == name), None)
        if call is None:
            continue
        compared = _compared(tree, _bound_by(node)[0], node.lineno)
        if compared is not None:
            lines = (bound[0].lineno, call.lineno, compared)
            made, predicted, met = (Place(file=fit.file, line=line) for line in lines)
            return made, predicted, met
    return nothing


def _validation_name(tree: ast.AST, fit: Place) -> str | None:
    for call in _calls(tree, "fit"):
        if call.lineno <= fit.line <= (call.end_lineno or call.lineno):
            given = next((each.value for each in call.keywords if each.arg == "validation_data"), None)
            return given.id if isinstance(given, ast.Name) else None
    return None


def _calls(tree: ast.AST, method: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == method:
            yield node


def _first_name(call: ast.Call) -> str | None:
    first = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "x"), None)
    return first.id if isinstance(first, ast.Name) else None


def _bound_by(node: ast.Assign) -> list[str]:
    return [each.id for target in node.targets for each in ast.walk(target) if isinstance(each, ast.Name)]


def _is_changed(tree: ast.AST, name: str) -> bool:
    """Whether an attribute of the stream is set somewhere (its shuffle, for one)."""
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        for node in ast.walk(tree)
    )


def _compared(tree: ast.AST, answers: str, after: int) -> int | None:
    """The first line after another in which these answers meet other names: a score, or an equality."""
    lines = []
    for node in ast.walk(tree):
        if getattr(node, "lineno", 0) <= after:
            continue
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
            sides = node.args if called in _COMPARES else []
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq):
            sides = [node.left, *node.comparators]
        else:
            continue
        names = [{each.id for each in ast.walk(side) if isinstance(each, ast.Name)} for side in sides]
        if len(names) > 1 and any(answers in each for each in names) and not all(answers in n for n in names):
            lines.append(node.lineno)
    return min(lines, default=None)
