"""The hub that `make run` leaves behind, once for all tests of this folder, in their order."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.demo import Told, told_of, up_for_a_while
from tests.support.hub import ROOT, TestHub
from tests.support.reader import Reader


@pytest.fixture(scope="package")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Reader, str]]:
    """Type the README's first command; return who did, and what it printed."""
    folder = tmp_path_factory.mktemp("reader")
    schemas = Path(shutil.copytree(ROOT / "schemas", folder / "schemas"))
    hub = TestHub.on_free_ports(folder / "home", schemas)
    reader = Reader(hub, folder)
    try:
        yield reader, reader.type("make run")
    finally:
        hub.lingqu("down")


@pytest.fixture(scope="package")
def hub(run: tuple[Reader, str]) -> TestHub:
    return run[0].hub


@pytest.fixture(scope="package")
def told(run: tuple[Reader, str]) -> dict[str, Told]:
    """Return the rows of the demo's table by their feeds."""
    reader, printed = run
    listed = json.loads(reader.hub.lingqu("feed", "list", "--json").stdout)
    return told_of(printed, {one["id"]: one["topic"] for one in listed})


@pytest.fixture(scope="package")
def partner(hub: TestHub) -> Iterator[TestHub]:
    """Start the partner's hub again, where and on which ports the demo had it."""
    beside = TestHub(hub.home / "demo" / "44", hub.port_offset + 200)
    with up_for_a_while(beside, "--region", "44", "--only", "api,worker"):
        yield beside
