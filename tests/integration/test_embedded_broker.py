"""Our own broker, started as a hub starts it."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest
from tests.support.broker import small_broker

pytestmark = pytest.mark.integration


@pytest.mark.skipif(sys.platform != "linux", reason="needs a process's memory maps")
def test_a_broker_starts_from_what_java_has_learnt(tmp_path: Path) -> None:
    broker = small_broker(tmp_path)
    try:
        assert broker.process is not None
        maps = psutil.Process(broker.process.pid).memory_maps()
        mapped = {Path(each.path).suffix for each in maps}
    finally:
        broker.kill()

    assert ".aot" in mapped
    assert "[aot" not in broker.log.read_text("utf-8")
