from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from tests.support.builders import contract_folder
from tests.support.clock import FakeClock

from lingqu.admission import EncodedRow
from lingqu.contracts.loader import load_catalogue
from lingqu.metrics import Metrics
from lingqu.service.database import make_engine, migrate, session_factory
from lingqu.service.idempotency import Answer, once
from lingqu_gateway.accepted import remember
from lingqu_gateway.metrics import FORGOTTEN
from lingqu_gateway.upkeep import Upkeep

pytestmark = pytest.mark.integration

TOPIC = "demo.reading.v1"


def offer(session: Session, clock: FakeClock) -> int:
    """Offer one event and return how many of it are new."""
    row = EncodedRow(0, "0197b1de-7c00-7000-8000-000000000001", "key", b"payload", b"digest")
    return len(remember(session, TOPIC, [row], int(clock.now().timestamp() * 1000)).fresh)


def test_ids_are_kept_as_long_as_the_topic_keeps_events_and_answers_for_a_day(
    database_url: str, tmp_path: Path, clock: FakeClock
) -> None:
    engine = make_engine(database_url)
    migrate(engine, "lingqu_gateway.migrations")
    sessions, metrics = session_factory(engine), Metrics()
    catalogue = load_catalogue(contract_folder(tmp_path, retention_days=90))
    upkeep = Upkeep(sessions, catalogue, clock, metrics)
    with sessions.begin() as session:
        assert offer(session, clock) == 1
        once(session, "scope", "key", b"", clock.now(), lambda: Answer(202, b"{}"))
    clock.advance(timedelta(days=89).total_seconds())
    upkeep.round()
    with sessions.begin() as session:
        assert offer(session, clock) == 0
    clock.advance(timedelta(days=2).total_seconds())
    upkeep.round()
    with sessions.begin() as session:
        assert offer(session, clock) == 1
    assert metrics.value(FORGOTTEN, what="answer") == 1
    assert metrics.value(FORGOTTEN, what="event_id") == 1
    engine.dispose()
