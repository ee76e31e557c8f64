"""Which encoding a file of text has."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from typing import BinaryIO

# UTF-8 first, since it proves itself; GB18030 is what offices' spreadsheets still save.
USUAL = ("utf-8-sig", "gb18030")
_CHUNK = 1 << 20


def fitting_encoding(file: BinaryIO, encodings: Sequence[str] = USUAL) -> str | None:
    """Return the first encoding that the whole file fits, or None; the file is rewound."""
    found = next((each for each in encodings if _fits(file, each)), None)
    file.seek(0)
    return found


def _fits(file: BinaryIO, encoding: str) -> bool:
    file.seek(0)
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except (UnicodeDecodeError, LookupError):
        return False
    return True
