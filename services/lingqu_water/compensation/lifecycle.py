"""How far the parties have come with an account: claimed, answered, settled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["computed", "claimed", "confirmed", "disputed", "settled"]

CLAIM, ANSWERS, SETTLEMENT = "claimed", ("confirmed", "disputed"), "settled"
_FURTHEST: tuple[State, ...] = ("settled", "confirmed", "disputed", "claimed")


@dataclass(frozen=True, slots=True)
class Message:
    """What a party has said of an account; an answer and a settlement refer to a claim."""

    event_id: str
    agreement: str
    period: str
    origin: str
    state: str
    refers_to: str | None
    said_at_ms: int


def state_of(messages: Iterable[Message], parties: Sequence[str]) -> State:
    """Return how far an account has come; the order in which the messages arrived means nothing.

    Of each party the latest claim counts, and its latest answer to a claim. A claim is confirmed
    when all the others confirm it, and disputed while one disputes it; of several claims the one
    that has come furthest decides.
    """
    states = set(claim_states(messages, parties).values())
    return next((state for state in _FURTHEST if state in states), "computed")


def claim_states(messages: Iterable[Message], parties: Sequence[str]) -> dict[str, State]:
    """Return how far each party's latest claim has come, by the claim's event."""
    said = sorted(messages, key=lambda one: (one.said_at_ms, one.event_id))
    claims = {one.origin: one for one in said if one.state == CLAIM}
    return {claim.event_id: _claim_state(claim, said, parties) for claim in claims.values()}


def _claim_state(claim: Message, said: Sequence[Message], parties: Sequence[str]) -> State:
    about = [one for one in said if one.refers_to == claim.event_id]
    answers = {
        one.origin: one.state
        for one in about
        if one.state in ANSWERS and one.origin != claim.origin
    }
    if "disputed" in answers.values():
        return "disputed"
    others = [party for party in parties if party != claim.origin]
    if not all(answers.get(party) == "confirmed" for party in others):
        return "claimed"
    return "settled" if any(one.state == SETTLEMENT for one in about) else "confirmed"
