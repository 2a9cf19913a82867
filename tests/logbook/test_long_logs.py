"""Long logs are read bit by bit, and tell what whole ones tell."""

import gzip

import pytest

from unstuck.logbook import gather, long_logs
from unstuck.logbook.gather import read_bytes, read_log
from unstuck.logbook.reader import Given


def bars(epochs, redraws, end="\n"):
    for epoch in range(1, epochs + 1):
        yield f"Epoch {epoch}/{epochs}{end}"
        drawn = (
            f"\x1b[1m{step}/{redraws}\x1b[0m \x1b[32m━━\x1b[0m 3ms/step - loss: 0.{epoch}"
            for step in range(1, redraws + 1)
        )
        yield ("\x08" * 60 + "\r").join(drawn) + f" - val_loss: 0.7{epoch}{end}{end}"


@pytest.fixture(autouse=True)
def in_small_bits(monkeypatch):
    monkeypatch.setattr(gather, "SHORT", 2000)
    monkeypatch.setattr(gather, "_CHUNK", 700)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_redraws_are_left_out_without_a_difference(tmp_path, end, pack):
    data = "".join(bars(5, 200, end)).encode()
    file = tmp_path / "train.log"
    file.write_bytes(pack(data))
    assert read_log(str(file)) == read_bytes(Given(data, str(file), tmp_path.name))


def test_one_line_and_one_without_any_mark(tmp_path, monkeypatch):
    monkeypatch.setattr(long_logs, "_LONGEST_LINE", 5000)
    text = "".join(bars(1, 900)) + "x" * 20_000 + "\n"
    file = tmp_path / "train.log"
    file.write_text(text)
    (run,) = read_log(str(file))
    (whole,) = read_bytes(Given(text.encode(), str(file), tmp_path.name))
    assert run.series == whole.series
    assert run.points == whole.points


def test_of_very_many_epochs_parts_are_read_and_that_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(long_logs, "_BLOCKS", 4)
    monkeypatch.setattr(long_logs, "_BLOCK", 1000)
    epochs = 3000
    text = "".join(
        f"Epoch {epoch}/{epochs}\n100/100 - 1s - 9ms/step - accuracy: 0.5 - loss: 0.{10000 - epoch}\n"
        for epoch in range(1, epochs + 1)
    )
    file = tmp_path / "train.log"
    file.write_text(text)
    (run,) = read_log(str(file))
    assert (run.epochs[0], run.epochs[-1]) == (1, epochs)
    assert 40 < len(run.epochs) < 200
    for epoch, figure in zip(run.epochs, run.series["loss"], strict=True):
        assert figure.value == float(f"0.{10000 - epoch}")
    assert run.cut == ("The log has 0 MB: parts of it that are spread evenly over it were read.",)
