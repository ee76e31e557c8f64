"""A recipient's signed statement that it has stopped using a record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from lingqu.instants import milliseconds
from lingqu.signing.documents import Signature, sign, verify
from lingqu.signing.suites import SigningKey
from lingqu_credit.repairs.erasure import Removed


def signed_stop_use(
    grant: Mapping[str, Any], removed: Removed, region: str, key: SigningKey, now: datetime
) -> dict[str, Any]:
    """Return what a stop-use event carries, signed over what it says of which repair."""
    at = milliseconds(now)
    said = {"at": at, "rows_removed": removed.rows, "measures_lifted": removed.measures}
    signature = sign(_signed(grant, grant["event_id"], said, region), key, signer=region, now=now)
    return {
        **said,
        "signer": signature.signer,
        "suite": signature.suite,
        "key_id": signature.key_id,
        "signed_at": signature.signed_at,
        "signature": signature.value,
    }


def is_signed_by(event: Mapping[str, Any], keys: Path | None) -> bool | None:
    """Say whether the region's own key signed it; None where that key is not known here."""
    origin = event["origin"]
    file = None if keys is None else keys / f"{origin}.pem"
    if file is None or not file.is_file():
        return None
    told = event["stop_use"]
    signature = Signature(
        suite=told["suite"],
        key_id=told["key_id"],
        signer=told["signer"],
        signed_at=told["signed_at"],
        value=told["signature"],
    )
    said = {name: told[name] for name in ("at", "rows_removed", "measures_lifted")}
    document = _signed(event, event["refers_to"], said, origin)
    return told["signer"] == origin and verify(document, signature, file.read_text("ascii"))


def _signed(
    step: Mapping[str, Any], grant: str, said: Mapping[str, int], region: str
) -> dict[str, Any]:
    return {
        "repair_id": step["repair_id"],
        "record_id": step["record_id"],
        "refers_to": grant,
        "region": region,
        **said,
    }
