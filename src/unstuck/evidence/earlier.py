"""What the fits of one model tell of each other: rows that judge after they trained, and rows forgotten.

A model that is made before the loop over the folds has been trained on the rows that judge it from the second
fold on. A model that is fitted to one part of the rows after the other may remember the last one alone. Each
such fit looks well by itself.
"""

from __future__ import annotations

import time
import weakref
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from unstuck.evidence.facts import Earlier, Evidence
from unstuck.evidence.forgotten import RowsThen, ask_what_is_forgotten, kept_of
from unstuck.evidence.made.before import made_before
from unstuck.evidence.row_marks import Marks, Rescaled, marks_of, table_of
from unstuck.evidence.turns import FEWEST_JUMPS, FittedPart, jumps_of, part_of
from unstuck.watch.backend import backend
from unstuck.watch.observation import Observation
from unstuck.watch.unseen import unseen

#: Fits of one model that are held against each other; folds and parts show by then.
_MOST_FITS = 12

#: Bytes that are kept of all models' fits together.
_MOST_BYTES = 64 * 2**20

#: Seconds of CPU time that this may take, or this share of a script's time beyond.
_SECONDS, _SHARE = 2.0, 0.004

#: Fits of which rows are kept to be asked for again.
_KEPT_FITS = 2


@dataclass
class _EarlierFit:
    """The rows of one fit, what it taught, and some of its rows where they are kept."""

    marks: Marks | None
    exact: Marks
    part: FittedPart | None = None
    kept: RowsThen | None = None

    @property
    def nbytes(self) -> int:
        return self.exact.numbers.nbytes + (self.kept.nbytes if self.kept is not None else 0)


@dataclass
class _ModelFits:
    """The fits of one model since its weights were last set by something else, by the line of their call.

    `ended` is a hash of the weights with which the last one ended.
    """

    held: weakref.ref[Any]
    ended: int | None = None
    lines: dict[tuple[str, int], list[_EarlierFit]] = field(default_factory=dict)
    tables: dict[tuple[str, int], Rescaled | None] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        fits = sum(fit.nbytes for line in self.lines.values() for fit in line)
        return fits + sum(each.nbytes for each in self.tables.values() if each is not None)


class EarlierFits:
    """The fits of a script, as far as one tells something of the next."""

    def __init__(self) -> None:
        self._models: OrderedDict[int, _ModelFits] = OrderedDict()
        self._begun, self._spent = time.perf_counter(), 0.0

    def beside(self, seen: Observation, evidence: Evidence) -> Evidence:
        """The evidence of an ended fit with what the earlier fits of its model tell of it."""
        started = time.thread_time()
        if self._spent > max(_SECONDS, _SHARE * (time.perf_counter() - self._begun)):
            self._models.clear()
            return evidence
        with unseen(seen.model):
            found = self._found(seen, evidence)
        self._spent += time.thread_time() - started
        return evidence if found is None else replace(evidence, earlier=found)

    def _found(self, seen: Observation, evidence: Evidence) -> Earlier | None:
        model = self._of(seen)
        if model is None or seen.place is None:
            return None
        line = seen.place.file, seen.place.line
        fits = model.lines.setdefault(line, [])
        marks = marks_of(seen.training) if len(fits) < _MOST_FITS else None
        if marks is None:
            return None
        judged = marks_of(seen.validation)
        fit = _EarlierFit(marks, marks, part_of(0, evidence))
        if not fits:
            table = table_of(seen.training)
            model.tables[line] = Rescaled(table) if table is not None else None
        elif not _shared(marks, [each.exact for each in fits]):
            judged = _on_one_scale(model.tables[line], fits, fit, seen) or judged
        fits.append(fit)
        if len(fits) <= _KEPT_FITS and fit.part is not None:
            fit.kept = kept_of(seen, evidence)
        self._bound()
        if len(fits) < 2:
            return None
        found = _among(fits, judged)
        if found is None:
            return None
        made = evidence.model.place if evidence.model is not None else None
        return replace(
            found, made_at=made_before(made, seen.place), forgotten=_forgotten(seen, evidence, fits)
        )

    def _of(self, seen: Observation) -> _ModelFits | None:
        """What is known of the model, nothing of before if its weights are no longer those of the last fit.

        None where that cannot be told.
        """
        signs, key = seen.vitals, id(seen.model)
        known = self._models.get(key)
        if known is None or known.held() is not seen.model:  # the number of one that is gone may come again
            known = self._models[key] = _ModelFits(weakref.ref(seen.model))
        self._models.move_to_end(key)
        began = None
        if signs is not None and not signs.initial_after and signs.initial_weights is not None:
            began = _digest(signs.initial_weights)
        if began is None or began != known.ended:
            known.lines.clear()
            known.tables.clear()
        known.ended = None
        if signs is None or seen.raised is not None or signs.initial_weights is None:
            return None
        known.ended = _digest([backend().to_numpy(each.value) for each in seen.model.weights])
        return known

    def _bound(self) -> None:
        """Let go of the models that were fitted longest ago, as long as all take too much."""
        while sum(each.nbytes for each in self._models.values()) > _MOST_BYTES:
            self._models.popitem(last=False)


