"""A published table dropped into a folder of its own province's hub, by `file-source`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from tests.support.hub import ROOT, TestHub
from tests.support.topics import TopicReader
from tests.support.waiting import wait_until

from lingqu.kafka.settings import KafkaSettings

pytestmark = pytest.mark.e2e

TABLE = ROOT.parent / "shared" / "data" / "water" / "hourly4_2021" / "hunan.csv"
TOPIC = "water.sample.v1"
DISTINCT, REFUSED = 1_897, 29


def agreements(folder: Path) -> str:
    """Return a region file by which an office of the province brings its tables in."""
    options = {"folder": str(folder), "mapping": "cnemc-hourly4", "settle_s": 0.2, "every_s": 0.2}
    wanted = {
        "id": "hourly-tables",
        "title": "每四小时发布表",
        "contract": "water.sample",
        "contract_version": "1.0",
        "provider": {"partner": "stations", "region": "43"},
        "recipient": {"partner": "ecology", "region": "43"},
        "purpose": "p",
        "legal_basis": "l",
        "valid_from": "2021-01-01",
        "valid_until": "2030-12-31",
        "feed": "hourly-tables",
        "view": {"clearance": {"grade": 4, "kinds": ["personal"]}, "fields": "all"},
        "delivery": {"connector": "file-source", "options": options},
    }
    offices = [
        {"id": "stations", "name": "省站", "region": "43"},
        {"id": "ecology", "name": "省厅", "region": "43"},
    ]
    document = {"region": "43", "partners": offices, "agreements": [wanted]}
    return yaml.safe_dump(document, allow_unicode=True)


@dataclass(frozen=True, slots=True)
class Drop:
    """A hub, and the folder it takes tables from."""

    folder: Path
    kafka: KafkaSettings

    def take(self, name: str) -> list[str]:
        """Drop the table under a name; return what is said of it once it is put away."""
        shutil.copy(TABLE, self.folder / f".{name}")
        (self.folder / f".{name}").rename(self.folder / name)
        wait_until((self.folder / "failed" / name).exists, 120)
        errors = self.folder / "failed" / f"{name}.errors.txt"
        return errors.read_text("utf-8-sig").splitlines()

    def event_ids(self) -> list[str]:
        """Return the ids on the topic, sorted: the envelope begins with them."""
        payloads = [bytes(each.value()) for each in TopicReader(self.kafka, TOPIC).read()]
        return sorted(payload[6:42].decode() for payload in payloads)


@pytest.fixture
def drop(tmp_path: Path) -> Iterator[Drop]:
    if not TABLE.exists():
        pytest.skip(f"the published readings are not here: {TABLE.name}")
    hub = TestHub.on_free_ports(tmp_path / "home")
    folder = tmp_path / "in"
    folder.mkdir()
    terms = tmp_path / "agreements.yaml"
    terms.write_text(agreements(folder), "utf-8")
    try:
        started = hub.up("--region", "43", "--only", "api,worker")
        assert started.returncode == 0, started.stdout + started.stderr
        applied = hub.lingqu("agreement", "apply", str(terms))
        assert applied.returncode == 0, applied.stderr
        yield Drop(folder, KafkaSettings(bootstrap_servers=hub.status()["kafka"]))
    finally:
        hub.lingqu("down")


def test_a_published_table_comes_in_once_whatever_it_is_called(drop: Drop) -> None:
    said = drop.take("hunan.csv")
    assert said[0].endswith(f", {REFUSED} refused")
    assert len(said) == 1 + REFUSED
    found = drop.event_ids()
    assert (len(found), len(set(found))) == (DISTINCT, DISTINCT)
    drop.take("hunan-again.csv")
    assert drop.event_ids() == found
