"""Statements of months before a scene, filled in afterwards: what others owe for treatment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from lingqu.instants import milliseconds
from lingqu.simulation import Scene
from lingqu_medical.clearing.statement import Line, Statement, StatementKey, in_order
from lingqu_medical.period import months_before, period_at
from lingqu_medical.simulation.profile import Profile
from lingqu_medical.simulation.story import Event, Story

_STEPS = ("generated", "confirmed_by_treatment", "closed")
_SETTLED_A_MONTH = 60
_MONTHS = 400  # then the story goes on with next versions: earlier, nobody was treated elsewhere
_SUMS = ("medfee_sumamt_fen", "fund_pay_sumamt_fen", "acct_pay_fen")


def clearing(profile: Profile, scene: Scene) -> Iterator[Event]:
    """Yield what a scene's province says of its statements without end, the latest month first.

    The paying provinces' steps are theirs to tell; what is told twice is the same event.
    """
    story = Story(profile, scene)
    told = count()
    for number in count():
        for statement in _statements(story, number):
            generated: str | None = None
            for state in _STEPS:
                at = story.told_at(next(told), "medical.clearing")
                said = _said(statement, state, number // _MONTHS + 1, generated)
                event = story.event({"origin": scene.region, **said}, at)
                generated = generated or str(event["event_id"])
                yield event
            if story.chance(number, str(statement.key)).random() < profile.chances.repeat:
                yield dict(event)


def _said(
    statement: Statement, state: str, version: int, generated: str | None
) -> Mapping[str, Any]:
    later = {} if generated is None else {"lines": [], "refers_to": generated}
    return statement.fields() | {"mode": "backfill", "state": state, "version": version} | later


def _statements(story: Story, number: int) -> Iterator[Statement]:
    """Return the statements of the so-manieth month before the scene, by their key."""
    now = period_at(milliseconds(story.scene.start))
    period = months_before(now, number % _MONTHS + 1)
    first = number * _SETTLED_A_MONTH
    settled: dict[StatementKey, list[tuple[bool, Event]]] = defaultdict(list)
    for each in range(first, first + _SETTLED_A_MONTH):
        event = story.settlement(each)
        at = story.scene.region, event["insured_region"], event["insutype"], period
        settled[StatementKey(*at)].append((False, event))
        if story.fate(each) == "cancel":
            settled[StatementKey(*at)].append((True, event))
    return (_statement(key, settled[key]) for key in sorted(settled))


def _statement(key: StatementKey, settled: Sequence[tuple[bool, Event]]) -> Statement:
    kinds: dict[tuple[str, bool], list[Event]] = defaultdict(list)
    for refunded, event in settled:
        if not event["held"]:
            kinds[event["clr_type"], refunded].append(event)
    lines = in_order(_line(*kind, events) for kind, events in kinds.items())
    held = sum(event["held"] for refunded, event in settled if not refunded)
    return Statement(key, lines, held, sum(line.fund_pay_sumamt_fen for line in lines))


def _line(clr_type: str, refunded: bool, events: Sequence[Event]) -> Line:
    sign = -1 if refunded else 1
    sums = (sign * sum(event[name] for event in events) for name in _SUMS)
    return Line(clr_type, refunded, None, len(events), *sums)
