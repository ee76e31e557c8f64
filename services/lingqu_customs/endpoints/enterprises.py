"""`/v1/enterprises`: the credit level that an enterprise had on a day."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy.orm import Session, sessionmaker

from lingqu.clock import Clock, china_day
from lingqu.domain_service.endpoints.declaring import ANSWERS, Why, answer, readable
from lingqu.domain_service.identities.uscc import uscc_problem
from lingqu.errors import InputError
from lingqu.instants import days
from lingqu.service.database import database_errors
from lingqu.service.instants import Day
from lingqu_customs.codes.aeo import Schemes
from lingqu_customs.endpoints.stating import Room, add_declaring
from lingqu_customs.enterprises.levels import level_on, levels_of
from lingqu_customs.nouns import LEVELS
from lingqu_customs.numbers import is_customs_code

Code = Annotated[str, Path(max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$")]
On = Annotated[Day | None, Query(description="the day; else today in China")]


class WrongEnterpriseCodeError(InputError):
    """The code names no enterprise."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"the enterprise code is wrong: {cause}")


def router(room: Room, reading: sessionmaker[Session], schemes: Schemes, clock: Clock) -> APIRouter:
    routes = APIRouter(prefix="/v1/enterprises", tags=["enterprises"])
    add_declaring(routes, room, "Tell decisions on credit levels")

    @routes.get("/{code}", summary="The credit level on a day, and all decisions")
    def show_enterprise(code: Code, on: On = None) -> dict[str, Any]:
        """Answer for a valid code that nobody told of with no level; 422 for an invalid one."""
        _judge(code)
        day = on or china_day(clock.now())
        scheme = schemes.on(day)
        with database_errors(), reading() as session:
            decisions = levels_of(session, code)
        found = level_on(decisions, day)
        stated = schemes.of(found["scheme"]) if found else None
        return {
            "enterprise_code": code,
            "on": day.isoformat(),
            "scheme_in_force": scheme.order if scheme else None,
            "level": found["level"] if found else None,
            "level_name": stated.levels.get(found["level"]) if found and stated else None,
            "level_scheme": found["scheme"] if found else None,
            "is_aeo": bool(found and stated and found["level"] in stated.aeo),
            "decisions": [readable(LEVELS, each) for each in decisions],
        }

    @routes.delete("/{code}/levels/{valid_from}", summary="Take a decision back", responses=ANSWERS)
    def withdraw(code: Code, valid_from: Day, reason: Why) -> Response:
        return answer(room.declarations.withdraw((code, days(valid_from)), reason))

    return routes


def _judge(code: str) -> None:
    if is_customs_code(code):
        return
    problem = uscc_problem(code)
    if problem is not None:
        raise WrongEnterpriseCodeError(problem)