def _digest(weights: Sequence[np.ndarray]) -> int:
    digest = 0
    for each in weights:
        digest = zlib.crc32(np.ascontiguousarray(each, np.float32).tobytes(), digest)
    return digest


def _shared(marks: Marks, others: Sequence[Marks]) -> bool:
    return any(len(np.intersect1d(marks.numbers, each.numbers, assume_unique=True)) for each in others)


def _on_one_scale(
    table: Rescaled | None, fits: list[_EarlierFit], fit: _EarlierFit, seen: Observation
) -> Marks | None:
    """Tell the rows of the fits apart whatever their scale; the marks of those that judge this fit.

    None, and all is as it was, where no rows are found again on another scale.
    """
    rows = table_of(seen.training)
    found = table.marks(rows, table_of(seen.validation)) if table is not None and rows is not None else None
    scaled = table is not None and fits[0].marks is table.first
    if found is not None and table is not None:
        if not scaled:
            fits[0].marks = table.first
            for each in fits[1:]:
                each.marks = None
        fit.marks = found[0]
        return found[1]
    if scaled:
        fit.marks = None
    return None


def _among(fits: Sequence[_EarlierFit], judged: Marks | None) -> Earlier | None:
    """What the rows of the fits tell of each other; None where those of the last are not told from others."""
    last, known = fits[-1].marks, [each.marks for each in fits if each.marks is not None]
    if last is None or len(known) < 2:
        return Earlier(fits=len(fits))
    before = np.unique(np.concatenate([each.numbers for each in known[:-1]]))
    union = np.union1d(before, last.numbers)
    absences = np.zeros(len(union), np.int64)
    for each in known:
        absences += ~np.isin(union, each.numbers, assume_unique=True)
    asked = judged.numbers if judged is not None else np.empty(0, np.int64)
    return Earlier(
        fits=len(fits),
        distinct=min([last.distinct, *([judged.distinct] if judged is not None else [])]),
        judged=len(asked),
        judged_before=int(np.isin(asked, before).sum()),
        judged_here=int(np.isin(asked, last.numbers).sum()),
        rows=len(union),
        left_out=tuple(len(union) - len(each.numbers) for each in known),
        left_out_twice=int((absences > 1).sum()),
    )


def _forgotten(seen: Observation, evidence: Evidence, fits: Sequence[_EarlierFit]) -> Any:
    """What became of rows of the first fits, asked only where the losses jump as if each undid the last.

    Rows that came again are not asked for: they were not forgotten but taught anew.
    """
    parts = [each.part for each in fits if each.part is not None]
    kept = [each.kept for each in fits if each.kept is not None]
    if len(parts) < len(fits) or len(kept) < _KEPT_FITS or len(jumps_of(parts)) < FEWEST_JUMPS:
        return None
    if any(_shared(each.exact, [other.exact for other in fits[:n]]) for n, each in enumerate(fits)):
        return None
    return seen.attempt("rows of earlier fits", ask_what_is_forgotten, seen.model, evidence, kept, len(fits))
