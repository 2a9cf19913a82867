"""Reading and searching the user's source."""

import linecache

import pytest

from unstuck.evidence.facts import Place
from unstuck.evidence.source import (
    Source,
    SourceReader,
    Unplaced,
    find_call,
    find_compile_call,
    find_fit_call,
)

IMPORTS = {
    "import keras": "keras.layers.Dense(1)",
    "import keras as k": "k.layers.Dense(1)",
    "import keras.layers": "keras.layers.Dense(1)",
    "from keras import layers": "layers.Dense(1)",
    "from keras import layers as L": "L.Dense(1)",
    "from keras.layers import Dense": "Dense(1)",
    "from keras.layers import Dense as D": "D(1)",
    "import tensorflow as tf": "tf.keras.layers.Dense(1)",
    "from tensorflow import keras": "keras.layers.Dense(1)",
    "from tensorflow.keras import layers": "layers.Dense(1)",
    "import tensorflow.keras.layers as tfl": "tfl.Dense(1)",
    "import tensorflow as tf; keras = tf.keras; layers = keras.layers": "layers.Dense(1)",
    "try:\n    import keras\nexcept ImportError:\n    from tensorflow import keras": "keras.layers.Dense(1)",
    "import tf_keras as keras": "keras.layers.Dense(1)",
}


@pytest.mark.parametrize(("imports", "call"), IMPORTS.items())
def test_a_call_is_known_by_its_full_name_through_every_import(imports, call):
    source = Source("train.py", f"{imports}\n{call}\n")
    assert source.dotted(source.calls[-1].func) == "keras.layers.Dense"
    assert source.kind(source.calls[-1]) == "Dense"


def test_star_imports_count_and_own_functions_do_not():
    text = "from keras.layers import *\ndef Conv2D(n): pass\nDense(1)\nConv2D(1)\nf(1)(2)\n"
    source = Source("train.py", text)
    assert [source.kind(call) for call in source.calls] == ["Dense", "", "f", ""]


def positions(text):
    """Python's own positions of all calls in a text, outermost last."""
    code = compile(text, "train.py", "exec")
    calls = [
        p
        for op, p in zip(code.co_code[::2], code.co_positions(), strict=True)
        if op == __import__("dis").opmap["CALL"]
    ]
    return [
        Place(file="train.py", line=a, end_line=b, column=c, end_column=d)
        for a, b, c, d in dict.fromkeys(calls)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "m.fit(x)\n",
        "é = 'ü', m.fit(x)\n",
        "h = (m\n     .fit(x,\n       y)\n)\n",
        "h = m.a(\n).fit(\nx\n)\n",
        "h = ((m.fit)((x)))\n",
        "\x0cm.fit(x)\r\n",
        "m.fit(x); m.fit(y)\n",
        "m.fit(m.fit(x))\n",
    ],
)
def test_the_interpreters_own_positions_find_exactly_the_call(text):
    source = Source("train.py", text)
    fits = [call for call in source.calls if source.kind(call) == "fit"]
    found = []
    for place in positions(text):
        try:
            found.append(source.call_at(place, ("fit",)))
        except Unplaced:
            continue
    assert sorted(map(id, found)) == sorted(map(id, fits))


def test_the_place_of_a_call_leads_back_to_it():
    source = Source("train.py", "a = '🙂'; h = m.fit(\n  x)\nfor i in h:\n    m.fit(i)\n")
    once, looped = (call for call in source.calls if source.kind(call) == "fit")
    assert source.call_at(source.place(once), ("fit",)) is once
    assert source.place(looped).shared
    with pytest.raises(Unplaced, match="several objects"):
        source.call_at(source.place(looped), ("fit",))


FOUND = {
    "the only one": ("Dense(1, 'softmax')", {"units": 1, "activation": "softmax"}, True),
    "by default": ("Dense(1)", {"units": 1, "activation": "linear"}, True),
    "default of a recurrent layer": ("LSTM(1)", {"units": 1, "activation": "tanh"}, True),
    "another width": ("Dense(2, 'softmax')", {"units": 1, "activation": "softmax"}, False),
    "another activation": ("Dense(1, 'relu')", {"units": 1, "activation": "softmax"}, False),
    "None is linear": ("Dense(1, activation=None)", {"units": 1, "activation": "linear"}, True),
    "function": ("Dense(1, activation=keras.activations.softmax)", {"activation": "softmax"}, True),
    "another function": ("Dense(1, activation=keras.activations.relu)", {"activation": "softmax"}, False),
    "constant": ("Dense(N)", {"units": 7}, True),
    "another constant": ("Dense(N)", {"units": 1}, False),
    "variable": ("Dense(width)", {"units": 1}, True),
    "hidden": ("Dense(*options)", {"units": 1}, True),
    "float32": ("Dropout(0.3)", {"rate": 0.30000001192092896}, True),
    "one for both axes": ("Conv2D(8, 3)", {"filters": 8, "kernel_size": (3, 3)}, True),
    "left out": ("LSTM(8)", {"units": 8, "return_sequences": True}, False),
    "left out, as is usual": ("LSTM(8)", {"units": 8, "return_sequences": False}, True),
}


