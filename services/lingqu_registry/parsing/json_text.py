"""JSON as Avro Java reads and writes it: Jackson's reading, with comments, and Java's doubles."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, NoReturn

_ESCAPE = re.compile(r"\\(?:u(00[0-9a-f]{2})|.)")
# A text, a comment, or a comment without an end. What has no end reaches to that of the whole, so
# that nothing is searched twice.
_COMMENT = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|(/\*.*?\*/|//[^\r\n]*)|/\*.*', re.DOTALL)


def read(text: str, *, parse_float: Callable[[str], Any] = float) -> Any:
    """Return the tree of a JSON text that may have comments. Raises ValueError."""
    try:
        return json.loads(text, parse_float=parse_float, parse_constant=_refuse)
    except json.JSONDecodeError:
        bare = _COMMENT.sub(lambda found: " " if found[1] else found[0], text)
        return json.loads(bare, parse_float=parse_float, parse_constant=_refuse)


def dump(tree: Any) -> str:
    """Write JSON as Java's Jackson does: no spaces, all letters as they are, Java's numbers.

    Raises ValueError where a text is half a surrogate pair, as no bytes stand for it.
    """
    text = _dumped(tree)
    text.encode()
    return text


def _dumped(node: Any) -> str:
    if isinstance(node, dict):
        members = (f"{_text(key)}:{_dumped(value)}" for key, value in node.items())
        return "{" + ",".join(members) + "}"
    if isinstance(node, list):
        return "[" + ",".join(map(_dumped, node)) + "]"
    if isinstance(node, str):
        return _text(node)
    if isinstance(node, Decimal):
        return str(node)
    return _double(node) if isinstance(node, float) else json.dumps(node)


def _text(text: str) -> str:
    written = encode_basestring(text)
    if "\\u00" not in written:
        return written
    return _ESCAPE.sub(lambda found: "\\u" + found[1].upper() if found[1] else found[0], written)


def _double(value: float) -> str:
    """Return the text of Java's Double.toString: scientific below 0.001 and from ten millions."""
    if math.isnan(value):
        return '"NaN"'
    if math.isinf(value):
        return '"Infinity"' if value > 0 else '"-Infinity"'
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        plain = format(Decimal(repr(value)), "f")
        return plain if "." in plain else f"{plain}.0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 - infinities were told above
    head, tail = digits[0], "".join(map(str, digits[1:])) or "0"
    return f"{'-' * sign}{head}.{tail}E{exponent + len(digits) - 1}"


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")
