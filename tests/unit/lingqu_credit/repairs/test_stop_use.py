from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lingqu.signing.suites import SigningKey, suite
from lingqu_credit.repairs.erasure import Removed
from lingqu_credit.repairs.stop_use import is_signed_by, signed_stop_use

NOW = datetime(2026, 7, 1, tzinfo=UTC)
GRANT = {"event_id": "g", "repair_id": "43-XF-1", "record_id": "43-SX-1"}


def answer(folder: Path, **changes: Any) -> dict[str, Any]:
    """Return a stop-use event of region 44, whose public key the folder gets."""
    key = SigningKey("credit-44", suite("ed25519").generate())
    (folder / "44.pem").write_text(key.public_pem, "ascii")
    told = signed_stop_use(GRANT, Removed(3, 1), "44", key, NOW)
    return {
        "origin": "44",
        "refers_to": "g",
        "repair_id": "43-XF-1",
        "record_id": "43-SX-1",
        "stop_use": {**told, **changes.pop("stop_use", {})},
        **changes,
    }


def test_a_signature_holds_with_the_regions_own_key(tmp_path: Path) -> None:
    event = answer(tmp_path)
    assert is_signed_by(event, tmp_path) is True
    assert is_signed_by(event, None) is None
    assert is_signed_by({**event, "origin": "52"}, tmp_path) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"stop_use": {"rows_removed": 4}},
        {"stop_use": {"measures_lifted": 0}},
        {"stop_use": {"at": 0}},
        {"stop_use": {"signer": "52"}},
        {"stop_use": {"signature": "AAAA"}},
        {"refers_to": "another"},
        {"record_id": "43-SX-2"},
        {"repair_id": "43-XF-2"},
    ],
)
def test_nothing_that_was_signed_can_be_changed(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert is_signed_by(answer(tmp_path, **changes), tmp_path) is False
