"""The desks of two provinces, without the service around them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.medical import Desks, desks


@pytest.fixture
def hunan(tmp_path: Path, sqlite_url: str) -> Iterator[Desks]:
    with desks(tmp_path, sqlite_url, "43") as found:
        yield found


@pytest.fixture
def guangdong(tmp_path: Path, postgres_url: str) -> Iterator[Desks]:
    with desks(tmp_path, postgres_url, "44") as found:
        yield found
