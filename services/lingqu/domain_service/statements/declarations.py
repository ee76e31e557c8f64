"""Declaring: decided, kept, published and followed in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lingqu.admission import Admitted
from lingqu.clock import Clock
from lingqu.contracts.model import ContractVersion
from lingqu.domain_service.foundation import Foundation
from lingqu.domain_service.statements.admitting import Admitting
from lingqu.domain_service.statements.follow import Follower
from lingqu.domain_service.statements.noun import Document, Key, Noun
from lingqu.domain_service.statements.planning import (
    WITHDRAWAL,
    Circumstances,
    Offered,
    Outcome,
    Plan,
    make_plan,
    nothing_stands,
)
from lingqu.domain_service.statements.shelf import Shelf
from lingqu.errors import ConflictError, NotFoundError, Reason
from lingqu.instants import milliseconds
from lingqu.outbox.events import Events
from lingqu.quality.tally import kind_of
from lingqu.service.database import database_errors, session_factory


@dataclass(frozen=True, slots=True)
class Declared:
    """What each statement came to with the event that stands, or why none was taken."""

    outcomes: Sequence[tuple[Outcome, str]]
    refused: Mapping[int, Reason]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of each statement of a batch, with the event that stands, and why some did not.

    `event_ids` has None where a statement was refused. `noted` is what people shall know of the
    rest: sentences with a `{count}`, and of how many statements each holds.
    """

    outcomes: Sequence[Outcome]
    event_ids: Sequence[str | None]
    refused: Mapping[int, Reason]
    noted: Mapping[str, int] = field(default_factory=dict)


