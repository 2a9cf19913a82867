"""The line where the value at fault was made, of what a call is given."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from unstuck.evidence.bindings import called_name
from unstuck.evidence.facts import Place
from unstuck.evidence.made.follower import Chain, Follower, Link, is_written_out
from unstuck.evidence.made.scopes import (
    BATCH,
    EACH,
    Path,
    Spot,
    calls_in_order,
    definition,
    frame_at,
    function_at,
    given_by,
)
from unstuck.evidence.signatures import PARAMETERS
from unstuck.evidence.syntax import parsed

#: Ways back that are looked at for one that ends in the value that was seen.
_MOST_WAYS = 12

#: Values that went through float32 differ by so much, relative to their size.
_FLOAT32 = 1e-6

#: The methods that train.
_FITS = ("fit", "fit_generator", "train_on_batch")

#: What fit is given first, as a whole (a data set, a loader, a generator), and what that gives.
_WHOLE: dict[str, Path] = {"rows": (), "batches": (EACH,)}

#: The parts of validation_data, in their order.
_JUDGED = ("validation_x", "validation_y")

#: What a part is told apart from: lines that both came through are not where the one was made.
_OTHER = {"x": "y", "y": "x", "validation_x": "x", "validation_y": "y"}

#: Where a data set that fit is given holds the inputs and the targets of a batch.
_PARTS: dict[str, Path] = {"x": (EACH, ("item", 0)), "y": (EACH, ("item", 1)), "batch_size": (BATCH,)}


@dataclass(frozen=True)
class Origin:
    """Where a value was made, and the lines that it came through from there to the call that got it.

    `computes` says that it was made of other values there.
    """

    place: Place
    links: tuple[Link, ...] = ()
    computes: bool = False


def made_of(
    place: Place, names: tuple[str, ...], *, value: Any = None, others: tuple[str, ...] = ()
) -> Origin | None:
    """Where what the call at a place is given under one of these names was made.

    Args:
        place: a call.
        names: parameters of it, the first that it is given counts, and with dots a keyword of what that was
            made with ("optimizer.learning_rate"). Of fit that is given a data set, "x", "y" and "batch_size"
            are looked for in that; "rows" is the data set itself, "batches" what it gives.
            ".trainable" is an attribute that a line of the program sets to the value.
        value: what it held when it was run; a way back that ends in another number or text is none.
        others: further files of the program, which may call its functions.

    Returns:
        The place itself where the value is written in the call; None where the way cannot be followed.
    """
    for name in names:
        if name.startswith("."):
            found = _set(name.removeprefix("."), value, (place.file, *others))
            if found is not None:
                return Origin(found)
            continue
        for call in calls_at(place):
            spot = given(call, name, place.file, others)
            if spot is not None:
                made = _followed(spot, value, call, place)
                if made is None and "." in name:
                    break  # it was not made with such a keyword
                other = given(call, _OTHER[name], place.file, others) if name in _OTHER else None
                if made is None or other is None:
                    return made
                return (_alone(made, spot, other) if name in _JUDGED else None) or _apart(made, other)
    return None


def _apart(made: Origin, other: Spot) -> Origin:
    """Inputs and targets that came out of one file or one call: the line where they are still apart.

    That is the last one that the other did not come through, but for a line that computes new values of
    both.
    """
    way = next(Follower(through=True).chains(other), Chain())
    shared = set(way.links)  # by name, too: `x, y = load()` makes them apart in one line
    own = [link for link in made.links if link not in shared]
    if made.computes or not own or own[-1] == made.links[-1]:
        return made
    return Origin(own[-1].place, tuple(made.links[: made.links.index(own[-1])]))


def _alone(made: Origin, judged: Spot, taught: Spot) -> Origin | None:
    """Rows that judge and came through a line that the others came through as well, which is not what tells
    them apart: the last line, on the way back, of a function that they alone came through, else the last line
    before those that both came through. None where they have a line of their own.
    """
    shared = {link.place for link in next(Follower(through=True).chains(taught), Chain()).links}
    if made.place not in shared:
        return None
    way = next(Follower(through=True).chains(judged), Chain()).links
    entered = {function_at(place) for place in shared}
    inside = [index for index, link in enumerate(way) if function_at(link.place) not in (None, *entered)]
    if inside:
        return Origin(way[inside[-1]].place, way[: inside[-1]])
    own = [index for index, link in enumerate(made.links) if link.place not in shared]
    return Origin(made.links[own[-1]].place, made.links[: own[-1]]) if own else None


def _computes(chain: Chain) -> bool:
    """Whether the statement that a way back ends in makes new values of others, and does not read them in."""
    if chain.end is None:
        return True
    end = chain.end.expression
    if not isinstance(end, ast.Call):
        return isinstance(end, (ast.BinOp, ast.UnaryOp, ast.Compare, ast.IfExp))
    frame = chain.end
    for each in end.args:
        way = next(Follower().chains(Spot(each, frame.frame, frame.line)), Chain())
        if way.links and way.end is not None and not is_written_out(way.end.expression):
            return True
    return False


def _set(attribute: str, value: Any, files: tuple[str, ...]) -> Place | None:
    """The first line that sets an attribute of this name to a value: `layer.trainable = False`."""
    for file in dict.fromkeys(files):
        tree = parsed(file)
        found = [
            node.lineno
            for node in (ast.walk(tree) if tree is not None else ())
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and node.value.value == value
            and any(isinstance(each, ast.Attribute) and each.attr == attribute for each in node.targets)
        ]
        if found:
            return Place(file=file, line=min(found))
    return None


def calls_at(place: Place) -> Iterator[ast.Call]:
    """The calls at a place: this one where its columns are known, else those that begin in its line."""
    tree = parsed(place.file)
    calls = [each for each in calls_in_order(tree) if each.lineno == place.line] if tree is not None else []
    exact = [
        each for each in calls if (each.col_offset, each.end_col_offset) == (place.column, place.end_column)
    ]
    yield from exact or calls


def given(call: ast.Call, name: str, file: str, others: tuple[str, ...] = ()) -> Spot | None:
    """What a call is given under a name; of the rows that judge, "validation_x" and "validation_y"."""
    name, *inner = name.split(".")
    if inner:  # of what it is given, a keyword that this was made with
        whole = given(call, name, file, others)
        way = (*whole.path, *(("attr", each) for each in inner)) if whole is not None else ()
        return replace(whole, path=way) if whole is not None else None
    if name in _JUDGED:
        whole = given(call, "validation_data", file, others)
        return (
            replace(whole, path=(*whole.path, ("item", _JUDGED.index(name)))) if whole is not None else None
        )
    frame = frame_at(file, call, others)
    if frame is None:
        return None
    found = {each.arg: each.value for each in call.keywords if each.arg is not None}
    starred = [each for each in call.args if isinstance(each, ast.Starred)]
    if not starred:
        found |= dict(zip(PARAMETERS.get(called_name(call), ()), call.args, strict=False))
    fits = called_name(call) in _FITS
    if fits and name in _WHOLE and "x" in found:
        return Spot(found["x"], frame, call.lineno, _WHOLE[name])
    if name in found and not (fits and name == "x" and "y" not in found):
        return Spot(found[name], frame, call.lineno)
    called = definition(call.func, frame)
    if called is not None:
        return next(iter(given_by(call, called, frame, call.lineno).get(name, ())), None)
    for each in call.keywords:
        if each.arg is None:  # **options
            return Spot(each.value, frame, call.lineno, (("item", name),))
    if fits and name in ("x", "y") and name not in found and starred and call.args[0] is starred[0]:
        return Spot(starred[0].value, frame, call.lineno, (("item", 0 if name == "x" else 1),))
    if fits and name in _PARTS and "x" in found and (name == "batch_size" or "y" not in found):
        return Spot(found["x"], frame, call.lineno, _PARTS[name])
    return None


def _followed(spot: Spot, value: Any, call: ast.Call, at: Place) -> Origin | None:
    chains = list(islice(Follower().chains(spot), _MOST_WAYS if value is not None else 1))
    fitting = [each for each in chains if _fits(each, value) and not _lost(spot, each)]
    if not fitting:
        return None
    chain = fitting[0]
    if value is None and not chain.sure:
        return None
    place = chain.place
    if place is None or (place.file == spot.frame.file and place.line in _lines(call)):
        return Origin(at)
    made = Origin(place, chain.links, _computes(chain))
    return made if made.computes or spot.path[:1] != (EACH,) else _built(made)


def _built(made: Origin) -> Origin:
    """What a data set gives of what was read in elsewhere: its line that puts that into its form, if any."""
    functions = [function_at(link.place) for link in made.links if link.name.endswith("()")]
    forming = [index for index, link in enumerate(made.links) if link.forms]
    if not forming or function_at(made.place) in functions:
        return made
    last = forming[-1]
    return Origin(made.links[last].place, made.links[:last], computes=True)


def _lost(spot: Spot, chain: Chain) -> bool:
    """Whether the rows of a batch or a keyword were asked for, and the way back shows none."""
    if spot.path == (BATCH,):
        return chain.end is None or chain.end.path != ()
    asked = spot.path[-1:] if spot.path and spot.path[-1][0] == "attr" else ()
    return bool(asked) and (chain.end is None or chain.end.path[-1:] == asked)


def _lines(call: ast.Call) -> range:
    return range(call.lineno, (call.end_lineno or call.lineno) + 1)


def _fits(chain: Chain, value: Any) -> bool:
    """Whether a way back may have brought this value."""
    if value is None or chain.end is None or not is_written_out(chain.end.expression):
        return True
    written = ast.literal_eval(chain.end.expression)
    if isinstance(written, (int, float)) and isinstance(value, (int, float)):
        return math.isclose(written, value, rel_tol=_FLOAT32)
    return bool(written == value) or str(written).lower() == str(value).lower()
