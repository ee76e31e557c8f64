"""Values that requests hold, each as narrow as what it stands for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from lingqu.instants import milliseconds
from lingqu_medical.period import is_of_our_time

# PostgreSQL keeps no NUL in a text.
_NO_NUL = r"^[^\x00]*$"
_FIRST, _LAST = date(1990, 1, 1), date(2199, 12, 31)


def _in_our_time(moment: datetime) -> datetime:
    if not is_of_our_time(milliseconds(moment)):
        raise ValueError("is not of the years 1990 to 2199; correct it")
    return moment


def _of_our_time(day: date) -> date:
    if not _FIRST <= day <= _LAST:
        raise ValueError("is not of the years 1990 to 2199; correct it")
    return day


Region = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]$")]
Division = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{5}$")]
Id = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=_NO_NUL),
]
Code = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20, pattern=_NO_NUL)
]
MaybeCode = Annotated[str, StringConstraints(max_length=20, pattern=_NO_NUL)]
MaybeName = Annotated[str, StringConstraints(max_length=200, pattern=_NO_NUL)]
Fen = Annotated[int, Field(ge=-(10**15), le=10**15)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
Day = Annotated[date, AfterValidator(_of_our_time)]
