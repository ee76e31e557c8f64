"""One registry a kind of database for the whole run; tests stand beside each other by names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tests.support.postgres import fresh_database
from tests.support.registry import Api, calling, running_registry

from lingqu.clock import SystemClock
from lingqu.metrics import Metrics
from lingqu.service.database import make_engine, migrate
from lingqu_registry.registration import Registration
from lingqu_registry.store.store import Store


@pytest.fixture(scope="session")
def no_contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("no-contracts")


@pytest.fixture(scope="session")
def sqlite_registry(
    tmp_path_factory: pytest.TempPathFactory, no_contracts: Path
) -> Iterator[httpx2.Client]:
    url = f"sqlite:///{tmp_path_factory.mktemp('registry') / 'registry.sqlite'}"
    with running_registry(url, no_contracts) as address, calling(address) as http:
        yield http


@pytest.fixture(scope="session")
def postgres_registry(postgres_server: str, no_contracts: Path) -> Iterator[httpx2.Client]:
    with (
        fresh_database(postgres_server) as url,
        running_registry(url, no_contracts) as address,
        calling(address) as http,
    ):
        yield http


@pytest.fixture(params=["sqlite", "postgres"])
def api(request: pytest.FixtureRequest, unique: str) -> Api:
    """Call the shared registry of each kind of database under names of one's own."""
    return Api(request.getfixturevalue(f"{request.param}_registry"), unique)


@pytest.fixture
def sqlite_api(sqlite_registry: httpx2.Client, unique: str) -> Api:
    return Api(sqlite_registry, unique)


@pytest.fixture
def own(database_url: str, no_contracts: Path) -> Iterator[Api]:
    """Call a registry of one's own, where settings of all may be changed."""
    with running_registry(database_url, no_contracts) as address, calling(address) as http:
        yield Api(http)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    engine = make_engine(database_url)
    migrate(engine, "lingqu_registry.migrations")
    yield Store(engine, SystemClock())
    engine.dispose()


@pytest.fixture
def registration(store: Store) -> Iterator[Registration]:
    found = Registration(store, "BACKWARD", 40901, Metrics())
    yield found
    found.close()
