"""Protobuf as some clients register it: a serialized FileDescriptorProto in base64.

So does confluent-kafka-python, which knows no other form; the Java client reads both.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

# Fields of google.protobuf.FileDescriptorProto, and the wire types they may have.
_NAME, _DEPENDENCY = 1, 3
_DEFINITIONS = (4, 5, 6, 7)  # messages, enums, services, extensions
_LAST = 14
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 10


@dataclass(frozen=True, slots=True)
class ProtobufFile:
    """What is asked of a file: what it imports, and whether it defines anything."""

    imports: tuple[str, ...]
    defines: bool


def read_descriptor(text: str) -> ProtobufFile | None:
    """Return what a serialized descriptor says; None for any other text, such as a source file.

    Definitions inside it are not looked into.
    """
    try:
        content = base64.b64decode(text.strip(), validate=True)
        fields = list(_fields(content))
        imports = tuple(value.decode() for number, value in fields if number == _DEPENDENCY)
    except (ValueError, IndexError):
        return None
    numbers = {number for number, _ in fields}
    if _NAME not in numbers or max(numbers) > _LAST:
        return None
    return ProtobufFile(imports, not numbers.isdisjoint(_DEFINITIONS))


def _fields(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and content of each field; raise ValueError or IndexError for other bytes."""
    at = 0
    while at < len(content):
        tag, at = _varint(content, at)
        kind, start = tag & 7, at
        if kind == _BYTES:
            length, start = _varint(content, at)
            at = start + length
        elif kind == _VARINT:
            _, at = _varint(content, at)
        elif kind in (_FIXED64, _FIXED32):
            at += 8 if kind == _FIXED64 else 4
        else:
            raise ValueError(f"wire type {kind}")
        if at > len(content):
            raise ValueError("cut short")
        yield tag >> 3, content[start:at]


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(_LONGEST_VARINT):
        byte = content[at + place]
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return value, at + place + 1
    raise ValueError("a number without end")
