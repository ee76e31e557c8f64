"""One JSON value to one Avro value, by functions compiled once per schema."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from lingqu.errors import ReasonCode
from lingqu.instants import days, milliseconds

Converter = Callable[[Any], Any]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_BITS = {"int": 31, "long": 63}


class Misfit(Exception):  # noqa: N818 - it never leaves admission: a Reason does
    """A value that the schema does not allow; it grows its path on the way out."""

    def __init__(self, detail: str, code: ReasonCode = "undecodable", path: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.path = path

    def within(self, name: str) -> Misfit:
        return Misfit(self.detail, self.code, f"{name}.{self.path}" if self.path else name)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean 'x'?" where a known name is near, else the names there are."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(names)}"


def scalar(type_name: str, logical: str | None = None) -> Converter:
    """Return the function for a primitive type; Misfit for one that JSON cannot carry."""
    if logical in _LOGICAL:
        return _LOGICAL[logical]
    if type_name in _BITS:
        return _whole(type_name, 1 << _BITS[type_name])
    return _SCALARS[type_name]


def symbol(symbols: Iterable[str]) -> Converter:
    """Return the function for an enum."""
    known = frozenset(symbols)
    sentence = f"is none of {', '.join(sorted(known))}"

    def read(value: Any) -> str:
        if type(value) is str and value in known:
            return value
        raise Misfit(sentence)

    return read


def instant(value: Any) -> int:
    """Return milliseconds since the epoch of an ISO 8601 instant or of a whole number of them."""
    if type(value) is int:
        return _long(value)
    try:
        moment = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        raise Misfit("is neither an ISO 8601 instant nor milliseconds since 1970") from None
    if moment.tzinfo is None:
        raise Misfit("has no offset from UTC; end it with Z or, for instance, +08:00")
    return milliseconds(moment)


def _micros(value: Any) -> int:
    return _long(value) if type(value) is int else instant(value) * 1000


def _day(value: Any) -> int:
    if type(value) is int:
        return _int(value)
    if type(value) is str and _DAY.fullmatch(value):
        try:
            return days(date.fromisoformat(value))
        except ValueError:
            pass
    raise Misfit("is neither a day as YYYY-MM-DD nor days since 1970")


def _whole(name: str, bound: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if type(value) is not int:
            raise Misfit("is not a whole number")
        if not -bound <= value < bound:
            raise Misfit(f"is outside the range of {name}")
        return value

    return read


_int = _whole("int", 1 << 31)
_long = _whole("long", 1 << 63)


def _number(value: Any) -> float:
    if type(value) is float:
        return value
    if type(value) is int:
        return float(value)
    raise Misfit("is not a number")


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    raise Misfit("is not text")


def _flag(value: Any) -> bool:
    if type(value) is bool:
        return value
    raise Misfit("is neither true nor false")


def _nothing(value: Any) -> None:
    if value is not None:
        raise Misfit("can only be null")


def _octets(value: Any) -> bytes:
    """Avro's own JSON form of bytes: one character an octet."""
    try:
        return _text(value).encode("latin-1")
    except UnicodeEncodeError:
        raise Misfit("holds characters that are not octets") from None


def _decimal(value: Any) -> Decimal:
    try:
        return Decimal(value if type(value) is int else _text(value))
    except InvalidOperation:
        raise Misfit("is not a decimal number as text") from None


_SCALARS: dict[str, Converter] = {
    "string": _text,
    "boolean": _flag,
    "float": _number,
    "double": _number,
    "null": _nothing,
    "bytes": _octets,
    "fixed": _octets,
}
_LOGICAL: dict[str | None, Converter] = {
    "timestamp-millis": instant,
    "timestamp-micros": _micros,
    "date": _day,
    "decimal": _decimal,
}
