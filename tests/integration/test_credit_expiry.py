"""Records end by themselves on their last day, in every region that has them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.support.clock import FakeClock
from tests.support.credit import code
from tests.support.credit_hubs import Hub, credit_hubs

from lingqu.instants import days
from lingqu_credit.endpoints.examples import example_of
from lingqu_credit.measures.restrictions import restrictions
from lingqu_credit.metrics import ENDED
from lingqu_credit.records.expiry import Expiry, as_of

pytestmark = pytest.mark.integration

START = datetime(2026, 6, 3, 2, 0, tzinfo=UTC)
TODAY = days(START.date())
USCC = code(7)
DAY_S = 86_400


def stated(hub: Hub) -> None:
    """State a penalty that is published for 10 days, with a measure that nobody limited."""
    (measure,) = example_of("dishonesty")["measures"]
    told = example_of("penalty") | {
        "uscc": USCC,
        "decided_on": TODAY,
        "publish_until": TODAY + 9,
        "measures": [{**measure, "from": TODAY, "until": None}],
    }
    declared = hub.parts.records["penalty"].declare([told])
    assert not declared.refused, declared.refused


def expire(hub: Hub) -> None:
    ground = hub.parts.ground
    Expiry(ground.writing, hub.parts.records, hub.region, ground.metrics).round()


def standing(hub: Hub) -> dict[str, Any]:
    records = hub.parts.records["penalty"]
    with hub.reading() as session:
        (found,) = records.shelf.all(session)
    return found


def measures_on(hub: Hub, day: int) -> int:
    with hub.reading() as session:
        return len(restrictions(session, USCC, day)["restrictions"])


def test_a_record_expires_by_itself_and_everybody_is_told(tmp_path: Path) -> None:
    clock = FakeClock(START)
    with credit_hubs(tmp_path, clock, "43", "44") as (hunan, guangdong):
        stated(hunan)
        guangdong.receive(hunan.posted())
        clock.advance(9 * DAY_S)
        expire(hunan)
        assert hunan.posted() == []
        assert measures_on(hunan, TODAY + 9) == measures_on(guangdong, TODAY + 9) == 1

        clock.advance(DAY_S)
        assert measures_on(hunan, TODAY + 10) == measures_on(guangdong, TODAY + 10) == 0
        (theirs,) = [as_of(standing(guangdong), "max_until", TODAY + 10)]
        assert (theirs["state"], theirs["measures"]) == ("expired", [])
        expire(guangdong)
        assert guangdong.posted() == []
        expire(hunan)
        expire(hunan)
        (letter,) = hunan.posted()
        assert (letter.event["change"], letter.event["state"]) == ("revision", "expired")
        assert (letter.event["end_reason"], letter.event["measures"]) == ("expired", [])
        guangdong.receive([letter])
        for hub in (hunan, guangdong):
            assert standing(hub)["state"] == "expired"
        assert hunan.parts.ground.metrics.value(ENDED, kind="penalty") == 1


def test_a_licence_ends_with_its_validity(tmp_path: Path) -> None:
    clock = FakeClock(START)
    with credit_hubs(tmp_path, clock, "43") as (hunan,):
        told = example_of("licence") | {"decided_on": TODAY - 9, "valid_until": TODAY - 1}
        assert not hunan.parts.records["licence"].declare([told]).refused
        expire(hunan)
        assert [each.event["state"] for each in hunan.posted()] == ["effective", "expired"]
