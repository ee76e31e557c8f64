from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from starlette.testclient import TestClient

from lingqu.errors import ConfigurationError, UnavailableError
from lingqu.metrics import Metrics
from lingqu.service.app import make_app
from lingqu.service.database import (
    database_errors,
    database_missing,
    make_engine,
    migrate,
    session_factory,
)
from lingqu.service.database_problems import answer_database_errors

pytestmark = pytest.mark.integration

REVISIONS = {
    "r0001_basin.py": 'revision = "0001"\ndown_revision = None\n\n\ndef upgrade():\n'
    '    op.execute("CREATE TABLE basin (name TEXT NOT NULL)")\n',
    "r0002_more.py": 'revision = "0002"\ndown_revision = "0001"\n\n\ndef upgrade():\n'
    "    op.execute(\"INSERT INTO basin VALUES ('upper')\")\n",
}
MIGRATE = "import sys; from lingqu.service.database import make_engine, migrate; "
MIGRATE += "engine = make_engine(sys.argv[1]); migrate(engine, 'lingqu_trial.migrations')"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    versions = tmp_path / "lingqu_trial" / "migrations" / "versions"
    versions.mkdir(parents=True)
    for package in (versions.parent.parent, versions.parent):
        (package / "__init__.py").touch()
    for name, body in REVISIONS.items():
        (versions / name).write_text(f"from alembic import op\n\n{body}")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield versions
    for name in [name for name in sys.modules if name.startswith("lingqu_trial")]:
        del sys.modules[name]


def names(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT name FROM basin ORDER BY name")))


def make_basin(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE basin (name TEXT NOT NULL)"))


def test_migrations_run_once_however_often_they_are_asked_for(
    engine: Engine, migrations: Path
) -> None:
    assert migrations.exists()
    migrate(engine, "lingqu_trial.migrations")
    migrate(engine, "lingqu_trial.migrations")

    assert names(engine) == ["upper"]
    with engine.connect() as connection:
        version = connection.scalar(text("SELECT version_num FROM alembic_version_trial"))
    assert version == "0002"


def test_processes_that_start_at_once_migrate_once(
    engine: Engine, database_url: str, migrations: Path
) -> None:
    assert migrations.exists()
    command = [sys.executable, "-c", MIGRATE, database_url]
    started = [subprocess.Popen(command) for _ in range(4)]

    assert [process.wait(60) for process in started] == [0, 0, 0, 0]
    assert names(engine) == ["upper"]


def test_a_migration_that_fails_leaves_nothing_half_done(engine: Engine, migrations: Path) -> None:
    (migrations / "r0002_more.py").write_text(
        'from alembic import op\nrevision = "0002"\ndown_revision = "0001"\n\n\ndef upgrade():\n'
        '    op.execute("INSERT INTO nowhere VALUES (1)")\n'
    )
    with pytest.raises((OperationalError, ProgrammingError), match="nowhere"):
        migrate(engine, "lingqu_trial.migrations")
    with pytest.raises((OperationalError, ProgrammingError), match="basin"):
        names(engine)


def test_a_package_without_migrations_is_named(engine: Engine) -> None:
    with pytest.raises(ConfigurationError, match=r"lingqu\.nothing"):
        migrate(engine, "lingqu.nothing")


def test_writers_at_once_all_get_their_turn(engine: Engine) -> None:
    make_basin(engine)
    factory = session_factory(engine)

    def write(name: str) -> None:
        for number in range(20):
            with factory.begin() as session:
                count = session.scalar(text("SELECT count(*) FROM basin"))
                session.execute(
                    text("INSERT INTO basin VALUES (:name)"), {"name": f"{name}{number}{count}"}
                )

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(names(engine)) == 80


def test_a_reader_does_not_wait_for_a_writer(engine: Engine) -> None:
    make_basin(engine)
    with session_factory(engine).begin() as writer:
        writer.execute(text("INSERT INTO basin VALUES ('lower')"))
        with session_factory(engine, read_only=True)() as reader:
            assert reader.scalar(text("SELECT count(*) FROM basin")) == 0


def test_a_commit_on_sqlite_is_on_the_disk_before_it_returns(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert connection.scalar(text("PRAGMA busy_timeout")) == 5000
    engine.dispose()


def full_disk(engine: Engine) -> FastAPI:
    """Serve an endpoint that writes where SQLite finds no more room."""
    app = make_app("trial", metrics=Metrics(), ready=list)
    answer_database_errors(app)

    @app.post("/v1/basins")
    def post() -> None:
        with session_factory(engine).begin() as session:
            session.execute(text("INSERT INTO basin VALUES ('first')"))
            pages = session.scalar(text("PRAGMA page_count"))
            session.execute(text(f"PRAGMA max_page_count = {pages}"))
            session.execute(text("INSERT INTO basin VALUES (hex(randomblob(100000)))"))

    return app


def test_a_full_disk_is_a_503_and_nothing_is_half_written(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    make_basin(engine)
    answer = TestClient(full_disk(engine)).post("/v1/basins")

    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("the database is unavailable: the disk is full")
    assert answer.headers["retry-after"] == "5"
    assert names(engine) == []
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", "no PostgreSQL server answers"),
        ("sqlite:////proc/none/x.sqlite", "/proc/none cannot be made"),
    ],
)
def test_no_database_is_a_sentence_with_the_cause(url: str, cause: str) -> None:
    engine = make_engine(url)
    with pytest.raises(UnavailableError, match=cause), database_errors():
        engine.connect()
    assert cause in database_missing(engine)[0]
    engine.dispose()


def test_a_database_that_answers_is_not_missing(engine: Engine) -> None:
    assert database_missing(engine) == []


def test_a_wrong_statement_is_a_fault_of_ours_and_not_the_database_s(engine: Engine) -> None:
    with pytest.raises((OperationalError, ProgrammingError)), database_errors():
        names(engine)


@pytest.mark.parametrize("url", ["mysql://u:hunter2@h/d", "hunter2", "postgresql:/hunter2"])
def test_an_address_of_no_database_we_know_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        make_engine(url)
    assert "hunter2" not in str(refused.value)


def test_values_never_stand_in_a_database_error(engine: Engine) -> None:
    with pytest.raises((OperationalError, ProgrammingError)) as failed, engine.begin() as made:
        made.execute(text("INSERT INTO nowhere VALUES (:name)"), {"name": "Zhang San"})
    assert "Zhang San" not in str(failed.value)
