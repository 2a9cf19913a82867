"""A whole file as the trainings that stand in it, on several paths through its conditions."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from unstuck.evidence.facts import (
    Code,
    Evidence,
    Fit,
    Output,
    WrittenInputs,
    WrittenTargets,
)
from unstuck.evidence.signatures import OPTIMIZERS, PARAMETERS
from unstuck.evidence.syntax import tree_of
from unstuck.reading import compilation, training
from unstuck.reading.calls import called
from unstuck.reading.datasets import classes_of
from unstuck.reading.file_sightings import Text, of_file
from unstuck.reading.inert import inert
from unstuck.reading.replay import ALWAYS, MOST_WATCHED, FirstWalk, watched
from unstuck.reading.statements import Interpreter
from unstuck.reading.training_sightings import of_training
from unstuck.reading.values import Class, DictValue, Function, Items, Known, Unread, first_rows
from unstuck.reading.walk import MOST_NODES, LoopEnd, ProgramEnded, Returned

#: Walks of one file at most: both sides of each condition once, and some of them together.
MOST_WALKS = 8

#: What the names mean that people paste without their imports.
_HOMES = {
    **{name: f"keras.layers.{name}" for name in PARAMETERS if name[:1].isupper()},
    **{
        name: f"keras.layers.{name}"
        for name in ("Flatten", "GlobalAveragePooling2D", "MaxPooling2D", "Reshape")
    },
    **{name: f"keras.optimizers.{name}" for name in OPTIMIZERS},
    **{"Input": "keras.Input", "Model": "keras.models.Model", "Sequential": "keras.models.Sequential"},
    **{"keras": "keras", "layers": "keras.layers", "models": "keras.models", "tf": "tensorflow"},
}

BACKENDS = ("jax", "tensorflow", "torch")


@dataclass(frozen=True)
class Reading:
    """One training that stands in a file. `evidence` is without an Environment where the file does
    not say on which backend it runs; `backends` are those it may run on. `sure` is false where
    something was met after which nothing in the file is certain, and in a function that the file does
    not call. `trains` is false for a model that is built and never trained; `doubts` are reasons, as ends
    of a sentence, why the model may be another one than the file shows. `walk` counts the walks over the
    file from 0, and `conditions` the conditions of this walk that are not known: several of them may
    exclude one another. `left_out` is what this walk did not read because a bound was met,
    `looked_for` the files that an import of the project's own could mean, there or not.
    """

    evidence: Evidence
    backends: tuple[str, ...] = BACKENDS
    sure: bool = True
    trains: bool = True
    doubts: tuple[str, ...] = ()
    walk: int = 0
    conditions: int = 0
    left_out: tuple[str, ...] = ()
    looked_for: frozenset[str] = frozenset()


def read_text(text: str, file: str, *, follows: bool = False) -> tuple[Reading, ...]:
    """All trainings of a file, its models that it does not train, and last its code alone.

    Args:
        text: the source.
        file: its name, for places.
        follows: whether to read the modules of the project beside it that it imports, too.

    Raises:
        SyntaxError: the text is no Python, or nested too deeply to be read.
    """
    try:
        tree = tree_of(text)
    except (RecursionError, MemoryError, ValueError) as error:
        raise SyntaxError(str(error) or "nested too deeply") from None
    try:
        return tuple(_read(tree, file, follows))
    except Exception as error:  # a defect of ours costs this file's findings, never the others'
        raise SyntaxError(f"it could not be read ({type(error).__name__}: a defect of unstuck)") from error


def _read(tree: ast.Module, file: str, follows: bool) -> Iterator[Reading]:
    text_alone = Text.of(tree, file)
    told: _Told = {}
    models = training.Models()
    for number, walk in enumerate(_walks(tree, file, text_alone, follows)):
        yield from _readings(walk, text_alone, models, number, told)


def _walks(tree: ast.Module, file: str, text: Text, follows: bool) -> Iterator[Interpreter]:
    """Walks with different sides of the conditions taken: all turned over, then each by itself.

    A file in which no model comes into being is walked once.
    """
    walk = _begun(file, {}, max(MOST_NODES, 3 * text.size), text, follows)
    record = FirstWalk(tree.body, walk.unbound)
    _first(walk, tree, record)
    yield walk
    choices = dict(walk.decisions)
    turned = [{each: not side for each, side in choices.items()}]
    turned += [{**choices, each: not side} for each, side in choices.items()]
    seen = [choices]
    places = {each: walk.sides[each].values() for each in choices if each in walk.sides}
    own_print = "print" in walk.scope.names
    alike = {} if own_print else {each: choices[each] for each in inert(places, text.names, text.printed)}
    for decisions in turned[: MOST_WALKS - 1]:
        decisions = decisions | alike
        if not (walk.networks or walk.trainings) or walk.left < 0 or decisions in seen:
            continue
        seen.append(decisions)
        differing = record.differing({each for each in choices if decisions[each] != choices[each]})
        walk = _begun(file, dict(decisions), walk.left, text, follows)
        walk.scope.names.update(record.unbound)
        _again(walk, tree, record, differing)
        yield walk


def _begun(file: str, decisions: dict[str, bool], budget: int, text: Text, follows: bool) -> Interpreter:
    """A walk that has not passed anything yet."""
    walk = Interpreter(file, called, decisions, budget)
    walk.follows = follows
    walk.scope.bind("__name__", Known("__main__"))
    if not text.imports:
        _assume_keras(walk, text.free)
    walk.shared_names = text.shared
    return walk


def _first(walk: Interpreter, tree: ast.Module, record: FirstWalk) -> None:
    """Pass the whole module, and note what each statement does."""
    if len(tree.body) > MOST_WATCHED:
        any(_passed(walk, statement) for statement in tree.body)
        walk.guessing = True
        any(_entered(walk, each) for each in _uncalled(walk) if each.node not in walk.walked)
        return
    for statement in tree.body:
        effects = watched(walk, partial(_passed, walk, statement))
        record.keep(statement, effects, walk.scope.names)
        if effects.ended:
            break
    walk.guessing = True
    for function in _uncalled(walk):
        if function.node not in walk.walked:
            record.keep_entered(function.node, watched(walk, partial(_entered, walk, function)))


def _again(walk: Interpreter, tree: ast.Module, record: FirstWalk, differing: set[ast.AST]) -> None:
    """Pass what may differ from the first walk; the rest does what it did there."""
    for statement in tree.body:
        known = record.effects.get(statement) if not isinstance(statement, ALWAYS) else None
        if known is None or statement in differing:
            if _passed(walk, statement):
                break
        else:
            known.onto(walk)
            if known.ended:
                break
    walk.guessing = True
    for function in _uncalled(walk):
        if function.node in walk.walked:
            continue
        known = record.effects.get(function.node)
        if known is None or function.node in differing:
            _entered(walk, function)
        else:
            known.onto(walk)


def _passed(walk: Interpreter, statement: ast.stmt) -> bool:
    """Pass one statement; whether the program has ended."""
    try:
        walk.run([statement])
    except ProgramEnded:
        if walk.left < 0:
            walk.left_out.add(f"it is too long, and what follows line {statement.lineno} was not read")
        return True
    except (RecursionError, Returned, LoopEnd):
        pass
    return False


def _assume_keras(walk: Interpreter, free: frozenset[str]) -> None:
    """Bind Keras's names in a snippet that imports nothing, as people paste them."""
    assumed = {name: path for name, path in _HOMES.items() if name in free}
    for name, path in assumed.items():
        walk.scope.bind(name, walk.named(path))
    if assumed:
        walk.assumed = ("it imports nothing, and Keras's names are assumed",)


