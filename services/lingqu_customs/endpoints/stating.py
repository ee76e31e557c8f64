"""What the nouns have in common over HTTP: declaring a batch, and listing what stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Body, Path, Response
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from lingqu.domain_service.endpoints.declaring import ANSWERS, MOST, Stated, answer
from lingqu.domain_service.endpoints.pages import page_of
from lingqu.domain_service.statements.declarations import Declarations, Declared
from lingqu.domain_service.statements.noun import Document, Noun
from lingqu.service.paging import Page
from lingqu_customs.checks import Checks

Number = Annotated[str, Path(max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


@dataclass(frozen=True)
class Room:
    """A noun as its routes need it: who takes its statements, their model, and what is refused."""

    noun: Noun
    declarations: Declarations
    model: type[Stated]
    checks: Checks
    complete: Callable[[Document], Document]

    def declare(self, stated: Sequence[Stated]) -> Response:
        """Take all or none."""
        statements = [self.complete(each.document()) for each in stated]
        checked = (self.checks.first(self.noun.name, each) for each in statements)
        refused = {place: reason for place, reason in enumerate(checked) if reason}
        if refused:
            return answer(Declared((), refused))
        return answer(self.declarations.declare(statements))

    def page(
        self,
        session: Session,
        conditions: Iterable[ColumnElement[bool]],
        limit: int,
        cursor: str | None,
    ) -> Page[Document]:
        """Return so many of the statements that stand, by key, from the cursor on."""
        return page_of(session, self.noun, self.declarations.shelf, conditions, limit, cursor)


def add_declaring(routes: APIRouter, room: Room, summary: str) -> None:
    """Add the route that takes a batch; its body is of the model made of the contract."""

    def declare(stated: Sequence[Stated]) -> Response:
        """Take all or none; what is known is revised, and its event names what it replaces."""
        return room.declare(stated)

    declare.__annotations__["stated"] = Annotated[
        list[room.model],  # type: ignore[name-defined]
        Body(min_length=1, max_length=MOST),
    ]
    routes.add_api_route("", declare, methods=["POST"], summary=summary, responses=dict(ANSWERS))
