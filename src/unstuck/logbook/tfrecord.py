"""TensorBoard's event files: the framing of TFRecord and the few protobuf fields that hold scalars.

The formats are those of tensorflow/core/lib/io/record_writer.h, event.proto, summary.proto and
tensor.proto. Only scalars are read; graphs, images and histograms are passed over.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass

_LENGTH = struct.Struct("<QI")

#: A record is framed by its length (8 bytes) with a checksum (4), and a checksum of its data (4).
_HEAD, _TAIL = 12, 4

#: An event with scalars is some hundred bytes; images, graphs and histograms are not looked into.
_LARGEST = 65_536

#: The Castagnoli polynomial, bits reversed, and how TFRecord masks its checksums.
_POLYNOMIAL, _MASK_DELTA = 0x82F63B78, 0xA282EAD8

#: tensor.proto: numbers of the types that a scalar may have, with the struct code of its content.
_TYPES = {1: "f", 2: "d", 3: "i", 9: "q", 19: "e"}

#: tensor.proto: the fields that hold values one by one, with the struct code where they are fixed.
_FLOAT_VAL, _DOUBLE_VAL, _INT_VAL, _INT64_VAL, _HALF_VAL = 5, 6, 7, 10, 13


@dataclass(frozen=True)
class Scalar:
    """One scalar of an event file."""

    tag: str
    step: int
    value: float


def _table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (_POLYNOMIAL if byte & 1 else 0)
        table.append(byte)
    return tuple(table)


_TABLE = _table()


def _checksum(data: bytes) -> int:
    """The masked CRC-32C of a record's length."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return ((((crc >> 15) | (crc << 17)) & 0xFFFFFFFF) + _MASK_DELTA) & 0xFFFFFFFF


def is_event_file(data: bytes) -> bool:
    """Whether bytes begin as a TFRecord does: a length and its checksum."""
    if len(data) < _HEAD:
        return False
    return int(_LENGTH.unpack_from(data)[1]) == _checksum(data[:8])


def scalars(data: bytes) -> Iterator[Scalar]:
    """The scalars of an event file, in order, up to its end or the first damage."""
    at = 0
    while at + _HEAD <= len(data):
        length, check = _LENGTH.unpack_from(data, at)
        end = at + _HEAD + length
        if check != _checksum(data[at : at + 8]) or end > len(data):
            return
        if length <= _LARGEST:
            # One unreadable event does not spoil the others.
            with contextlib.suppress(ValueError, struct.error, IndexError):
                yield from _event(data[at + _HEAD : end])
        at = end + _TAIL


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protobuf message: (number, varint or bytes)."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = _varint(message, at)
            yield number, value
            continue
        if wire == 2:
            length, at = _varint(message, at)
        elif wire in (1, 5):
            length = 8 if wire == 1 else 4
        else:
            raise ValueError("a group or an unknown wire type")
        if at + length > len(message):
            raise ValueError("a field that passes the end")
        yield number, message[at : at + length]
        at += length


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 70:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError("a varint of more than ten bytes")


def _event(message: bytes) -> list[Scalar]:
    """The scalars of one event: step is field 2, its summary field 5, the summary's values field 1."""
    step, found = 0, []
    for number, value in _fields(message):
        if number == 2 and isinstance(value, int):
            step = value
        elif number == 5 and isinstance(value, bytes):
            found += [
                _value(held) for inner, held in _fields(value) if inner == 1 and isinstance(held, bytes)
            ]
    return [Scalar(tag, step, value) for tag, value in filter(None, found)]


def _value(message: bytes) -> tuple[str, float] | None:
    """Tag and number of one summary value: a simple_value (2) or a tensor (8) of one entry."""
    tag, number = "", None
    for field, held in _fields(message):
        if field == 1 and isinstance(held, bytes):
            tag = held.decode("utf-8", errors="replace")
        elif field == 2 and isinstance(held, bytes) and len(held) == 4:
            number = float(struct.unpack("<f", held)[0])
        elif field == 8 and isinstance(held, bytes):
            number = _tensor(held)
    return (tag, number) if tag and number is not None else None


def _tensor(message: bytes) -> float | None:
    """The number in a tensor of one entry, None for anything else."""
    kind, entries = 0, 1
    content: bytes | None = None
    values: list[float] = []
    for field, held in _fields(message):
        if field == 1 and isinstance(held, int):
            kind = held
        elif field == 2 and isinstance(held, bytes):
            entries = _entries(held)
        elif field == 4 and isinstance(held, bytes):
            content = held
        elif isinstance(held, bytes) and field in (_FLOAT_VAL, _DOUBLE_VAL):
            code = "f" if field == _FLOAT_VAL else "d"
            values += [each[0] for each in struct.iter_unpack(f"<{code}", held)]
        elif field in (_INT_VAL, _INT64_VAL, _HALF_VAL):
            whole = held if isinstance(held, int) else _varint(held, 0)[0]
            half = field == _HALF_VAL
            values.append(struct.unpack("<e", struct.pack("<H", whole & 0xFFFF))[0] if half else float(whole))
    if entries != 1 or kind not in _TYPES:
        return None
    if content:
        size = struct.calcsize(f"<{_TYPES[kind]}")
        return float(struct.unpack(f"<{_TYPES[kind]}", content)[0]) if len(content) == size else None
    return float(values[0]) if len(values) == 1 else None


def _entries(shape: bytes) -> int:
    """How many entries a shape has: its dimensions are field 2, their sizes field 1."""
    entries = 1
    for field, dimension in _fields(shape):
        if field == 2 and isinstance(dimension, bytes):
            sizes = [size for inner, size in _fields(dimension) if inner == 1 and isinstance(size, int)]
            entries *= sizes[0] if sizes else 0
    return entries
