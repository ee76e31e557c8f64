"""Reconciliations of the day before: what a province tells, and what it found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from lingqu.clock import china_day
from lingqu.simulation import Scene
from lingqu_medical.reconciliations.compare import Row, compare
from lingqu_medical.reconciliations.records import Record, totals
from lingqu_medical.simulation.profile import Profile
from lingqu_medical.simulation.story import Event, Story

_SETTLEMENTS = 20  # those of one province of insurance among them are reconciled together
_ONE_DAY = timedelta(days=1)


def reconciliations(profile: Profile, scene: Scene) -> Iterator[Event]:
    """Yield what a scene's province reconciles without end; what is told twice is the same event.

    Rows told to the other side and rows held against the platform's take turns.
    """
    story = Story(profile, scene)
    for number in count():
        at = story.told_at(number, "medical.reconciliation")
        insured, found = _day_of(story, number)
        said = _stated(found) if number % 2 == 0 else _held_against_platform(story, number, found)
        yield (event := story.event({**_head(story, number, insured, at), **said}, at))
        if story.chance(number, "reconciliation").random() < profile.chances.repeat:
            yield dict(event)


def _day_of(story: Story, number: int) -> tuple[str, list[Record]]:
    """Return a province of insurance with what its people were treated for."""
    first = number * _SETTLEMENTS
    settled = [story.settlement(each) for each in range(first, first + _SETTLEMENTS)]
    insured: str = settled[0]["insured_region"]
    theirs = (each for each in settled if each["insured_region"] == insured)
    return insured, [Record(each["insutype"], each["clr_type"], _row(each)) for each in theirs]


def _row(event: Event) -> Row:
    _, _, *amounts = Row._fields
    return Row(event["setl_id"], False, *(event[name] for name in amounts))


def _head(story: Story, number: int, insured: str, at: datetime) -> Event:
    day = (china_day(at) - _ONE_DAY).isoformat()
    return {
        "origin": story.scene.region,
        "reconciliation_id": f"D{story.name(number)}",
        "part": 1,
        "step": "stated",
        "insured_region": insured,
        "treatment_region": story.scene.region,
        "stmt_begndate": day,
        "stmt_enddate": day,
    }


def _stated(found: list[Record]) -> Event:
    return {"totals": totals(found), "rows": [each.row._asdict() for each in found]}


def _held_against_platform(story: Story, number: int, found: list[Record]) -> Event:
    """Return what came of it: now and then the platform lacks the last settlement."""
    chance = story.chance(number, "platform")
    there = found[:-1] if chance.random() < story.profile.chances.differing else found
    differing = compare((each.row for each in found), (each.row for each in there))
    return {
        "source": "platform",
        "totals": totals(there),
        "result": "different" if differing else "matched",
        "differences": [each.record() for each in differing],
        "difference_count": len(differing),
    }
