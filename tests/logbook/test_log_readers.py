"""Every reader, on the layouts that its programs print and that pastes leave."""

import gzip
import json
import math
import tracemalloc
from itertools import pairwise

import pytest
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

from unstuck.evidence.printed.figure import Figure
from unstuck.logbook.gather import LogError, read_bytes, read_log
from unstuck.logbook.reader import Given, readers
from unstuck.logbook.tfrecord import is_event_file

FIGURES = {
    "loss": [0.6931, 0.5512, 0.4123],
    "accuracy": [0.5, 0.7125, 0.8],
    "val_loss": [0.69, 0.61, 0.5],
    "val_accuracy": [0.5, 0.65, 0.75],
}


def read(text, folder=""):
    return read_bytes(Given(text if isinstance(text, bytes) else text.encode(), "a.log", folder))


def values(run):
    return {name: [figure and figure.value for figure in series] for name, series in run.series.items()}


@pytest.mark.parametrize(
    "printer",
    [verbose2, keras3, keras2, keras1, csv_log, history_json, history_dict, json_lines],
)
def test_every_printer_is_read_back(printer):
    (run,) = read(printer(**FIGURES))
    assert values(run) == FIGURES
    assert run.epochs == (1, 2, 3)


@pytest.mark.parametrize("printer", [verbose2, keras3, keras2, keras1])
@pytest.mark.parametrize("mark", ["> ", ">> ", "    ", "\t", "2024-05-01 12:00:00,123 INFO "])
def test_quoted_indented_and_stamped_pastes(printer, mark):
    text = "".join(mark + line for line in printer(**FIGURES).splitlines(keepends=True))
    (run,) = read(text)
    assert values(run)["loss"] == FIGURES["loss"]


@pytest.mark.parametrize("spelled", ["\x1b[", "[", "\\x1b[", "\\033[", "^[["])
def test_colours_as_pastes_leave_them(spelled):
    (run,) = read(keras3(**FIGURES).replace("\x1b[", spelled))
    assert values(run) == FIGURES
    assert run.style == "Keras 3"
    assert (run.total, run.unit) == (100, "steps")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings_of_editors_and_shells(encoding):
    (run,) = read(keras2(**FIGURES).encode(encoding))
    assert values(run) == FIGURES


def test_line_ends_of_windows_and_of_old_terminals():
    for end in ("\r\n", "\r"):
        (run,) = read(verbose2(**FIGURES).replace("\n", end))
        assert values(run) == FIGURES


def test_bars_that_a_paste_ran_together():
    (run,) = read(keras2(**FIGURES).replace("\r", " ").replace("\x08", "").replace("\n", " "))
    assert values(run) == FIGURES
    assert len(run.points) == 6


def test_lines_that_a_narrow_window_broke():
    text = keras2(**FIGURES).replace("val_loss: ", "val_loss:\n")
    text = text.replace(" - val_accuracy", "\n - val_accuracy")
    (run,) = read(text)
    assert values(run) == FIGURES


def test_other_text_in_between():
    text = verbose2(**FIGURES).replace(
        "\nEpoch",
        "\nEpoch 1: val_loss improved from inf to 0.69000, saving model to best.keras\n"
        "WARNING: retracing took 0.3 s\nmemory: 812 MB, loss weights: ok\nEpoch",
    )
    (run,) = read(text)
    assert values(run) == FIGURES


def test_older_layouts():
    tf2 = "Epoch 1/2\n40/40 - 3s - loss: 0.6000 - acc: 0.7000 - 3s/epoch - 75ms/step\n"
    (run,) = read(tf2)
    assert values(run) == {"loss": [0.6], "acc": [0.7]}
    assert run.seconds == (3.0,)
    unknown = "Epoch 1/2\n      7/Unknown - 2s 90ms/step - loss: 0.6100 - acc: 0.6\r"
    unknown += "     10/Unknown - 2s 90ms/step - loss: 0.6000 - acc: 0.7000\n"
    (run,) = read(unknown)
    assert values(run)["loss"] == [0.6]
    tqdm = "Epoch 1/2: 100%|#####| 40/40 [00:03<00:00, 13.1it/s, loss=0.6, acc=0.7]\n"
    (run,) = read(tqdm)
    assert values(run) == {"loss": [0.6], "acc": [0.7]}


