import pytest
from hypothesis import given
from hypothesis import strategies as st

from unstuck.case.schema import Where
from unstuck.report.text import clean, figures, first_sentence, flat, listing, number, place, seconds


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.5, "0.5"),
        (7.9712, "7.971"),
        (12345, "12,345"),
        (12345.6, "12,346"),
        (1.19e-7, "1.19e-07"),
        (0.0, "0"),
        (-0.00012, "-0.00012"),
        (None, "NaN or infinite"),
        (float("nan"), "NaN"),
        (float("inf"), "infinity"),
        (True, "yes"),
        (3.5e12, "3.5e+12"),
    ],
)
def test_numbers_have_four_digits(value, told):
    assert number(value) == told


@given(st.text())
def test_clean_text_holds_no_control_characters_and_no_escapes(text):
    shown = clean(text)
    assert not any(ord(mark) < 32 and mark not in "\n\t" for mark in shown)
    assert "\x1b" not in shown
    assert "\x9b" not in shown
    assert "\u202e" not in shown
    shown.encode()
    assert "\n" not in flat(text)


def test_escape_sequences_go_whole():
    assert clean("\x1b[31mred\x1b[0m \x1b]0;title\x07bell\x1b]8;;http://x\x1b\\link") == "red belllink"


def test_figures_that_the_sentence_holds_are_not_repeated():
    said = "Loss 7.97 is 15.94 x .5; 83% of 1,980 rows; gradient 3.1e-09."
    held = {"loss": 7.9712, "share": 0.83, "rows": 1980, "gradient": 3.1e-09, "bound": 0.25, "units": 1}
    assert figures(held, said) == "bound 0.25; units 1"


def test_figures_name_what_is_short_and_leave_out_what_is_long():
    held = {"mix_of": {"0": 0.5}, "many": list(range(50)), "nothing": None, "text": "x" * 90, "few": [1, 2.5]}
    assert figures(held, "") == "mix of 0: 0.5; few 1, 2.5"


def test_small_things():
    assert listing([]) == ""
    assert listing(["a"]) == "a"
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert seconds(0.021) == "0.02 s"
    assert seconds(75.4) == "75 s"
    assert first_sentence("Loss is .5 here. It stays.") == "Loss is .5 here."
    assert place(None) == ""


def test_places_are_relative_to_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert (
        place(Where(file=str(tmp_path / "src" / "train.py"), line=3)).replace("\\", "/") == "src/train.py:3"
    )
    assert place(Where(file="/elsewhere/train.py", line=3)) == "/elsewhere/train.py:3"
