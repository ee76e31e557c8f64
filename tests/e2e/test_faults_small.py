"""A small seeded fault run: one kill of each kind under load, and every event counted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from tests.faults.plan import Scale, plan_round
from tests.faults.rig import ROOT, Rig, running
from tests.faults.trial import Outcome, Trial, cast

from lingqu.service.database import make_engine

pytestmark = pytest.mark.e2e

SEED, EVENTS, SPREAD_S = 7, 5_000, 6.0


@dataclass(frozen=True)
class Played:
    """The rig after the round, still up, and what the checker said."""

    rig: Rig
    outcome: Outcome
    spec: Path

    def check_again(self) -> dict[str, Any]:
        command = [sys.executable, "-m", "tests.faults.checker", str(self.spec)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=60)
        assert done.returncode == 1
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    home = tmp_path_factory.mktemp("faults")
    with running(home, "postgres") as rig:
        engine = make_engine(rig.database)
        troupes = cast(rig)
        troupes["worker"].current.start()
        troupes["relay"].current.start()
        plan = plan_round(SEED, 1, Scale(SPREAD_S, most=1, zombies=False))
        trial = Trial(rig, engine, troupes, plan, (EVENTS, plan.end_s), SEED, print)
        outcome = trial.play()
        rig.kill_all()
        engine.dispose()
        yield Played(rig, outcome, home / "ledger-r001.json")


def test_every_event_arrives_once_and_in_order_through_kills_of_each_kind(played: Played) -> None:
    outcome = played.outcome

    assert outcome.kills == {"worker": 1, "relay": 1, "target": 1}
    assert outcome.clean, (outcome.trouble, outcome.verdicts)
    assert outcome.verdicts["outbox"]["found"] == EVENTS


def test_the_checker_finds_a_record_that_is_there_twice(played: Played) -> None:
    target = json.loads(played.spec.read_text("utf-8"))["target"]
    reader = Consumer({"bootstrap.servers": target["bootstrap"], "group.id": "repeats"})
    reader.assign([TopicPartition(target["name"], 0, 0)])
    [message] = reader.consume(1, 20)
    reader.close()

    writer = Producer({"bootstrap.servers": target["bootstrap"]})
    where = {"key": message.key(), "headers": message.headers(), "partition": 0}
    writer.produce(target["name"], message.value(), **where)
    writer.flush(20)

    assert played.check_again()["mirror"]["doubled"] == 1


def test_the_checker_misses_the_events_of_a_file_that_is_gone(played: Played) -> None:
    folder = Path(json.loads(played.spec.read_text("utf-8"))["folder"])
    manifest = min(folder.glob("*.manifest.json"))
    events = json.loads(manifest.read_text("utf-8"))["events"]

    manifest.unlink()

    assert played.check_again()["drop"]["lost"] == events