def _uncalled(walk: Interpreter) -> Iterator[Function]:
    """The functions of the module and of its classes: another file may call those that this one does not."""
    for value in list(walk.scope.names.values()):
        if isinstance(value, Function):
            yield value
        elif isinstance(value, Class):
            yield from (each for each in list(value.members.values()) if isinstance(each, Function))


def _entered(walk: Interpreter, function: Function) -> bool:
    """Walk into a function that nothing calls.

    Its arguments are not known, and the globals may be others by then: nothing is sure of what it trains.
    """
    names = function.node.args
    positional = [Unread() for _ in (*names.posonlyargs, *names.args)]
    keywords = {each.arg: Unread() for each in names.kwonlyargs}
    with contextlib.suppress(ProgramEnded, RecursionError, Returned, LoopEnd):
        walk.enter(function, positional, keywords, hidden=True)
    return False


#: The evidence of trainings that were told, by the training itself: several walks may share one.
_Told = dict[training.Training, Evidence]


def _readings(
    walk: Interpreter, text: Text, models: training.Models, number: int, told: _Told
) -> Iterator[Reading]:
    whole = of_file(walk, text, models)
    certain = not walk.doubtful and not _is_legacy(walk)
    made = partial(
        Reading,
        backends=_backends(walk),
        walk=number,
        conditions=len(walk.undecided),
        left_out=tuple(sorted(walk.left_out)),
        looked_for=frozenset(walk.looked_for),
    )
    for each in (*walk.trainings, *models.untrained(walk)):
        sightings = (*of_training(each, walk), *whole)
        evidence = told.get(each)
        if evidence is None or evidence.code is None or evidence.code.sightings != sightings:
            evidence = told[each] = _evidence(each, Code(sightings=sightings))
        sure = certain and not each.guessed and not each.doubts
        yield made(evidence, sure=sure, trains=each.fit is not None, doubts=each.doubts)
    yield made(Evidence(code=Code(sightings=whole)), sure=certain)


