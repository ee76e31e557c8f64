"""Social credit codes in paths: refused with the rule where they are none."""

from __future__ import annotations

from fastapi import Response

from lingqu.domain_service.identities.uscc import uscc_problem
from lingqu.service.problems import problem

RULE = "uscc_check_digit"


def refusal(uscc: str) -> Response | None:
    """Return the answer for a code that is none; None for a valid one."""
    told = uscc_problem(uscc)
    return None if told is None else problem(422, f"uscc: {told}", rule=RULE, field="uscc")
