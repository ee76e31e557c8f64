"""Payments between funds: what a province sends, and what it says that it received."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from lingqu.clock import china_day
from lingqu.contracts.envelope import uuid7
from lingqu.instants import milliseconds
from lingqu.simulation import Scene
from lingqu_medical.period import months_before, period_at
from lingqu_medical.simulation.profile import Profile
from lingqu_medical.simulation.story import Event, Story, drawn

_LEAST_FEN, _MOST_FEN = 100_000, 90_000_000
_ON_ITS_WAY = timedelta(days=2)


def remittances(profile: Profile, scene: Scene) -> Iterator[Event]:
    """Yield what a scene's province pays and is paid without end; a repeat is the same event.

    Three of four payments clear a month, the fourth is a prepayment. What others sent is theirs to
    tell; here it is acknowledged.
    """
    story = Story(profile, scene)
    for number in count():
        at = story.told_at(number, "medical.remittance")
        event = story.event(_said(story, number, at), at)
        yield event
        if story.chance(number, "repeated remittance").random() < profile.chances.repeat:
            yield dict(event)


def _said(story: Story, number: int, at: datetime) -> Event:
    chance, region = story.chance(number, "remittance"), story.scene.region
    other, clears, sends = chance.choice(story.others), number % 4 != 0, number % 2 == 0
    paid_at = at if sends else at - _ON_ITS_WAY
    payer, payee = (region, other) if sends else (other, region)
    return {
        "origin": region,
        "remittance_id": f"P{story.name(number)}",
        "step": "sent" if sends else "received",
        "refers_to": None if sends else uuid7(paid_at),
        "kind": "clearing" if clears else "prepayment",
        "payer_region": payer,
        "payee_region": payee,
        "insutype": drawn(chance, story.profile.funds).insutype,
        "period": months_before(period_at(milliseconds(paid_at)), 1) if clears else None,
        "amount_fen": chance.randint(_LEAST_FEN, _MOST_FEN),
        "voucher_no": f"示例拨付-{number:06}",
        "paid_on": china_day(paid_at).isoformat(),
        "received_on": None if sends else china_day(at).isoformat(),
    }
