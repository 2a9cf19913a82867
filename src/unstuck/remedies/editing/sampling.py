"""Training rows drawn anew before a fit call, under names of their own."""

from __future__ import annotations

import libcst as cst

from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source, Unplaced
from unstuck.remedies.editing.edits import Edit
from unstuck.remedies.editing.rows import FitRows
from unstuck.remedies.editing.splits import held_back


class TrainingRows:
    """The rows of a fit call that train: `x` and `y` name them, `put` and `take` give the call others.

    Where `validation_split` would hold rows back, they are cut off first and given as
    `validation_data`, so that drawn rows never reach the validation. The user's own arrays stay
    as they are, for what follows the fit call.

    Raises:
        Unplaced: the rows cannot be told apart in the call, or carry weights of their own.
    """

    def __init__(self, source: Source, at: Place | None) -> None:
        self.rows = rows = FitRows(source, at)
        self._edits: list[Edit] = []
        if rows.has("sample_weight"):
            raise Unplaced("the rows have weights of their own, which would have to be drawn with them")
        self.x, self.y = rows.one("x", "inputs"), rows.one("y", "labels")
        rows.as_arrays([self.x, self.y])
        self._read = (
            self._renamed("x", self.x, "training_inputs"),
            self._renamed("y", self.y, "training_labels"),
        )
        share = held_back(rows)
        if share:
            self._cut(share)

    def labels(self, *, one_hot: bool) -> str:
        """A new name for the class of each training row."""
        name = self.rows.fresh("classes")
        flat = "argmax(axis=-1)" if one_hot else "reshape(-1)"
        self.rows.add(f"{name} = {self.rows.numpy()}.asarray({self.y}).{flat}")
        return name

    def draw_by_class(self, size: tuple[str, str], drawn: str, *, one_hot: bool) -> list[Edit]:
        """Train on rows drawn class by class, in random order: all edits that make it so.

        Args:
            size: a name for how many rows of a class there shall be, and what makes it of the
                classes' sizes ("max" or "min").
            drawn: an expression for the rows of one class, `{group}`'s, of which `{size}` are
                wanted, drawn by `{generator}`; `{numpy}` is numpy.
            one_hot: whether the labels are.
        """
        rows, numpy = self.rows, self.rows.numpy()
        classes = self.labels(one_hot=one_hot)
        generator, groups = rows.fresh("generator"), rows.fresh("rows_by_class")
        wanted, chosen = rows.fresh(size[0]), rows.fresh("chosen")
        rows.add(f"{generator} = {numpy}.random.default_rng(0)")
        rows.add(
            f"{groups} = [{numpy}.flatnonzero({classes} == label) for label in {numpy}.unique({classes})]"
        )
        rows.add(f"{wanted} = {size[1]}(len(group) for group in {groups})")
        some = drawn.format(group="group", size=wanted, generator=generator, numpy=numpy)
        rows.add(f"{chosen} = {numpy}.concatenate([{some} for group in {groups}])")
        rows.add(f"{generator}.shuffle({chosen})")
        return self.take(chosen)

    def put(self, pair: str) -> list[Edit]:
        """Train on a pair of arrays (an expression): all edits that make it so."""
        self.rows.add(f"{', '.join(self._read)} = {pair}")
        return [*self.rows.edits(), *self._edits]

    def take(self, chosen: str) -> list[Edit]:
        """Train on the rows of these numbers (a name): all edits that make it so."""
        return self.put(f"{self.x}[{chosen}], {self.y}[{chosen}]")

    def _renamed(self, parameter: str, name: str, wanted: str) -> str:
        """The name that the call reads an array by, another one than the user's."""
        arg = self.rows.source.argument(self.rows.call, parameter)
        assert arg is not None
        if isinstance(arg.value, cst.Name) and arg.value.value == name:
            new = self.rows.fresh(wanted)
            self._edits.append(Edit(*self.rows.source.span(arg.value), new))
            return new
        if name in self.rows.source.names():
            raise Unplaced("the arrays are given in a list or dict")
        return name  # a new one, which is in the call already

    def _cut(self, share: str) -> None:
        """Cut off the rows that validate."""
        rows, (x, y), (new_x, new_y) = self.rows, (self.x, self.y), self._read
        arg = rows.source.argument(rows.call, "validation_split")
        if arg is None or arg.keyword is None:
            raise Unplaced("validation_split is given by its position")
        cut = rows.fresh("cut")
        held_x, held_y = rows.fresh("validation_inputs"), rows.fresh("validation_labels")
        rows.add(f"{cut} = int(len({x}) * (1 - {share}))")
        rows.add(f"{held_x}, {held_y} = {x}[{cut}:], {y}[{cut}:]")
        rows.add(f"{new_x}, {new_y} = {x}[:{cut}], {y}[:{cut}]")
        self._edits.append(Edit(*rows.source.span(arg), f"validation_data=({held_x}, {held_y})"))
        self.x, self.y = new_x, new_y
