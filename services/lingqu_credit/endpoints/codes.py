"""Social credit codes in requests: refused with the rule where they are none."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from lingqu.domain_service.identities.uscc import RULE, uscc_problem
from lingqu.service.problems import problem


def _valid(uscc: str | None) -> str | None:
    if uscc is not None and (told := uscc_problem(uscc)) is not None:
        raise PydanticCustomError(RULE, "{told}", {"told": told})
    return uscc


WantedUscc = Annotated[str | None, Query(max_length=100), AfterValidator(_valid)]


def refusal(uscc: str) -> Response | None:
    """Return the answer for a code that is none; None for a valid one."""
    told = uscc_problem(uscc)
    return None if told is None else problem(422, f"uscc: {told}", rule=RULE, field="uscc")
