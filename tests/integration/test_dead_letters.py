"""Dead letters as an operator searches them: over a real topic, by control and by command."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.support.clock import FakeClock
from tests.support.desk_hub import Run, command_line
from tests.unit.lingqu_control.desks import agreement, apply, desk, document

from lingqu.agreements.state import dead_letter_context
from lingqu.errors import Reason, ReasonCode
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.settings import KafkaSettings
from lingqu.kafka.topics import Topics, internal_topics
from lingqu.metrics import Metrics
from lingqu.service.app import make_app
from lingqu_cli import dlt
from lingqu_control.endpoints import dead_letters
from lingqu_worker.dead_letters import DeadLetters, Letter

pytestmark = pytest.mark.integration


@dataclass
class Place:
    """A feed with dead letters of its own on the shared topic."""

    feed: str
    http: TestClient
    lingqu: Run
    clock: FakeClock
    kafka: KafkaSettings
    sealing_key: bytes

    def write(self, offset: int, key: str, code: ReasonCode = "rejected", attempt: int = 1) -> None:
        """Write a letter as a worker does, an hour after the one before."""
        self.clock.advance(timedelta(hours=1).total_seconds())
        letters = DeadLetters(
            self.feed, "reading-to-south", "south", self.sealing_key, self.clock, attempt
        )
        reason = Reason(code, "the partner refused it")
        letter = Letter("demo.reading.v1", 0, offset, offset + 1, key.encode(), b"secret", reason)
        producer = BulkProducer(self.kafka)
        letters.write(producer, [letter], Metrics())
        producer.close()

    def offsets(self, **asked: str) -> list[int]:
        answer = self.http.get("/v1/dead-letters", params={"feed": self.feed, **asked})
        assert answer.status_code == 200, answer.text
        return [letter["offset"] for letter in answer.json()["items"]]


@pytest.fixture
def place(
    tmp_path: Path, kafka: KafkaSettings, unique: str, monkeypatch: pytest.MonkeyPatch
) -> Place:
    with Topics(kafka) as topics:
        topics.ensure(internal_topics())
    one = desk(tmp_path, url=f"sqlite:///{tmp_path}/control.sqlite")
    apply(one, document(agreement(feed=unique)))
    app = make_app("control", metrics=Metrics(), ready=list)
    app.include_router(dead_letters.router(one, kafka))
    with one.reading() as records:
        wrapped = records.feed(unique).dead_letter_key
    key = one.hub.key.open(wrapped, dead_letter_context("reading-to-south"))
    run = command_line(app, dlt.app, [dlt], monkeypatch)
    return Place(unique, TestClient(app), run, FakeClock(), kafka, key)


def test_letters_are_found_by_time_reason_key_and_partner(place: Place) -> None:
    began = place.clock.now()
    place.write(0, "A")
    place.write(1, "B", "undecodable")
    place.write(2, "A")
    middle = (began + timedelta(hours=2)).isoformat()

    assert place.offsets() == [0, 1, 2]
    assert place.offsets(reason="undecodable") == [1]
    assert place.offsets(key="A") == [0, 2]
    assert place.offsets(partner="south", **{"from": middle}) == [1, 2]
    assert place.offsets(to=middle) == [0]
    assert place.offsets(partner="north") == []


def test_letters_come_in_pages_and_one_by_its_id(place: Place) -> None:
    for offset in range(3):
        place.write(offset, "A")
    asked = {"feed": place.feed, "limit": "2"}
    first = place.http.get("/v1/dead-letters", params=asked).json()
    rest = place.http.get("/v1/dead-letters", params={**asked, "cursor": first["next"]}).json()

    assert [one["offset"] for one in (*first["items"], *rest["items"])] == [0, 1, 2]
    assert rest["next"] is None
    shown = place.http.get(f"/v1/dead-letters/{first['items'][0]['id']}").json()
    assert (shown["sequence"], shown["body_bytes"]) == (1, 6)
    assert "secret" not in json.dumps(first)


def test_the_deliveries_of_an_event_that_failed_are_counted(place: Place) -> None:
    for attempt in range(1, 6):
        place.write(7, "A", attempt=attempt)
    place.write(8, "A")

    (*tried, other) = json.loads(place.lingqu("list", "--feed", place.feed, "--json"))
    assert {(one["tries"], one["quarantined"]) for one in tried} == {(5, True)}
    assert (other["tries"], other["quarantined"]) == (1, False)


def test_commands_say_what_there_is_and_what_is_wrong(place: Place) -> None:
    assert "no dead letters are as asked for" in place.lingqu("list", "--feed", place.feed)
    place.write(3, "A")
    listed = place.lingqu("list", "--feed", place.feed, "--since", "36500d")
    letter = f"{place.feed}|demo.reading.v1|0|3|1"
    assert letter in listed
    assert "the partner refused it" in listed
    assert "rejected" in place.lingqu("show", letter)
    assert "no dead letter has the id 'x'" in place.lingqu("show", "x")
    assert "name the feed as well" in place.lingqu("list", "--key", "A")
    assert "'yesterday' is no time" in place.lingqu("list", "--since", "yesterday")
    assert "no feed named 'y'" in place.lingqu("list", "--feed", "y", "--key", "A")
