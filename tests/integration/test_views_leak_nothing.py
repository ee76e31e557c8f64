"""Every contract under a random agreement; `make faults ARGS=--views` plays 200 of each."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.faults.views.main import sweep

from lingqu.kafka.settings import KafkaSettings

pytestmark = pytest.mark.integration

AGREEMENTS = 1
SEED = 20261122


def test_what_a_view_hides_is_nowhere_in_reach(tmp_path: Path, kafka: KafkaSettings) -> None:
    views = sweep(AGREEMENTS, SEED, tmp_path, kafka)

    assert views.broken == []
    assert {told.agreements for told in views.told.values()} == {AGREEMENTS}
    assert {told.delivered for told in views.told.values()} == {3 * AGREEMENTS}
    assert set(views.ways) == {"avro", "jsonl", "parquet", "csv", "http", "database", "kafka"}
    masks = {mask for told in views.told.values() for mask in told.masks}
    assert masks == {
        "redact", "keep_first", "keep_last", "pseudonym", "truncate_time", "round",
    }  # fmt: skip
    assert sum(told.hidden for told in views.told.values()) > 5_000
