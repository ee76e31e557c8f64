from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session
from tests.support.credit_hubs import Agreements, credit_agreements

from lingqu.admission import RegionScope
from lingqu.agreements.state import PartyState
from lingqu.errors import UnavailableError
from lingqu.instants import days
from lingqu_credit.recipients import Recipients
from lingqu_credit.tables import SANCTION

RECORD = {"record_id": "43-SX-1", "decided_on": days(date(2026, 6, 2))}
TOPIC = "credit.dishonesty.v1"
BEFORE_MS = (RECORD["decided_on"] - 1) * 86_400_000  # type: ignore[operator]


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    SANCTION.create(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def agreed(*agreements: Any) -> tuple[Agreements, Recipients]:
    table = Agreements("43", [])
    table.states = {f"{place}": each.encode() for place, each in enumerate(agreements)}
    return table, Recipients(table, RegionScope.of_hub("43"), "43")


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        ({}, ["44", "52"]),
        ({"paused": True}, ["44", "52"]),
        ({"state": "suspended"}, ["44", "52"]),
        ({"state": "revoked"}, ["44", "52"]),
        ({"state": "expired"}, ["44", "52"]),
        ({"state": "expired", "valid_until_ms": BEFORE_MS}, []),
        ({"state": "countersigned"}, []),
        ({"state": "refused"}, []),
        ({"provider": PartyState("credit-36", "36")}, []),
        ({"provider": PartyState("credit-4301", "4301")}, ["44", "52"]),
        ({"recipient": PartyState("own-office", "43")}, []),
    ],
)
def test_who_received_a_record_is_told_by_agreements(
    session: Session, terms: dict[str, Any], found: list[str]
) -> None:
    listings = [
        each
        for partner in ("44", "52")
        for each in credit_agreements("43", partner, **terms)
        if each.topic == TOPIC
    ]
    assert agreed(*listings)[1].of(session, TOPIC, RECORD) == found
    assert agreed(*listings)[1].of(session, "credit.penalty.v1", RECORD) == []


def test_who_fed_a_use_back_has_the_record_without_any_agreement(session: Session) -> None:
    use = {"sanction_id": "36-FK-1", "record_id": RECORD["record_id"], "record_origin": "43"}
    envelope = {"origin": "36", "event_id": "x", "change": "first", "occurred_at_ms": 1}
    columns = SANCTION.c
    kept = {**use, **envelope, "digest": b"", "content": b"", "document": "{}"}
    session.execute(insert(SANCTION), [{n: v for n, v in kept.items() if n in columns}])
    assert agreed()[1].of(session, TOPIC, RECORD) == ["36"]


def test_nobody_is_left_out_because_the_agreements_are_not_seen_or_not_understood(
    session: Session,
) -> None:
    table, recipients = agreed(*credit_agreements("43", "44"))
    table.seen = False
    with pytest.raises(UnavailableError, match="is Kafka up"):
        recipients.of(session, TOPIC, RECORD)
    table.seen = True
    table.states["new"] = b'{"agreement": "x"}'
    with pytest.raises(UnavailableError, match="different versions"):
        recipients.of(session, TOPIC, RECORD)