def test_rows_and_classes_that_are_stated():
    (run,) = read(keras2(rows=800, validation=200, **FIGURES))
    assert (run.rows, run.validation_rows, run.total, run.unit) == (800, 200, 800, "rows")
    found = "Found 2000 images belonging to 2 classes.\nFound 500 images belonging to 2 classes.\n"
    (run,) = read(found + keras3(**FIGURES))
    assert (run.rows, run.validation_rows, run.classes, run.unit) == (2000, 500, 2, "steps")
    split = "Found 900 files belonging to 3 classes.\n"
    split += "Using 720 files for training.\nUsing 180 files for validation.\n"
    (run,) = read(split + keras3(**FIGURES))
    assert (run.rows, run.validation_rows, run.classes) == (720, 180, 3)


def test_a_paste_that_stops_in_the_middle():
    text = keras3(inside=[[0.7, 0.6, 0.55, 0.5]] * 3, **FIGURES)
    cut = text[: text.rindex("75/100") + 150]
    (run,) = read(cut)
    assert run.epochs == (1, 2)
    assert run.cut == ("Epoch 3 is cut off at 75 of 100.",)
    (only,) = read("Epoch 1/9\n 30/100 [==>...] - ETA: 9s - loss: 7.97 - acc: 0.5\n")
    assert values(only)["loss"] == [7.97]
    (late,) = read("".join(keras1(**FIGURES).splitlines(keepends=True)[2:]))
    assert late.epochs == (2, 3)
    assert late.cut == ("The log begins in epoch 2.",)


def test_bars_without_headers():
    text = "\n".join(line for line in keras2(header=False, **FIGURES).split("\n") if "Epoch" not in line)
    (run,) = read(text)
    assert values(run) == FIGURES


def test_several_trainings_in_one_log():
    assert len(read(verbose2(**FIGURES) + "fold 2\n" + verbose2(**FIGURES))) == 2
    assert len(read(csv_log(**FIGURES) + csv_log(**FIGURES))) == 2
    assert len(read(csv_log(**FIGURES) + csv_log(**FIGURES).split("\n", 1)[1])) == 2
    assert len(read(json_lines(**FIGURES) * 3)) == 3
    assert len(read(history_dict(**FIGURES) * 2)) == 2
    assert len(read(json.dumps({"folds": [{"history": FIGURES}, {"history": FIGURES}]}))) == 2


def test_evaluate_after_fit_is_no_epoch():
    judged = "40/40 - 0s - 2ms/step - accuracy: 0.6100 - loss: 0.9000\nTest accuracy: 0.6\n"
    (run,) = read(verbose2(**FIGURES) + judged)
    assert run.epochs == (1, 2, 3)
    assert [each.total for each in run.evaluations] == [40, None]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " "])
def test_separators(separator):
    (run,) = read(csv_log(separator=separator, **FIGURES))
    assert values(run) == FIGURES


def test_tables_of_spreadsheets_and_pandas():
    (run,) = read("epoch;loss;accuracy\n0;0,6931;0,5\n1;0,5512;0,7\n")
    assert values(run) == {"loss": [0.6931, 0.5512], "accuracy": [0.5, 0.7]}
    (run,) = read(",loss,val_loss\n0,0.5,\n1,0.4,NA\n2,0.3,0.35\n")
    assert values(run) == {"loss": [0.5, 0.4, 0.3], "val_loss": [None, None, 0.35]}
    (run,) = read("Epoch,Train Loss,Validation Accuracy\n1,0.5,0.6\n2,0.4,0.7\n")
    assert values(run) == {"loss": [0.5, 0.4], "val_accuracy": [0.6, 0.7]}


