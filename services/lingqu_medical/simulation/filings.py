"""Filings of a province's people: some afterwards, some cancelled later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from lingqu.clock import china_day
from lingqu.simulation import Scene
from lingqu_medical.simulation.profile import Profile
from lingqu_medical.simulation.story import Event, Story

_TYPES = ("long_term", "referral", "emergency", "self_arranged")


def filings(profile: Profile, scene: Scene) -> Iterator[Event]:
    """Yield the filings of a scene without end."""
    story = Story(profile, scene)
    told = count()
    for number in count():
        at = story.told_at(next(told), "medical.filing")
        event = story.event(_filed(story, number, at), at)
        yield event
        if story.chance(number, "end").random() < profile.chances.filing_ends:
            yield _cancelled(story, event, story.told_at(next(told), "medical.filing"))


def _filed(story: Story, number: int, at: datetime) -> Event:
    chance, region = story.chance(number, "filing"), story.scene.region
    late = chance.random() < story.profile.chances.filing_late
    first = china_day(at) - timedelta(days=chance.randint(1, 5) if late else 0)
    kind = chance.choice(_TYPES)
    treated = chance.choice(story.others)
    lasts = None if kind == "long_term" else timedelta(days=chance.randint(7, 180))
    return {
        "origin": region,
        "filing_id": f"F{region}-示例-{story.scene.start:%Y%m%d%H%M%S}-{number:07}",
        "insured_region": region,
        "treatment_region": treated,
        "insuplc_admdvs": story.profile.regions[region].division,
        "mdtrtarea_admvs": f"{treated}0000",
        "insutype": chance.choice(story.profile.funds).insutype,
        "filing_type": kind,
        "retroactive": late,
        "filed_at": at.isoformat(),
        "effective_from": first.isoformat(),
        "effective_until": None if lasts is None else (first + lasts).isoformat(),
        "psn_no": f"{region}{number:018}",
        "psn_name": f"示例参保人{number % 1000:03}",
    }


def _cancelled(story: Story, event: Event, at: datetime) -> Event:
    said = {name: value for name, value in event.items() if name != "event_id"}
    return story.event(
        said
        | {
            "change": "revision",
            "supersedes": event["event_id"],
            "state": "cancelled",
            "ended_on": china_day(at).isoformat(),
            "reason": "返回参保地",
        },
        at,
    )
