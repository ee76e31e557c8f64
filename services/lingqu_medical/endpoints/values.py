"""Values that requests hold, each as narrow as what it stands for."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints
from pydantic_core import PydanticCustomError

from lingqu.instants import milliseconds
from lingqu_medical.period import is_of_our_time

# PostgreSQL keeps no NUL in a text.
_NO_NUL = r"^[^\x00]*$"
_FIRST, _LAST = date(1990, 1, 1), date(2199, 12, 31)


def _in_our_time(moment: datetime) -> datetime:
    if not is_of_our_time(milliseconds(moment)):
        raise PydanticCustomError("year", "it is not of the years 1990 to 2199; correct it")
    return moment


def _of_our_time(day: date) -> date:
    if not _FIRST <= day <= _LAST:
        raise PydanticCustomError("year", "it is not of the years 1990 to 2199; correct it")
    return day


def _written(pattern: str, otherwise: str) -> tuple[AfterValidator, object]:
    """Return what takes a text of that form, and says in words how another would be written."""
    form = re.compile(pattern)

    def judge(text: str) -> str:
        if not form.fullmatch(text):
            raise PydanticCustomError("wrongly_written", "{otherwise}", {"otherwise": otherwise})
        return text

    return AfterValidator(judge), Field(json_schema_extra={"pattern": f"^{pattern}$"})


Region = Annotated[
    str, *_written("[1-9][0-9]", "it is no province; write its two digits, such as 44")
]
Division = Annotated[
    str, *_written("[1-9][0-9]{5}", "it is no division; write its six digits, such as 440100")
]
Period = Annotated[
    str, *_written("[12][0-9]{3}-(0[1-9]|1[0-2])", "it is no month; write one as 2026-10")
]
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
