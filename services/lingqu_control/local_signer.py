"""Both parties' signatures by keys of this machine, for the demo profile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from lingqu.signing.documents import Signature, countersign, sign
from lingqu.signing.suites import SigningKey


class LocalSigner:
    """Signs for any partner with a key file that it makes when first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def key(self, partner: str) -> SigningKey:
        return SigningKey.load(partner, self._folder / f"{partner}.pem")

    def sign(self, document: Mapping[str, Any], partner: str, now: datetime) -> Signature:
        return sign(document, self.key(partner), signer=partner, now=now)

    def countersign(
        self, document: Mapping[str, Any], first: Signature, partner: str, now: datetime
    ) -> Signature:
        return countersign(document, first, self.key(partner), signer=partner, now=now)
