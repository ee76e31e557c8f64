"""What statements come to, given what stands: pure, before anything is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from lingqu.contracts.envelope import keyed_event_id
from lingqu.domain_service.statements.noun import Document, Key, Noun, content_digest
from lingqu.domain_service.statements.shelf import Head, Standing
from lingqu.errors import Reason

Outcome = Literal["first", "repeat", "revision", "withdrawal", "refused"]

WITHDRAWAL = "withdrawal"


class Offered(NamedTuple):
    """A statement without envelope; one with `change: withdrawal` takes back what stands."""

    statement: Document
    key: Key
    digest: bytes

    @property
    def taken_back(self) -> bool:
        return self.statement.get("change") == WITHDRAWAL

    @classmethod
    def of(cls, noun: Noun, statement: Document) -> Offered:
        return cls(statement, noun.key_of(statement), content_digest(statement))


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a plan depends on beside the statements.

    Of an `imported` file the last row about a key counts: where it says what stands, those before
    it are repeats too, so that a file that corrects itself can be imported again.
    """

    noun: Noun
    heads: Mapping[Key, Head]
    region: str
    mode: str
    now_ms: int
    id_key: bytes
    imported: bool = False


@dataclass(slots=True)
class Plan:
    """Outcomes with the event that stands then, and what becomes an event, by place, in order."""

    outcomes: dict[int, tuple[Outcome, str]] = field(default_factory=dict)
    standing: dict[int, Standing] = field(default_factory=dict)
    refused: dict[int, Reason] = field(default_factory=dict)


def make_plan(offered: Mapping[int, Offered], around: Circumstances) -> Plan:
    """Return what the statements, by place, come to; each sees those before it."""
    plan = Plan()
    heads = dict(around.heads)
    restated = _restated(offered, heads) if around.imported and heads else frozenset()
    for place, each in offered.items():
        head = heads.get(each.key)
        if head is not None and each.key in restated:
            plan.outcomes[place] = "repeat", head.event_id
            continue
        reason = _refusal(each, head, around)
        if reason is not None:
            plan.refused[place] = reason
        elif head is not None and _tells_nothing_new(head, each):
            plan.outcomes[place] = "repeat", head.event_id
        else:
            change: Outcome = "first" if head is None else "revision"
            event = _event(each, head, WITHDRAWAL if each.taken_back else change, around)
            heads[each.key] = Head.of(event, each.digest)
            plan.standing[place] = Standing(each.key, event, each.digest)
            plan.outcomes[place] = event["change"], event["event_id"]
    return plan


def of_another_region(noun: Noun, key: Key, origin: str) -> str:
    return f"{noun.name} {key[0]!r} was declared by region {origin}; only that region can change it"


def nothing_stands(noun: Noun, key: Key) -> str:
    return f"no {noun.name} {key[0]!r} stands; nothing to withdraw"


def _restated(offered: Mapping[int, Offered], heads: Mapping[Key, Head]) -> Collection[Key]:
    """Return the keys of which the last statement says what stands already."""
    last = {each.key: each for each in offered.values() if each.key in heads}
    return {key for key, each in last.items() if _tells_nothing_new(heads[key], each)}


def _refusal(each: Offered, head: Head | None, around: Circumstances) -> Reason | None:
    if head is not None and head.origin != around.region:
        if not each.taken_back and head.says(each.digest):
            return None  # it says what the other region says
        return Reason("rejected", of_another_region(around.noun, each.key, head.origin))
    if each.taken_back and head is None:
        return Reason("rejected", nothing_stands(around.noun, each.key))
    return None


def _tells_nothing_new(head: Head, each: Offered) -> bool:
    return head.change == WITHDRAWAL if each.taken_back else head.says(each.digest)


def _event(each: Offered, head: Head | None, change: str, around: Circumstances) -> Document:
    supersedes = None if head is None else head.event_id
    content = b"%b|%b" % (change.encode(), each.digest)
    record_key = "|".join(map(str, each.key))
    source = f"{around.noun.topic}|{supersedes or ''}"
    return each.statement | {
        # The same statement under the same circumstances always makes the same event.
        "event_id": keyed_event_id(around.id_key, source, record_key, 0, content),
        "occurred_at": around.now_ms
        if head is None
        else max(around.now_ms, head.occurred_at_ms + 1),
        "origin": around.region,
        "change": change,
        "supersedes": supersedes,
        "mode": around.mode,
    }
