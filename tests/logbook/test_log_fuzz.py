"""Nothing that a file may hold ends in an exception, or takes long."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from printed import (
    csv_log,
    event_file,
    history_dict,
    history_json,
    json_lines,
    keras1,
    keras2,
    keras3,
    verbose2,
)

from unstuck.logbook.reader import Given, readers
from unstuck.report.terminal import render
from unstuck.verbs.log import read_case

SERIES = {"loss": [0.69, 0.5, float("nan")], "acc": [0.5, 0.6, 0.7], "val_loss": [1.0, 2.0, 3.0]}
PIECES = [
    *(make(**SERIES).encode() for make in (verbose2, keras1, keras2, keras3, csv_log, history_dict)),
    *(make(**SERIES).encode() for make in (json_lines, history_json)),
    event_file([("epoch_loss", 0, 0.5), ("epoch_acc", 1, 0.5)]),
]
FUZZ = settings(
    max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def everything(data):
    for each in readers():
        runs = each.read(Given(data, "x", "validation"))
        if runs:
            case = read_case("x", runs[:4])
            assert [run.errors for run in case.runs if run.errors] == []
            render(case)
            case.to_json()


@FUZZ
@given(st.binary(max_size=400))
def test_random_bytes(data):
    everything(data)


@FUZZ
@given(st.text(alphabet="Epoch 1/23:=-[]{}'\"loss,acc.nae+\r\n\x08\x1b>m|", max_size=300))
def test_random_text_of_their_alphabet(text):
    everything(text.encode())


@FUZZ
@given(st.sampled_from(PIECES), st.integers(0, 600), st.integers(0, 600))
def test_truncations(piece, start, end):
    everything(piece[start:end])


@FUZZ
@given(st.lists(st.sampled_from(PIECES), min_size=2, max_size=3), st.randoms(use_true_random=False))
def test_interleavings(pieces, random):
    lines = [line for piece in pieces for line in piece.split(b"\n")]
    random.shuffle(lines)
    everything(b"\n".join(lines))


@FUZZ
@given(st.sampled_from(PIECES), st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=8))
def test_flipped_bytes(piece, changes):
    data = bytearray(piece)
    for at, byte in changes:
        data[at % len(data)] = byte
    everything(bytes(data))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{'a': [" * 20_000,
        "loss: " * 50_000,
        "a:1e5b" * 50_000,
        "1/2 " * 50_000,
        "Epoch 1/2 " * 20_000,
        " " * 200_000,
        "- " * 100_000 + "!",
        ">" * 100_000,
        "\x1b[" * 50_000,
        "(((((" * 50_000,
        "{'loss': [1, 2], 'a': [" + "1, " * 50_000,
        "loss,acc\n" + "1,2\n" * 50_000,
        "Found " + "a " * 50_000,
    ],
)
def test_hostile_texts_take_no_time(text):
    begun = time.process_time()
    everything(text.encode())
    # A pattern that tries again and again would take minutes.
    assert time.process_time() - begun < 20.0