def test_histories_as_python_prints_them():
    (run,) = read("{'loss': [0.69, nan, inf], 'acc': array([np.float64(0.5), 0.6, 0.7], dtype=float32)}")
    assert values(run)["acc"] == [0.5, 0.6, 0.7]
    assert math.isnan(values(run)["loss"][1])
    (run,) = read("defaultdict(<class 'list'>, {'loss': [0.69, 0.5], 'val_acc': [0.5, 0.6]})")
    assert values(run) == {"loss": [0.69, 0.5], "val_acc": [0.5, 0.6]}
    (run,) = read("text before {'loss': [0.69, 0.5, 0.4], 'acc': [0.5, 0.6")
    assert run.cut == ("The history is cut off.",)
    assert values(run)["loss"] == [0.69, 0.5, 0.4]
    (run,) = read('{"loss": {"0": 0.69, "1": 0.5}, "acc": {"0": 0.5, "1": 0.7}}')
    assert values(run) == {"loss": [0.69, 0.5], "acc": [0.5, 0.7]}


def test_json_lines_with_parts():
    (run,) = read(
        '{"epoch": 1, "train": {"loss": 0.7}, "val": {"loss": 0.8}}\n{"epoch": 2, "logs": {"loss": 0.6}}'
    )
    assert values(run) == {"loss": [0.7, 0.6], "val_loss": [0.8, None]}
    (run,) = read("{'loss': 0.69, 'acc': 0.5}\nsome text\n{'loss': NaN, 'acc': 0.6}\n")
    assert values(run)["acc"] == [0.5, 0.6]


def test_the_outputs_of_a_notebook():
    stream = {"output_type": "stream", "text": keras3(**FIGURES).splitlines(keepends=True)}
    shown = {"output_type": "execute_result", "data": {"text/plain": history_dict(**FIGURES)}}
    cells = [{"cell_type": "markdown", "source": ["loss: 0.1"]}, {"cell_type": "code", "outputs": [stream]}]
    (run,) = read(json.dumps({"nbformat": 4, "cells": cells}))
    assert values(run) == FIGURES
    assert run.lines is None
    (run,) = read(json.dumps({"cells": [{"outputs": [shown]}]}))
    assert values(run) == FIGURES


@pytest.mark.parametrize("style", ["tensor", "float_val", "simple"])
def test_event_files(style):
    scalars = [("epoch_loss", 0, 0.5), ("epoch_accuracy", 0, 0.75)]
    scalars += [("epoch_loss", 1, 0.25), ("epoch_accuracy", 1, 1.0)]
    data = event_file(scalars, style)
    assert is_event_file(data)
    (run,) = read(data, "train")
    assert values(run) == {"loss": [0.5, 0.25], "accuracy": [0.75, 1.0]}
    (run,) = read(data, "validation")
    assert set(run.series) == {"val_loss", "val_accuracy"}
    (run,) = read(event_file([("loss", 0, 0.5), ("val_acc", 0, 0.75)], style))
    assert values(run) == {"loss": [0.5], "val_acc": [0.75]}


def test_a_tensorboard_folder(tmp_path):
    for name, part, scalars in (
        ("one", "train", [("epoch_loss", 0, 0.5), ("epoch_loss", 1, 0.25), ("batch_loss", 3, 9.0)]),
        ("one", "validation", [("evaluation_loss_vs_iterations", 40 * k, float(k)) for k in (1, 2)]),
        ("two", "train", [("epoch_loss", 0, 0.125), ("keras", 0, 1.0)]),
    ):
        folder = tmp_path / name / part
        folder.mkdir(parents=True)
        (folder / "events.out.tfevents.1.host").write_bytes(event_file(scalars))
    one, two = read_log(str(tmp_path))
    assert values(one) == {"loss": [0.5, 0.25], "val_loss": [1.0, 2.0]}
    assert (one.total, one.unit) == (40, "steps")
    assert values(two) == {"loss": [0.125]}


