"""The state of one walk over a file, and what statements and expressions share."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from unstuck.evidence.facts import Place
from unstuck.evidence.syntax import below
from unstuck.reading import nodes
from unstuck.reading.values import UNSURE, Named, Scope, Unread, plain

#: Nodes that the walks of one file may pass together; a program of 1,000 lines has about 10,000. A file with
#: more may be passed three times: once is enough where no loop and no function repeats its nodes.
MOST_NODES = 200_000

#: Rounds of a loop over something known. The deepest networks people write in a loop have about 150 layers.
MOST_ROUNDS = 200

#: Nodes after which a loop in which no model, layer or other object of a library came into being is left, as
#: one over something unknown. Lists of widths and rates, of which models are made afterwards, take far fewer.
LONG_LOOP = 2000

#: Calls of the file's own functions inside one another.
MOST_DEPTH = 12

#: Decides what a call means that is none of the file's own functions: (walk, node, what is called,
#: arguments by position, arguments by name, whether more are hidden) to a Value.
Calls = Callable[[Any, ast.Call, Any, list[Any], dict[str, Any], bool], Any]


class ProgramEnded(Exception):
    """The walk has come to its end: `raise`, `sys.exit`, or the budget."""


class Raised(ProgramEnded):
    """The program raises an error here."""


class Returned(Exception):
    """A function returned this value."""

    def __init__(self, value: Any) -> None:
        self.value = value


class LoopEnd(Exception):
    """A round of a loop is over: `break` stops the loop, `continue` does not."""

    def __init__(self, stops: bool) -> None:
        self.stops = stops


@dataclass(frozen=True)
class Note:
    """Something that the walk met, with the Values that it concerns, for those who make sightings of it."""

    kind: str
    place: Place
    shows: Mapping[str, Any]


class Walk:
    """One walk over one file.

    `decisions` are the sides that were chosen of conditions, by their text; `undecided` are the conditions
    that were met and are not known, `met` those of the present statement. `walked` are the functions that
    were entered. `networks` and `objects` are the models and the objects of imported classes that
    came into being; `opaque` the models behind values that the text does not tell, `predicted` those
    behind predictions, `held_by` those behind a list of layers, each by the root of the value. `loops`
    are the loops around the present statement, `open_loops` those of them that go over something
    unknown; `tapes` the gradient tapes; `conditional` counts the undecided conditions around it.
    `doubtful` says that something was met after which nothing in the file is sure (an older Keras,
    `exec`), `guessing` that a function is walked which the file does not call; `assumed` is what was
    taken for granted. `modules` are the files of the project that were followed into, where `follows`
    says so. `stars` are the modules that everything was imported from, `fitted` the fits that were noted,
    `fitted_by` how many of them one call made, `left_out` what was not read because a bound was met, as ends
    of a sentence, `looked_for` the files that an import could mean, `shared_names` the names that functions
    of the file declare global, `unbound` those of the file that were read with nothing bound to them, with
    what they stand for then; `sides` are the tests and the sides of each condition at all places where it
    was met and not known, the sides empty where they are no statements of the file.
    """

    def __init__(self, file: str, calls: Calls, decisions: dict[str, bool], budget: int = MOST_NODES) -> None:
        self.file = file
        self.calls = calls
        self.decisions = decisions
        self.undecided: set[str] = set()
        self.met: set[str] = set()
        self.notes: list[Note] = []
        self.scope = Scope(file=file)
        self.follows = False
        self.modules: dict[str, Scope | None] = {}
        self.loops: list[ast.AST] = []
        self.loop_starts: list[int] = []
        self.open_loops: list[ast.AST] = []
        self.tapes: list[ast.AST] = []
        self.entering: list[ast.AST] = []
        self.walked: set[ast.AST] = set()
        self.networks: list[Any] = []
        self.objects: list[Any] = []
        self.opaque: dict[int, Any] = {}
        self.predicted: dict[int, Any] = {}
        self.held_by: dict[int, Any] = {}
        self.trainings: list[Any] = []
        self.through_tensorflow = False
        self.doubtful = False
        self.guessing = False
        self.assumed: tuple[str, ...] = ()
        self.conditional = 0
        self.stars: list[str] = []
        self.fitted: set[tuple[int, int, int]] = set()
        self.fitted_by: Counter[tuple[int, int]] = Counter()
        self.left_out: set[str] = set()
        self.looked_for: set[str] = set()
        self.shared_names: frozenset[str] = frozenset()
        self.unbound: dict[str, Any] = {}
        self.sides: dict[str, dict[int, tuple[ast.expr, Sequence[ast.AST], Sequence[ast.AST]]]] = {}
        self.left = budget

    def run(self, body: Sequence[ast.stmt]) -> None:
        """Walk statements in order."""
        raise NotImplementedError

    def value(self, node: ast.expr) -> Any:
        """What an expression stands for."""
        raise NotImplementedError

    def named(self, path: str) -> Named:
        """Something imported, TensorFlow's Keras called "keras" too."""
        found, root = _at_home(path)
        if root:
            self.through_tensorflow = self.through_tensorflow or root != "keras.api"
            self.doubtful = self.doubtful or root == "tf_keras"
        return found

    def bind(self, target: ast.expr, value: Any) -> None:
        """Bind what stands on the left of an assignment."""
        raise NotImplementedError

    def enter(
        self, function: Any, positional: list[Any], keywords: dict[str, Any], hidden: bool = False
    ) -> Any:
        """Walk into a function of the file; what it returns."""
        raise NotImplementedError

    def place(self, node: ast.AST) -> Place:
        """Where a node stands. In a loop or a function that is called again it may make several objects."""
        return nodes.place(node, self.scope.home or self.file, bool(self.loops))

    def note(self, kind: str, node: ast.AST, **shows: Any) -> None:
        """Note that something stands in the source."""
        self.notes.append(Note(kind, self.place(node), shows))

    def text(self, node: ast.AST) -> str:
        """A node's text, as Python would write it."""
        return nodes.text(node)

    def decide(self, test: ast.expr, body: Sequence[ast.AST] = (), orelse: Sequence[ast.AST] = ()) -> bool:
        """Which side of a condition to take: the one that holds, or the one that was chosen."""
        found = plain(self.value(test))
        if found is not UNSURE:
            return bool(found)
        core = _core(test)
        inverted = core is not test
        text = self.text(core)
        self.undecided.add(text)
        self.met.add(text)
        home = self.scope.home or self.file
        self.sides.setdefault(text, {})[id(test)] = (test, body if home == self.file else (), orelse)
        if text not in self.decisions:
            gives_up = _gives_up(body) and not _gives_up(orelse)
            self.decisions[text] = gives_up if inverted else not gives_up
        return self.decisions[text] is not inverted

    @contextmanager
    def taking(self, test: ast.expr, body: Sequence[Any], orelse: Sequence[Any]) -> Iterator[Sequence[Any]]:
        """On the side of a condition that is taken; `conditional` counts it where it is not known."""
        taken = body if self.decide(test, body, orelse) else orelse
        undecided = self.text(_core(test)) in self.undecided
        self.conditional += undecided
        try:
            yield taken
        finally:
            self.conditional -= undecided

    @property
    def is_certain(self) -> bool:
        """Whether the program comes here whatever its undecided conditions are.

        None stands around this place, and none may have ended a function that is entered.
        """
        ends = (each for function in self.entering for each in below(function) if isinstance(each, ast.If))
        return not self.conditional and not any(
            self.text(_core(each.test)) in self.undecided and (_gives_up(each.body) or _gives_up(each.orelse))
            for each in ends
        )

    @contextmanager
    def looping(self, node: ast.AST, known: bool) -> Iterator[None]:
        """Inside a loop; `known` says that it goes over something known."""
        self.loops.append(node)
        self.loop_starts.append(Unread().root)
        if not known:
            self.open_loops.append(node)
        try:
            yield
        finally:
            self.loops.pop()
            self.loop_starts.pop()
            if not known:
                self.open_loops.pop()


def _core(test: ast.expr) -> ast.expr:
    """A condition without the `not` in front."""
    return test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else test


def _gives_up(body: Sequence[ast.AST]) -> bool:
    """Whether a branch ends the program or the function: the other one goes on."""
    if not body:
        return False
    last = body[-1]
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        return nodes.text(last.value.func) in ("exit", "quit", "sys.exit", "os._exit")
    return isinstance(last, (ast.Raise, ast.Return))


@lru_cache(4096)
def _at_home(path: str) -> tuple[Named, str]:
    """What a full name stands for, and the other home of Keras that it named, "" for none."""
    for root in _KERAS:
        if path == root or path.startswith(root + "."):
            return Named("keras" + path[len(root) :]), root
    return Named(path), ""


#: Other homes of Keras.
_KERAS = (
    "tensorflow.keras",
    "tensorflow.compat.v2.keras",
    "tensorflow.python.keras",
    "tf_keras",
    "keras.api",
)