def _backends(walk: Interpreter) -> tuple[str, ...]:
    """The backends the file may run on, as far as it says."""
    said = [
        each.shows["value"]
        for each in walk.notes
        if each.kind == "environment" and each.shows.get("name") == "KERAS_BACKEND"
    ]
    chosen = [each for each in said if each in BACKENDS]
    if chosen:
        return (chosen[0],)
    return ("tensorflow",) if walk.through_tensorflow else BACKENDS


def _is_legacy(walk: Interpreter) -> bool:
    """Whether the program asks for Keras 2, in which some arguments mean something else."""
    return any(
        note.kind == "environment" and note.shows.get("name") == "TF_USE_LEGACY_KERAS" for note in walk.notes
    )


def _evidence(found: training.Training, code: Code) -> Evidence:
    compiled = found.compiled
    heads = found.described.heads
    names = list(heads) or [""]
    losses = compilation.losses(compiled, names) if compiled else {}
    metrics = compilation.metrics(compiled, heads, losses, names) if compiled else {}
    if found.network.trains_its_own_way:
        losses = {}
    targets = _targets(found, names)
    outputs = tuple(
        Output(
            name=name,
            head=heads.get(name),
            loss=losses.get(name),
            metrics=metrics.get(name),
            written_targets=targets.get(name),
        )
        for name in names
    )
    fit: Fit | None = compilation.fit_record(found.fit) if found.fit else None
    return Evidence(
        model=found.described.model,
        optimizer=compilation.optimizer(compiled) if compiled else None,
        fit=fit,
        written_inputs=_inputs(found),
        code=code,
        outputs=outputs,
    )


def _written(value: Any) -> Unread | None:
    return value if isinstance(value, Unread) else None


def _targets(found: training.Training, names: list[str]) -> dict[str, WrittenTargets]:
    """What the source does to the targets of each output."""
    if found.fit is None:
        return {}
    x, y = found.fit.arguments.get("x"), found.fit.arguments.get("y")
    if y is None and isinstance(x, Unread) and len(x.parts) > 1:
        y = x.parts[1]
    if isinstance(y, DictValue):
        given = {name: _written(y.entries.get(name)) for name in names}
    elif isinstance(y, Items):
        given = dict(zip(names, map(_written, y.members), strict=False))
    else:
        given = {names[0]: _written(y)} if len(names) == 1 else {}
    return {
        name: WrittenTargets(
            origin=rows.origin,
            operations=rows.operations,
            place=rows.place,
            classes=classes_of(rows.origin, rows.operations),
        )
        for name, rows in given.items()
        if rows is not None
    }


def _inputs(found: training.Training) -> WrittenInputs | None:
    """What the source does to the first input; of a stream, to what it is made of and then to itself."""
    x = found.fit.arguments.get("x") if found.fit is not None else None
    rows = first_rows([x]) if x is not None else None
    if rows is None:
        return None
    before = rows.parts[0].operations if rows.parts else ()
    return WrittenInputs(origin=rows.origin, operations=(*before, *rows.operations), place=rows.place)