def test_a_damaged_event_file_is_read_as_far_as_it_goes():
    data = event_file([("epoch_loss", step, 0.5) for step in range(5)])
    (run,) = read(data[:-10])
    assert len(run.epochs) == 4


def test_printed_digits():
    assert Figure.parse("0.6931").is_at(math.log(2))
    assert not Figure.parse("0.6932").is_at(math.log(2))
    assert Figure.parse("1.1921e-07").is_at(2.0**-23)
    assert Figure.parse("0.0000e+00").half == 0.0
    assert Figure.parse("0.0000").half == 5e-5
    assert Figure.parse("abc") is None


@pytest.mark.parametrize(
    "text", ["", "hello\nworld", "\x00\x01\x02", "Epoch 1/10\n", "a,b\n1,2\n", "[1, 2]", "{}"]
)
def test_what_is_no_log_is_said_to_be_none(text):
    with pytest.raises(LogError, match=r"is empty|It reads:"):
        read(text)


def test_wrong_names_are_told(tmp_path):
    with pytest.raises(LogError, match="does not exist"):
        read_log(str(tmp_path / "missing.log"))
    with pytest.raises(LogError, match="no TensorBoard event file"):
        read_log(str(tmp_path))


def test_packed_logs_are_read(tmp_path):
    path = tmp_path / "a.log.gz"
    text = keras2(**FIGURES).encode()
    path.write_bytes(gzip.compress(text[:300]) + gzip.compress(text[300:]))
    (run,) = read_log(str(path))
    assert values(run) == FIGURES
    path.write_bytes(gzip.compress(text)[:-20])
    (run,) = read_log(str(path))
    assert values(run)["loss"][:2] == FIGURES["loss"][:2]
    path.write_bytes(b"\x1f\x8b" + text)
    with pytest.raises(LogError, match="no gzip file that can be read"):
        read_log(str(path))


@pytest.mark.parametrize("redraw", ["\x08" * 60 + "\r", "\r", "\n"])
def test_of_a_bar_that_is_drawn_a_thousand_times_the_course_is_kept(redraw):
    def bar(step, epoch):
        return f"{step}/1000 [===>....] - ETA: 3s - loss: {1 / (epoch + step / 1000):.4f} - acc: 0.5000"

    lines = [redraw.join(bar(step, epoch) for step in range(1, 1001)) for epoch in (1, 2, 3)]
    (run,) = read("".join(f"Epoch {at}/3\n{line} - val_loss: 0.6\n" for at, line in enumerate(lines, 1)))
    assert values(run)["loss"] == [0.5, 0.3333, 0.25]
    assert values(run)["val_loss"] == [0.6] * 3
    assert (run.total, run.unit) == (1000, "steps")
    steps = [point.step for point in run.points if point.epoch == 2]
    assert steps[:3] == [1, 2, 3]
    assert len(steps) < 20
    assert max(later - earlier for earlier, later in pairwise(steps)) < 100


def test_a_warning_between_two_redraws_is_kept():
    bars = [f"{step}/100 [==>...] - ETA: 3s - loss: 0.7000 - acc: 0.5000" for step in range(1, 101)]
    bars[50] += "WARNING:tensorflow:Your input ran out of data; interrupting training."
    (run,) = read("Epoch 1/1\n" + "\r".join(bars) + "\n")
    assert run.warnings == ("ran-out-of-data",)


def test_a_log_without_a_line_end_needs_little_more_memory_than_its_text():
    text = "Epoch 1/2\n" + "\r".join(
        f"{step}/20000 [==>...] - ETA: 3s - loss: 0.7000 - acc: 0.5000" for step in range(1, 20_001)
    )
    data = text.encode()
    tracemalloc.start()
    (run,) = read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert run.total == 20_000
    assert peak < 4 * len(data)


def test_readers_are_known():
    assert {each.name for each in readers()} == {
        "Keras progress output",
        "CSV table",
        "History",
        "JSON lines",
        "TensorBoard event file",
        "Jupyter notebook",
    }