@pytest.mark.parametrize(("call", "arguments", "found"), FOUND.values(), ids=FOUND)
def test_a_live_layer_is_found_by_its_arguments(call, arguments, found):
    text = f"import keras\nfrom keras.layers import *\nN = 7\nx = {call}(x)\n"
    place = find_call(Source("train.py", text), call.partition("(")[0], arguments)
    assert (place is not None) == found
    if place is not None:
        assert (place.line, place.column, place.end_column) == (4, 4, 4 + len(call))


def test_two_calls_that_fit_are_not_told_apart():
    source = Source("train.py", "x = Dense(1)(x)\ny = Dense(n)(x)\n")
    assert find_call(source, "Dense", {"units": 1}) is None
    assert find_call(source, "Dense", {"units": 2}).line == 2
    assert find_call(source, "LSTM", {}) is None


def test_fit_and_compile_are_found_when_there_is_one():
    text = "import re\nre.compile('a')\nscaler.fit(x)\nm.compile('adam', loss='mse')\nm.fit(x, y, epochs=3)\n"
    source = Source("train.py", text)
    assert find_fit_call(source).line == 5
    assert find_compile_call(source).line == 4
    assert find_fit_call(Source("train.py", "a.fit(x)\nb.fit(x)\n")) is None
    assert find_compile_call(Source("train.py", "m.compile('adam')\n")).line == 1
    assert find_compile_call(Source("train.py", "")) is None


def test_reading_never_raises(tmp_path):
    files = {
        "nul.py": b"x = '\0'\n",
        "binary.py": bytes(range(256)),
        "coding.py": b"# coding: klingon\nx = 1\n",
        "broken.py": b"def f(:\n",
        "latin.py": "# coding: latin-1\nx = 'é'\n".encode("latin-1"),
        "undeclared.py": "x = 'é'\n".encode("latin-1"),
        "mark.py": b"\xef\xbb\xbfx = 1\n",
        "empty.py": b"",
        "deep.py": b"(" * 5000,
    }
    reader = SourceReader()
    for name, data in files.items():
        path = tmp_path / name
        path.write_bytes(data)
        source = reader.read(str(path))
        assert (source.problem == "") == (name in ("latin.py", "mark.py")), name
        assert isinstance(find_fit_call(source), type(None))
        assert isinstance(reader.line_of(Place(file=str(path), line=1)), str)
    assert reader.line_of(Place(file=str(tmp_path / "latin.py"), line=2)) == "x = 'é'"
    assert reader.line_of(Place(file=str(tmp_path / "mark.py"), line=1)) == "x = 1"
    for gone in (str(tmp_path), str(tmp_path / "gone.py"), "", "nul\0.py", "<stdin>"):
        assert reader.read(gone).problem
        assert reader.line_of(Place(file=gone, line=3)) == ""


def test_a_file_is_read_once(tmp_path):
    path = tmp_path / "train.py"
    path.write_text("  m.fit(x)  \n")
    reader = SourceReader()
    assert reader.line_of(Place(file=str(path), line=1)) == "m.fit(x)"
    path.unlink()
    assert reader.line_of(Place(file=str(path), line=1)) == "m.fit(x)"
    assert reader.files == (str(path),)


def test_a_cell_of_a_session_is_read_as_the_interpreter_keeps_it(monkeypatch):
    lines = ["m.fit(x, y)\n"]
    monkeypatch.setitem(linecache.cache, "<ipython-input-1>", (12, None, lines, "<ipython-input-1>"))
    source = SourceReader().read("<ipython-input-1>")
    assert find_fit_call(source).line == 1
    assert source.line(1) == "m.fit(x, y)"
    assert source.call_at(find_fit_call(source), ("fit",))
    with pytest.raises(Unplaced, match="notebook cell"):
        SourceReader().read("<ipython-input-2>").call_at(find_fit_call(source), ("fit",))
