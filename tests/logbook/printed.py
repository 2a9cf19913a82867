"""Logs as the programs of the field print them, from figures that tests compute."""

import json
import struct

from unstuck.logbook.tfrecord import _checksum


def number(value):
    """A figure as Keras prints it."""
    if value != value or value in (float("inf"), float("-inf")):
        return "nan" if value != value else "inf" if value > 0 else "-inf"
    return f"{value:.4f}" if abs(value) > 1e-3 else f"{value:.4e}"


def figures(epoch, series, separator=" - "):
    return separator.join(f"{name}: {number(values[epoch])}" for name, values in series.items())


def epochs_of(series):
    return len(next(iter(series.values())))


def verbose2(steps=100, asked=None, seconds=1, **series):
    """verbose=2 of Keras 3."""
    count = epochs_of(series)
    lines = []
    for epoch in range(count):
        lines.append(f"Epoch {epoch + 1}/{asked or count}")
        lines.append(
            f"{steps}/{steps} - {seconds}s - {1000 * seconds // steps}ms/step - {figures(epoch, series)}"
        )
    return "\n".join(lines) + "\n"


def keras3(steps=100, inside=(), **series):
    """verbose=1 of Keras 3 in a terminal: colours, backspaces, redrawn bars.

    `inside` are running mean losses of one epoch, evenly spaced, the same in each.
    """
    text, count = "", epochs_of(series)
    for epoch in range(count):
        text += f"Epoch {epoch + 1}/{count}\n"
        for at, loss in enumerate(inside[epoch] if inside else (), start=1):
            step = at * steps // len(inside[epoch])
            text += f"\x1b[1m{step}/{steps}\x1b[0m \x1b[32m━━━\x1b[0m\x1b[37m━━━━\x1b[0m \x1b[1m1s\x1b[0m"
            text += f" 9ms/step - accuracy: 0.5000 - loss: {number(loss)}" + "\x08" * 80 + "\r"
        text += f"\x1b[1m{steps}/{steps}\x1b[0m \x1b[32m━━━━━━━\x1b[0m\x1b[37m\x1b[0m \x1b[1m1s\x1b[0m"
        text += f" 9ms/step - {figures(epoch, series)}\n"
    return text


def keras2(rows=800, validation=None, header=True, **series):
    """verbose=1 of Keras 2: the bar counts rows, and is drawn once more with the validation figures."""
    count = epochs_of(series)
    text = ""
    if header:
        text += (
            f"Train on {rows} samples" + (f", validate on {validation} samples" if validation else "") + "\n"
        )
    for epoch in range(count):
        training = {name: values for name, values in series.items() if not name.startswith("val_")}
        text += f"Epoch {epoch + 1}/{count}\n"
        text += (
            f" 32/{rows} [>.............................] - ETA: 3s - {figures(epoch, training)}"
            + "\x08" * 70
        )
        text += (
            f"\r{rows}/{rows} [==============================] - 2s 90us/step - {figures(epoch, series)}\n"
        )
    return text


def keras1(**series):
    """verbose=2 of Keras 1 and 2."""
    count = epochs_of(series)
    return "".join(f"Epoch {epoch + 1}/{count}\n - 3s - {figures(epoch, series)}\n" for epoch in range(count))


def csv_log(separator=",", **series):
    """CSVLogger: all digits of a float32, epochs from 0."""
    rows = [separator.join(["epoch", *series])]
    for epoch in range(epochs_of(series)):
        rows.append(separator.join([str(epoch), *(repr(float(values[epoch])) for values in series.values())]))
    return "\n".join(rows) + "\n"


def history_json(**series):
    return json.dumps({name: list(values) for name, values in series.items()})


def history_dict(**series):
    return "history: " + repr({name: list(values) for name, values in series.items()}) + "\n"


def json_lines(**series):
    return "".join(
        json.dumps({"epoch": epoch, **{name: values[epoch] for name, values in series.items()}}) + "\n"
        for epoch in range(epochs_of(series))
    )


def _varint(value):
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def _field(number, payload):
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


def _record(event):
    length = struct.pack("<Q", len(event))
    return length + struct.pack("<I", _checksum(length)) + event + b"\0\0\0\0"


def event_file(scalars, style="tensor"):
    """A TensorBoard event file of (tag, step, value): tensors as TensorFlow 2 writes, or simple values."""
    data = _record(b"\x09" + struct.pack("<d", 1.7e9) + _field(3, b"brain.Event:2"))
    for tag, step, value in scalars:
        if style == "tensor":
            tensor = b"\x08\x01" + _field(2, b"") + _field(4, struct.pack("<f", value))
            number = _field(8, tensor) + _field(9, _field(1, _field(1, b"scalars")))
        elif style == "float_val":
            number = _field(8, b"\x08\x01" + _field(5, struct.pack("<f", value)))
        else:
            number = b"\x15" + struct.pack("<f", value)
        summary = _field(1, _field(1, tag.encode()) + number)
        data += _record(b"\x09" + struct.pack("<d", 1.7e9) + b"\x10" + _varint(step) + _field(5, summary))
    return data
