"""Every installed connector, through the one suite, with a real target."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count, islice
from pathlib import Path

import fastavro
import pytest
from tests.support.listing import Listing
from tests.support.partner import SECRET, HttpPartner
from tests.support.sftp import SftpServer, sftp_server
from tests.support.tables import ask, tell
from tests.support.topics import TopicReader

from lingqu.connect.conformance import checks
from lingqu.connect.plugins import names
from lingqu.connect.samples import REGION, sample_rows
from lingqu.connect.subject import Check, Subject
from lingqu.kafka.settings import KafkaSettings

pytestmark = pytest.mark.integration

NOBODY = "127.0.0.1:1"
NOWHERE = {"sqlite": "sqlite:////nowhere/x.sqlite", "postgres": f"postgresql://u@{NOBODY}/x"}


def read_folder(folder: Path, topic: str) -> list[int]:
    found: list[int] = []
    for manifest in sorted(folder.glob(f"{topic}-*.manifest.json")):
        with manifest.with_name(manifest.name.removesuffix(".manifest.json")).open("rb") as file:
            found += [event["lq_seq"] for event in fastavro.reader(file)]
    return found


def kafka_sink(request: pytest.FixtureRequest, unique: str) -> Subject:
    kafka: KafkaSettings = request.getfixturevalue("kafka")
    options = {"registry_url": "http://127.0.0.1:1", "bootstrap_servers": kafka.bootstrap_servers}
    return Subject(
        name="kafka-sink",
        options=options,
        away={**options, "bootstrap_servers": NOBODY},
        delivered=lambda topic: TopicReader(kafka, f"{topic}.from.{REGION}").sequences(),
        feed=unique,
    )


def kafka_source(_request: pytest.FixtureRequest, unique: str) -> Subject:
    return Subject("kafka-source", {}, {"bootstrap_servers": NOBODY}, lambda _topic: [], unique)


def file_sink(request: pytest.FixtureRequest, unique: str) -> Subject:
    folder: Path = request.getfixturevalue("tmp_path")
    return Subject(
        name="file-sink",
        options={"folder": str(folder)},
        away={"folder": str(folder / "not-mounted")},
        delivered=lambda topic: read_folder(folder, topic),
        feed=unique,
    )


def sftp_sink(request: pytest.FixtureRequest, unique: str) -> Subject:
    server: SftpServer = request.getfixturevalue("sftp")
    folder: Path = request.getfixturevalue("tmp_path")
    return Subject(
        name="sftp-sink",
        options=server.options(folder),
        away=server.options(folder / "no-such-folder"),
        delivered=lambda topic: read_folder(folder, topic),
        feed=unique,
        secrets=server.secrets,
    )


def http_sink(request: pytest.FixtureRequest, unique: str) -> Subject:
    partner: HttpPartner = request.getfixturevalue("partner")
    options = {"url": partner.url, "secret": "partner-key"}
    return Subject(
        name="http-sink",
        options=options,
        away={**options, "url": f"http://{NOBODY}/"},
        delivered=lambda _topic: [event["lqseq"] for event in partner.taken.values()],
        feed=unique,
        secrets={"partner-key": SECRET},
    )


@pytest.fixture
def partner() -> Iterator[HttpPartner]:
    with HttpPartner().serving() as serving:
        yield serving


def database_sink(kind: str) -> Callable[[pytest.FixtureRequest, str], Subject]:
    """Return the subject on one kind of database, which keeps every event."""

    def subject(request: pytest.FixtureRequest, unique: str) -> Subject:
        url: str = request.getfixturevalue(f"{kind}_url")
        options = {"url": url, "table": unique, "mode": "append"}
        return Subject(
            name="database-sink",
            options=options,
            away={**options, "url": NOWHERE[kind]},
            delivered=lambda _topic: [
                row["lq_seq"] for row in ask(url, f'SELECT lq_seq FROM "{unique}" ORDER BY lq_seq')
            ],
            feed=unique,
        )

    return subject


@pytest.fixture(scope="module")
def sftp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    with sftp_server(tmp_path_factory.mktemp("server")) as serving:
        yield serving


def sftp_source(request: pytest.FixtureRequest, unique: str) -> Subject:
    server: SftpServer = request.getfixturevalue("sftp")
    local = file_source(request, unique)
    folder = Path(local.options["folder"])
    return replace(
        local,
        name="sftp-source",
        options=server.options(folder, settle_s=0),
        away=server.options(folder, port=1),
        secrets=server.secrets,
    )


def file_source(request: pytest.FixtureRequest, unique: str) -> Subject:
    folder: Path = request.getfixturevalue("tmp_path")
    offered = count(1)

    def offer(rows: int) -> None:
        number = next(offered)
        lines = [json.dumps(row) for row in sample_rows(number * 1_000, rows)]
        (folder / f"{number:03}.jsonl").write_text("\n".join(lines), "utf-8")

    options = {"folder": str(folder), "settle_s": 0}
    away = {"folder": str(folder / "not-mounted")}
    return Subject("file-source", options, away, feed=unique, offer=offer)


def database_source(kind: str) -> Callable[[pytest.FixtureRequest, str], Subject]:
    """Return the subject on one kind of database, in batches smaller than what is offered."""

    def subject(request: pytest.FixtureRequest, unique: str) -> Subject:
        url: str = request.getfixturevalue(f"{kind}_url")
        tell(url, "CREATE TABLE readings (id INTEGER PRIMARY KEY, meter TEXT, parts TEXT)")
        numbers = count(1)

        def offer(rows: int) -> None:
            for number in islice(numbers, rows):
                tell(url, f"INSERT INTO readings VALUES ({number}, 'M{number}', '[]')")

        options = {"table": "readings", "key": ["id"], "settle_s": 0, "batch": 5}
        away = {**options, "url": NOWHERE[kind]}
        return Subject("database-source", {**options, "url": url}, away, feed=unique, offer=offer)

    return subject


def outbox_source(kind: str) -> Callable[[pytest.FixtureRequest, str], Subject]:
    def subject(request: pytest.FixtureRequest, unique: str) -> Subject:
        url: str = request.getfixturevalue(f"{kind}_url")
        tell(url, "CREATE TABLE outbox (id INTEGER PRIMARY KEY, meter TEXT, parts TEXT)")
        numbers = count(1)

        def offer(rows: int) -> None:
            for number in islice(numbers, rows):
                tell(url, f"INSERT INTO outbox VALUES ({number}, 'M{number}', '[]')")

        options = {"table": "outbox", "batch": 5}
        away = {**options, "url": NOWHERE[kind]}
        wanted = {**options, "url": url}
        return Subject("database-outbox-source", wanted, away, feed=unique, offer=offer)

    return subject


def http_source(request: pytest.FixtureRequest, unique: str) -> Subject:
    """Return the subject on pages smaller than what is offered."""
    listing: Listing = request.getfixturevalue("listing")
    offered = count(1)

    def offer(rows: int) -> None:
        listing.rows += sample_rows(next(offered) * 1_000, rows)

    away = {"url": f"http://{NOBODY}/"}
    return Subject("http-source", {"url": listing.url}, away, feed=unique, offer=offer)


@pytest.fixture
def listing() -> Iterator[Listing]:
    with Listing(page_size=5).serving() as serving:
        yield serving


SUBJECTS: dict[str, Callable[[pytest.FixtureRequest, str], Subject]] = {
    "database-outbox-source": outbox_source("postgres"),
    "database-outbox-source on sqlite": outbox_source("sqlite"),
    "database-sink": database_sink("postgres"),
    "database-sink on sqlite": database_sink("sqlite"),
    "database-source": database_source("postgres"),
    "database-source on sqlite": database_source("sqlite"),
    "file-sink": file_sink,
    "sftp-sink": sftp_sink,
    "sftp-source": sftp_source,
    "file-source": file_source,
    "http-sink": http_sink,
    "http-source": http_source,
    "kafka-sink": kafka_sink,
    "kafka-source": kafka_source,
}


def connector_of(subject: str) -> str:
    return subject.partition(" ")[0]


def test_every_installed_connector_has_a_target_here() -> None:
    assert names() == sorted({*map(connector_of, SUBJECTS)}), (
        "add a Subject for the new connector to SUBJECTS"
    )


@pytest.mark.parametrize(
    ("name", "check"),
    [(name, check) for name in sorted(SUBJECTS) for check in checks(connector_of(name))],
    ids=lambda part: part if isinstance(part, str) else part.__name__,
)
def test_connector_keeps(
    name: str, check: Check, request: pytest.FixtureRequest, unique: str
) -> None:
    check(SUBJECTS[name](request, unique))
