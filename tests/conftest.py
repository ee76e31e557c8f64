"""What every test may ask for: a broker, databases, a clock, a unique name."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

sys.path.insert(0, str(Path(__file__).parents[1]))  # for `tests.support`, in every xdist worker too

from tests.support.broker import SharedBroker
from tests.support.clock import FakeClock
from tests.support.postgres import fresh_database
from tests.support.shared import shared_server, stop_shared_servers

from lingqu.kafka.settings import KafkaSettings

# No test is about speed: on a busy machine an example may take as long as it needs.
settings.register_profile("lingqu", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("lingqu")


class LoadHubScheduling(LoadFileScheduling):  # type: ignore[misc]
    """Lets one worker have all tests of a file, and all files of a folder that shares a hub."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        folder = file.rpartition("/")[0]
        return folder if (self.config.rootpath / folder / "__init__.py").exists() else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadHubScheduling | None:
    return LoadHubScheduling(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def broker(pytestconfig: pytest.Config) -> SharedBroker:
    return SharedBroker(shared_server("broker", pytestconfig)["bootstrap"])


@pytest.fixture
def kafka(broker: SharedBroker) -> KafkaSettings:
    return broker.settings


@pytest.fixture
def unique() -> str:
    """Return a short text that no other test has, for topics, groups and ids."""
    return f"t{uuid.uuid4().hex[:10]}"


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> str:
    return shared_server("postgres", pytestconfig)["url"]


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    with fresh_database(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'test.sqlite'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Run the test once on each kind of database."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def pytest_unconfigure(config: pytest.Config) -> None:
    stop_shared_servers(config)
