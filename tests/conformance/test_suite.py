"""The suite itself: it finds a stranger's connector by entry point, and what that does wrong."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lingqu.connect.conformance import checks
from lingqu.connect.plugins import names
from lingqu.connect.subject import ConformanceError, Subject

CARELESS = """
from lingqu.connect.api import Delivered, Options, SinkTask

WRITTEN = []

class CarelessOptions(Options):
    model_config = {"extra": "ignore"}
    address: str = "anywhere"

class CarelessSink(SinkTask):
    '''Writes what it is given, whatever happens.'''
    options_model = CarelessOptions

    def start(self, context):
        return None

    def put(self, batch, progress):
        WRITTEN.extend(batch.sequences)
        return Delivered()

    def stop(self):
        pass
"""


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Subject]:
    """Install a distribution of another house, as pip would leave it."""
    package, metadata = tmp_path / "acme_careless", tmp_path / "acme_careless-1.0.dist-info"
    package.mkdir()
    metadata.mkdir()
    (package / "__init__.py").write_text("")
    (package / "sink.py").write_text(CARELESS)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-careless\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[lingqu.connectors]\nacme-careless = acme_careless.sink:CarelessSink\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    written: list[int] = importlib.import_module("acme_careless.sink").WRITTEN
    yield Subject("acme-careless", {}, {}, lambda _topic: written, "feed")
    for name in ("acme_careless", "acme_careless.sink"):
        del sys.modules[name]


def test_a_connector_of_another_house_is_found(stranger: Subject) -> None:
    assert stranger.name in names()


def test_every_broken_promise_of_a_careless_connector_is_told(stranger: Subject) -> None:
    written = stranger.delivered("")
    assert isinstance(written, list)
    broken = set()
    for check in checks(stranger.name):
        written.clear()
        try:
            check(stranger)
        except ConformanceError:
            broken.add(check.__name__)
    assert broken == {
        "docstring_states_the_guarantee",
        "readme_describes_every_option",
        "unknown_option_is_refused",
        "next_task_goes_on_where_one_died",
        "nothing_leaves_when_the_agreement_says_no",
        "outage_is_retriable",
    }
