"""What the routes of disputes and consultations share: listing, looking, taking a step."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from sqlalchemy.orm import Session, sessionmaker

from lingqu.errors import InputError
from lingqu.instants import day_at, milliseconds
from lingqu.service.database import database_errors
from lingqu.service.instants import Instant
from lingqu.service.paging import PageCursor, PageSize
from lingqu_water.endpoints.posted import Posted
from lingqu_water.endpoints.statement import RegionCode, instant
from lingqu_water.incidents.procedure import Procedure
from lingqu_water.incidents.proceeding import Proceeding, Step, find_proceeding, steps_of
from lingqu_water.incidents.proceeding_desk import ProceedingDesk
from lingqu_water.incidents.proceeding_page import ProceedingFilter, proceedings_page
from lingqu_water.incidents.steps import StepEntry
from lingqu_water.sections.table import Regions

ProceedingId = Annotated[str, Path(max_length=100, examples=["43-20260402-3f2a9c"])]
Moment = Annotated[Instant | None, Query(examples=["2026-04-01T00:00:00+08:00"])]

_DAYS = {"answer_due_on", "due_on"}
_INSTANTS = {"scheduled_at"}


class ProceedingRoom:
    """One kind of proceeding over HTTP."""

    def __init__(
        self,
        writing: sessionmaker[Session],
        reading: sessionmaker[Session],
        desk: ProceedingDesk,
        regions: Regions,
    ) -> None:
        self._writing = writing
        self._reading = reading
        self._desk = desk
        self._regions = regions
        self._posted = Posted(writing, desk.clock)
        self.procedure = desk.procedure

    def open(self, said: StepEntry, number: str | None, key: str | None) -> Response:
        told = {name: value for name, value in said.told().items() if name != "number"}

        def work(session: Session) -> dict[str, Any]:
            return self._detail(session, self._desk.open(session, told, number))

        return self._posted.once(f"{self.procedure.name}s", key, said, work).response()

    def take(self, proceeding_id: str, step: str, said: StepEntry) -> dict[str, Any]:
        with database_errors(), self._writing.begin() as session:
            self._desk.take(session, proceeding_id, step, said.told())
            return self._detail(session, proceeding_id)

    def show(self, proceeding_id: str) -> dict[str, Any]:
        with database_errors(), self._reading() as session:
            return self._detail(session, proceeding_id)

    def listing(self, wanted: ProceedingFilter, limit: int, cursor: str | None) -> dict[str, Any]:
        known = self.procedure.states
        for state in wanted.states or ():
            if state not in known:
                raise InputError(f"there is no state {state!r}; known are {', '.join(known)}")
        with database_errors(), self._reading() as session:
            page = proceedings_page(session, self.procedure, wanted, limit, cursor)
        return {"items": [self._shown(each) for each in page.items], "next": page.next}

    def _detail(self, session: Session, proceeding_id: str) -> dict[str, Any]:
        found = find_proceeding(session, self.procedure, proceeding_id)
        steps = steps_of(session, self.procedure, proceeding_id)
        return {
            **self._shown(found),
            "possible": list(self._desk.possible(found)),
            "answers": self._answers(found, steps),
            "steps": [_step(each) for each in steps],
        }

    def _shown(self, found: Proceeding) -> dict[str, Any]:
        sides = {
            self.procedure.opener_field: found.opener,
            f"{self.procedure.opener_field}_name": self._regions.name(found.opener),
            "other_regions": list(found.others),
        }
        return {
            self.procedure.id_field: found.proceeding_id,
            "state": found.state,
            "title": found.title,
            **sides,
            "opened_at": instant(found.opened_at_ms),
            "told_at": instant(found.told_at_ms),
        }

    def _answers(self, found: Proceeding, steps: list[Step]) -> list[dict[str, Any]]:
        """Return the last word of each region on the other side, None of who has not answered."""
        said = {step.taken.origin: step for step in steps if not step.anomaly}
        return [
            {
                "region": region,
                "name": self._regions.name(region),
                "step": said[region].taken.step if region in said else None,
                "at": instant(said[region].taken.told_at_ms) if region in said else None,
            }
            for region in found.others
        ]


def add_looks(routes: APIRouter, room: ProceedingRoom, example: dict[str, Any]) -> None:
    """Add the listing and the look at one."""
    name = room.procedure.name

    @routes.get(
        "",
        summary=f"{name.capitalize()}s, the latest first",
        responses=answer({"items": [example]}),
    )
    def list_proceedings(
        wanted: Wanted, limit: PageSize = 100, cursor: PageCursor = None
    ) -> dict[str, Any]:
        return room.listing(wanted, limit, cursor)

    @routes.get(
        "/{proceeding_id}",
        summary=f"One {name}: its steps, and which are possible now",
        responses=answer(example),
    )
    def show_proceeding(proceeding_id: ProceedingId) -> dict[str, Any]:
        return room.show(proceeding_id)


def add_step(
    routes: APIRouter, room: ProceedingRoom, path: str, step: str, entry: type[StepEntry]
) -> None:
    """Add the route that takes a step."""
    allowed = _who(room.procedure, step)

    def take(proceeding_id: ProceedingId, given: StepEntry) -> dict[str, Any]:
        return room.take(proceeding_id, step, given)

    take.__annotations__["given"] = entry
    routes.post(f"/{{proceeding_id}}/{path}", summary=f"Take the step {step!r} ({allowed})")(take)


def answer(example: dict[str, Any], status: int = 200) -> dict[int | str, dict[str, Any]]:
    return {status: {"content": {"application/json": {"example": example}}}}


def _who(procedure: Procedure, step: str) -> str:
    """Return in words whose step it is."""
    sides = {side for moves in procedure.states.values() for side in _by(moves, step)}
    if len(sides) > 1:
        return "by either side"
    field = procedure.opener_field if sides == {"opener"} else procedure.others_field
    return f"by {field}"


def _by(moves: Any, step: str) -> frozenset[str]:
    return moves[step].by if step in moves else frozenset()


def _filter(
    *,
    state: Annotated[list[str] | None, Query(description="one or several")] = None,
    region: Annotated[RegionCode | None, Query(description="who takes part")] = None,
    opened_by: Annotated[RegionCode | None, Query(description="who opened it")] = None,
    from_: Annotated[Moment, Query(alias="from")] = None,
    to: Moment = None,
) -> ProceedingFilter:
    return ProceedingFilter(
        states=state,
        region=region,
        opened_by=opened_by,
        from_ms=milliseconds(from_) if from_ else None,
        until_ms=milliseconds(to) if to else None,
    )


Wanted = Annotated[ProceedingFilter, Depends(_filter)]


def _step(step: Step) -> dict[str, Any]:
    return {
        "event_id": step.taken.event_id,
        "origin": step.taken.origin,
        "told_at": instant(step.taken.told_at_ms),
        "anomaly": step.anomaly,
        **_shown(step.document),
    }


def _shown(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {inner: _shown(each, inner) for inner, each in value.items()}
    if isinstance(value, list):
        return [_shown(each) for each in value]
    if name in _DAYS and isinstance(value, int):
        return day_at(value).isoformat()
    return instant(value) if name in _INSTANTS and value is not None else value