class Declarations:
    """Takes this hub's statements about one noun; may be shared by threads.

    A statement under a known key is a revision of what stands there, or a repeat where it says the
    same. `shelf` takes over what other regions declare. Of a call of `declare` all are taken or
    none; of a batch that is `take`n, each is judged by itself.
    """

    def __init__(
        self,
        engine: Engine,
        events: Events,
        noun: Noun,
        region: str,
        clock: Clock,
        *,
        id_key: bytes,
        version: ContractVersion,
        followers: Sequence[Follower] = (),
    ) -> None:
        self._sessions = session_factory(engine)
        self._events = events
        self._admitting = Admitting(events, noun.topic, version)
        self._noun = noun
        self.shelf = Shelf(noun, followers)
        self._region = region
        self._clock = clock
        self._id_key = id_key

    @classmethod
    def on(cls, ground: Foundation, noun: Noun, followers: Sequence[Follower] = ()) -> Self:
        """Return those of a service that stands on this ground."""
        contract, major = ground.catalogue.by_topic(noun.topic)
        return cls(
            ground.engine,
            ground.events,
            noun,
            ground.settings.region,
            ground.clock,
            id_key=ground.id_key,
            version=contract.latest(major),
            followers=followers,
        )

    def declare(self, statements: Sequence[Document], *, mode: str = "live") -> Declared:
        """Take statements without envelope, instants in milliseconds. Raises ConflictError."""
        with database_errors(), self._sessions.begin() as session:
            return self._all_or_none(session, statements, mode)

    def withdraw(self, key: Key, reason: str) -> Declared:
        """Take a statement back. Raises NotFoundError where none stands, and ConflictError."""
        with database_errors(), self._sessions.begin() as session:
            self.shelf.lock(session)
            stands = self.shelf.document(session, key)
            if stands is None or stands["change"] == WITHDRAWAL:
                raise NotFoundError(nothing_stands(self._noun, key))
            left = stands | dict(self._noun.emptied) | {"change": WITHDRAWAL}
            if self._noun.reason is not None:
                left[self._noun.reason] = reason
            return self._all_or_none(session, [left], "live")

    def take(
        self, session: Session, statements: Sequence[Document | Reason], *, mode: str = "live"
    ) -> Taken:
        """Take a batch in the caller's transaction, each statement by itself.

        A Reason in the place of a statement refuses that one: whoever judges beforehand puts it.
        One with `change: withdrawal` takes back what stands. Where the last one about a key says
        what stands, those before it are repeats too: a file that corrects itself can be imported
        again. The batch is held in memory: send
        thousands, not millions. Raises UnavailableError where the registry or the database is away;
        nothing was done then.
        """
        refused = {at: each for at, each in enumerate(statements) if isinstance(each, Reason)}
        plan, admitted, around, failing = self._judge(session, statements, mode)
        self._write(session, plan, admitted, around)
        refused |= failing
        self._note(session, plan, refused)
        return _taken(len(statements), plan, refused)

    def refusals(
        self, session: Session, statements: Sequence[Document | Reason], *, mode: str = "live"
    ) -> dict[int, Reason]:
        """Return which statements `take` would refuse, by place, and why; nothing is written."""
        return self._judge(session, statements, mode)[-1]

    def _judge(
        self, session: Session, statements: Sequence[Document | Reason], mode: str
    ) -> tuple[Plan, Admitted | None, Circumstances, dict[int, Reason]]:
        """Return what the batch comes to, and why some of it is refused."""
        left = self._offered(statements)
        around = self._circumstances(session, left, mode, imported=True)
        refused: dict[int, Reason] = {}
        while True:  # what admission refuses must not decide about others
            plan = make_plan(left, around)
            admitted, failing = self._admit(plan)
            if not failing:
                return plan, admitted, around, refused | plan.refused
            refused |= failing
            left = {place: each for place, each in left.items() if place not in failing}

    def _all_or_none(self, session: Session, statements: Sequence[Document], mode: str) -> Declared:
        offered = self._offered(statements)
        around = self._circumstances(session, offered, mode)
        plan = make_plan(offered, around)
        for reason in plan.refused.values():
            raise ConflictError(reason.detail)
        admitted, refused = self._admit(plan)
        if refused:
            return Declared((), refused)
        self._write(session, plan, admitted, around)
        return Declared(list(plan.outcomes.values()), {})

    def _offered(self, statements: Sequence[Document | Reason]) -> dict[int, Offered]:
        noun = self._noun
        return {
            place: Offered.of(noun, each)
            for place, each in enumerate(statements)
            if not isinstance(each, Reason)
        }

    def _circumstances(
        self,
        session: Session,
        offered: Mapping[int, Offered],
        mode: str,
        *,
        imported: bool = False,
    ) -> Circumstances:
        self.shelf.lock(session)
        heads = self.shelf.heads(session, (each.key for each in offered.values()))
        now_ms = milliseconds(self._clock.now())
        return Circumstances(self._noun, heads, self._region, mode, now_ms, self._id_key, imported)

    def _admit(self, plan: Plan) -> tuple[Admitted | None, dict[int, Reason]]:
        """Return what may be published, and by its place why the rest may not."""
        if not plan.standing:
            return None, {}
        events = [each.event for each in plan.standing.values()]
        admitted = self._admitting.admit(events)
        places = list(plan.standing)
        return admitted, {places[row]: reason for row, reason in admitted.refused.items()}

    def _write(
        self, session: Session, plan: Plan, admitted: Admitted | None, around: Circumstances
    ) -> None:
        if admitted is not None:
            self._events.append_admitted(session, self._noun.topic, admitted)
            standing = list(plan.standing.values())
            self.shelf.keep(session, standing, around.heads)
            self.shelf.stated.add(each.event["event_id"] for each in standing)

    def _note(self, session: Session, plan: Plan, refused: Mapping[int, Reason]) -> None:
        """Tell the hub of what its people stated and nobody gets: refused, or said before."""
        kinds = Counter(map(kind_of, refused.values()))
        repeats = sum(outcome == "repeat" for outcome, _ in plan.outcomes.values())
        self._events.note_apart(session, self._noun.topic, refused=kinds, repeats=repeats)


def _taken(count: int, plan: Plan, refused: Mapping[int, Reason]) -> Taken:
    found = [plan.outcomes.get(place) for place in range(count)]
    outcomes: list[Outcome] = [each[0] if each else "refused" for each in found]
    return Taken(outcomes, [each[1] if each else None for each in found], refused)
