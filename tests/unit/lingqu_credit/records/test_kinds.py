from __future__ import annotations

from pathlib import Path

import pytest

from lingqu.contracts.loader import load_catalogue
from lingqu_credit.records.kinds import DISHONEST, KINDS

CATALOGUE = load_catalogue(Path(__file__).parents[4] / "schemas")


@pytest.mark.parametrize("kind", DISHONEST)
def test_what_can_be_repaired_is_kept_for_thirty_days_on_its_topic(kind: str) -> None:
    assert CATALOGUE.contract(KINDS[kind].contract).retention_ms == 30 * 86_400_000
