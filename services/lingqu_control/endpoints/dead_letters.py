"""Dead letters 异常数据, to search and to look at; what is sealed in them stays so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from lingqu.errors import NotFoundError, ReasonCode
from lingqu.kafka.letters import LetterQuery, StoredLetter, find_letters
from lingqu.kafka.settings import KafkaSettings
from lingqu.service.instants import Instant
from lingqu.service.paging import Page, PageCursor, PageSize, page, position_of
from lingqu_control.desk import Desk
from lingqu_control.letter_keys import digest_of_key

_LISTING = "dead letters"

Name = Annotated[str | None, Query(max_length=255)]
Reason = Annotated[ReasonCode | None, Query(description="the code of the reason")]
Key = Annotated[
    str | None, Query(max_length=4_000, description="the record key, as text; needs the feed")
]
From = Annotated[Instant | None, Query(alias="from", description="at this instant or later")]
Until = Annotated[Instant | None, Query(alias="to", description="before this instant")]


@dataclass(frozen=True, slots=True)
class LetterAnswer:
    """A dead letter; `tries` counts its event's failed deliveries, `redriven` one that did not."""

    id: str
    feed: str
    agreement: str
    partner: str
    topic: str
    partition: int
    offset: int
    sequence: int | None
    attempt: int
    tries: int
    quarantined: bool
    redriven: bool
    reason: Mapping[str, str | None]
    at: str
    key_digest: str | None
    body_bytes: int


def router(desk: Desk, kafka: KafkaSettings) -> APIRouter:
    routes = APIRouter(prefix="/v1/dead-letters", tags=["dead letters"])

    @routes.get(
        "",
        summary="Dead letters by time, feed, partner, reason, key and partition, oldest first",
        description="Each with how often its event has failed. Bodies, keys and what a partner "
        "wrote are sealed and stay so; a key is found by what letters of one key have in common.",
    )
    def list_letters(
        *,
        feed: Name = None,
        partner: Name = None,
        reason: Reason = None,
        key: Key = None,
        first: From = None,
        until: Until = None,
        partition: Annotated[int | None, Query(ge=0)] = None,
        limit: PageSize = 100,
        cursor: PageCursor = None,
    ) -> Page[LetterAnswer]:
        after = position_of(_LISTING, cursor) or ("", "")
        digest = None if key is None else digest_of_key(desk, feed, key)
        query = LetterQuery(
            feed, partner, reason, digest, _ms(first), _ms(until), partition=partition
        )
        found = find_letters(kafka, query)
        behind = [letter for letter in found if (letter.at, letter.id) > after]
        return page(_LISTING, [*map(_answer, behind)], limit, lambda one: (one.at, one.id))

    @routes.get("/{letter_id}", summary="One dead letter")
    def show_letter(letter_id: str) -> LetterAnswer:
        feed, _, rest = letter_id.partition("|")
        query = LetterQuery(feed if rest else None, ids=(letter_id,))
        for letter in find_letters(kafka, query):
            return _answer(letter)
        raise NotFoundError(
            f"no dead letter has the id {letter_id!r}; lingqu dlt list shows those of 30 days"
        )

    return routes


def _answer(letter: StoredLetter) -> LetterAnswer:
    members: dict[str, Any] = {
        name: getattr(letter, name) for name in LetterAnswer.__dataclass_fields__
    }
    return LetterAnswer(**members)


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)
