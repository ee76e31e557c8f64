"""One registry a kind of database for the whole run; tests stand beside each other by names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.postgres import fresh_database
from tests.support.registry import Api, running_registry


@pytest.fixture(scope="session")
def no_contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("no-contracts")


@pytest.fixture(scope="session")
def sqlite_registry(tmp_path_factory: pytest.TempPathFactory, no_contracts: Path) -> Iterator[str]:
    url = f"sqlite:///{tmp_path_factory.mktemp('registry') / 'registry.sqlite'}"
    with running_registry(url, no_contracts) as address:
        yield address


@pytest.fixture(scope="session")
def postgres_registry(postgres_server: str, no_contracts: Path) -> Iterator[str]:
    with (
        fresh_database(postgres_server) as url,
        running_registry(url, no_contracts) as address,
    ):
        yield address


@pytest.fixture(params=["sqlite", "postgres"])
def api(request: pytest.FixtureRequest, unique: str) -> Iterator[Api]:
    """Call the shared registry of each kind of database under names of one's own."""
    address: str = request.getfixturevalue(f"{request.param}_registry")
    api = Api(address, unique)
    yield api
    api.http.close()


@pytest.fixture
def sqlite_api(sqlite_registry: str, unique: str) -> Iterator[Api]:
    api = Api(sqlite_registry, unique)
    yield api
    api.http.close()


@pytest.fixture
def own(database_url: str, no_contracts: Path) -> Iterator[Api]:
    """Call a registry of one's own, where settings of all may be changed."""
    with running_registry(database_url, no_contracts) as address:
        api = Api(address)
        yield api
        api.http.close()
