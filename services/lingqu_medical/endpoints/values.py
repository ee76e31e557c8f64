"""Values that requests hold, each as narrow as what it stands for."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

# PostgreSQL keeps no NUL in a text.
_NO_NUL = r"^[^\x00]*$"


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
