"""Settlements undone: cancelled at once, or rectified and then proved or disproved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from lingqu.clock import china_day
from lingqu.instants import milliseconds
from lingqu.simulation import Scene
from lingqu_medical.period import period_at
from lingqu_medical.reversals.lifecycle import NEGATED
from lingqu_medical.simulation.profile import Profile
from lingqu_medical.simulation.story import Event, Story

_CANCELS = {"2207": "2208", "2304": "2305"}
_ZERO = dict.fromkeys(NEGATED, 0)


def reversals(profile: Profile, scene: Scene) -> Iterator[Event]:
    """Yield what undoes settlements of the same scene, without end."""
    story = Story(profile, scene)
    told = count()
    calls = {each.med_type: each.infno for each in profile.treatments}
    for number in count():
        fate = story.fate(number)
        if fate == "stands":
            continue
        original = story.settlement(number)
        settled_told = datetime.fromisoformat(original["occurred_at"])
        at = max(story.told_at(next(told), "medical.reversal"), settled_told + timedelta(seconds=1))
        call = calls[original["med_type"]]
        if fate == "cancel":
            yield story.event(_cancelled(original, call, at), at)
        else:
            yield from _rectified(story, number, original, call, at)


def _cancelled(original: Event, call: str, at: datetime) -> Event:
    said = _base(original, at) | {"kind": "cancel", "infno": _CANCELS[call]}
    return said | {"original_infno": call, "state": "proved", **_taken_back(original, at)}


def _rectified(
    story: Story, number: int, original: Event, call: str, at: datetime
) -> Iterator[Event]:
    waiting = story.event(
        _base(original, at)
        | {
            "kind": "rectify",
            "infno": "2601",
            "original_msgid": story.message_id(number),
            "original_infno": call,
            "state": "pending_reconciliation",
            "reason": "结算请求超时",
            **_ZERO,
        },
        at,
    )
    yield waiting
    proved_at = at + timedelta(seconds=1)
    disproved = story.chance(number, "proof").random() < story.profile.chances.disproved
    outcome = {"state": "disproved"} if disproved else {"state": "proved"}
    back = {} if disproved else _taken_back(original, proved_at)
    yield story.event(
        {name: value for name, value in waiting.items() if name != "event_id"}
        | outcome
        | back
        | {
            "change": "revision",
            "supersedes": waiting["event_id"],
            "proved_by": f"RC{story.scene.region}-示例-{number:07}",
            "proved_on": china_day(proved_at).isoformat(),
        },
        proved_at,
    )


def _base(original: Event, at: datetime) -> Event:
    return {
        "origin": original["origin"],
        "reversal_id": f"R{original['setl_id'][1:]}",
        "insured_region": original["insured_region"],
        "treatment_region": original["treatment_region"],
        "insutype": original["insutype"],
        "clr_type": original["clr_type"],
        "setl_id": original["setl_id"],
        "fixmedins_code": original["fixmedins_code"],
        "settled_at": original["setl_time"],
        "reversed_at": at.isoformat(),
        "reason": "费用录入有误",
    }


def _taken_back(original: Event, at: datetime) -> Event:
    period = period_at(milliseconds(at))
    first = original["period"]
    return {
        "period": period,
        "original_period": None if first == period else first,
        "held": original["held"],
        **{name: -original.get(name, 0) for name in NEGATED},
    }
