"""What is read of the user's source: each content once in a session, and closely only where that is asked."""

import ast
from pathlib import Path

import pytest

from unstuck.evidence.mentions import Mentions
from unstuck.evidence.source import Source, SourceReader, source_of
from unstuck.evidence.syntax import parsed, tree_of
from unstuck.remedies.editing.edits import Edit, apply
from unstuck.verbs.diagnose import Session
from unstuck.watch import hook

ROOT = Path(__file__).parents[1]

LOOP = """import keras
import numpy as np

random = np.random.default_rng(0)
x = random.normal(size=(200, 4)) * 300
y = (x[:, 0] > 0).astype("float32")
for width in (4, 8, 16):
    layers = [keras.layers.Dense(width, activation="relu"), keras.layers.Dense(1, activation="softmax")]
    model = keras.Sequential([keras.Input((4,)), *layers])
    model.compile("adam", loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=2, verbose=0)
"""


def read():
    """How often a text was read as Python, and a file as a Source."""
    return tree_of.cache_info().misses, source_of.cache_info().misses


@pytest.mark.filterwarnings("ignore:You are using a softmax")
def test_a_loop_of_fits_reads_its_file_once(tmp_path):
    path = tmp_path / "train.py"
    path.write_text(LOOP)
    session, seen = Session(script=str(path), reference=False), [read()]

    def observe(fit):
        session.observe(fit)
        seen.append(read())

    hook.install()
    hook.listen(observe)
    try:
        exec(compile(LOOP, str(path), "exec"), {"__name__": "__main__"})
    finally:
        hook.stop_listening(observe)
    case = session.case()
    leading = [run.causes[0] for run in case.runs]
    assert [cause.rule for cause in leading] == ["softmax-over-one-unit"] * 3
    assert all(cause.remedies[0].diff for cause in leading)
    assert case.runs[0].cure.diff
    before, first, *later = seen
    assert [now - then for now, then in zip(first, before, strict=True)] == [1, 1]
    assert [*later, read()] == [first] * 3
    assert case.runs[0].cost.source_seconds > session.runs[0].cost.source_seconds > 0


def test_a_changed_file_is_read_again(tmp_path):
    path = tmp_path / "train.py"
    path.write_text("x = 1\n")
    first = SourceReader().read(str(path))
    assert SourceReader().read(str(path)) is first
    assert parsed(str(path)) is first.tree
    path.write_text("x = 2  # another\n")
    assert SourceReader().read(str(path)).text == "x = 2  # another\n"
    assert parsed(str(path)) is not first.tree


def test_the_same_edits_are_made_once():
    source = Source("train.py", "x = 1\ny = x\n")
    edits = [Edit(4, 5, "2"), Edit(0, 1, "z")]
    assert apply(source, edits) is apply(source, list(reversed(edits)))
    assert apply(source, edits).text == "z = 2\ny = x\n"


PROGRAMS = sorted((ROOT / "styles").glob("*/*.py")) + sorted((ROOT / "healthy").glob("*.py"))


@pytest.mark.parametrize("path", PROGRAMS[::20], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_is_asked_of_a_part_is_what_the_whole_says(path):
    text = path.read_text()
    whole = Source(str(path), text)
    calls = [(whole.span(call), whole.kind(call)) for call in whole.calls]
    for kind in {kind for _, kind in calls if kind}:
        source = Source(str(path), text)
        wanted = [span for span, each in calls if each == kind]
        assert [source.span(call) for call in source.calls_of(kind)] == wanted
    for name in whole.names():
        for reads in (True, False):
            source = Source(str(path), text)
            places = sorted(map(whole.span, whole.uses(name, reads=reads)))
            assert sorted(map(source.span, source.uses(name, reads=reads))) == places
            half = (0, len(whole.data) // 2)
            within = [each for each in places if each[0] < half[1]]
            asked = Source(str(path), text).uses(name, reads=reads, within=half)
            assert len(asked) == len(within)


def test_names_are_found_by_what_python_takes_them_for():
    source = Source("train.py", "ﬁt = 1\nmodel.fit(x)\nfit = ﬁt\n")
    assert [source.span(each) for each in source.uses("ﬁt", reads=False)] == [(0, 4)]
    assert [source.kind(call) for call in source.calls_of("fit")] == ["fit"]


def test_every_way_to_bind_a_name_is_seen():
    text = """import a.b, c as d
from e import f as g
def h(i, *j, k=1, **l): pass
class m: pass
with n as o: pass
try: pass
except p as q: pass
for r in []: pass
s: int = 1
t += 1
[0 for u in []]
if (v := 1): pass
match w:
    case [x, *y]: pass
    case {1: z, **aa}: pass
    case _ as ab: pass
def ac():
    global ad
del ae
"""
    source = Source("train.py", text)
    bound = {name for name in source.names() if source.uses(name, reads=False)}
    assert sorted(bound) == sorted([*"adghijklmoqrstuvxyz", "aa", "ab", "ac", "ad", "ae"])


def test_what_other_libraries_hang_on_python_s_shared_nodes_is_not_followed(monkeypatch):
    own, other = "a = 1 < 2\n", ast.parse("b = 3 < 4\n")
    shared = ast.parse(own).body[0].value.ops[0]
    assert shared is other.body[0].value.ops[0]  # Python has one object for each operator
    monkeypatch.setattr(shared, "parent", other.body[0].value, raising=False)
    monkeypatch.setattr(other.body[0].value, "parent", other.body[0], raising=False)
    assert Mentions(tree_of(own)).binds.keys() == {"a"}
