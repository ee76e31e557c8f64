"""What happens to a declaration: receipts, and steps of amendments and withdrawals."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from lingqu_customs.codes.receipts import Family

AmendmentKind = Literal["modification", "withdrawal"]
Step = Literal["applied", "accepted", "granted", "refused", "cancelled"]

_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as customs, or somebody at this hub, gave it; times in ms since 1970 UTC.

    It is the same receipt whenever all but `received_at_ms` agrees: it may be sent again.
    """

    declaration_no: str
    receipt_id: str
    family: Family
    code: str
    event_at_ms: int
    received_at_ms: int
    office: str | None = None
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        """Work out once what names the receipt, whenever it was received."""
        told = [self.declaration_no, self.receipt_id, self.family, self.code, self.event_at_ms]
        digest = hashlib.blake2b(orjson.dumps(told), digest_size=_DIGEST_BYTES).hexdigest()
        object.__setattr__(self, "digest", digest)

    def document(self) -> dict[str, Any]:
        """Return what events and answers say of it, beside its declaration; times in ms."""
        return {
            "receipt_id": self.receipt_id,
            "family": self.family,
            "code": self.code,
            "event_at": self.event_at_ms,
            "received_at": self.received_at_ms,
            "office": self.office,
        }


@dataclass(frozen=True, slots=True)
class AmendmentStep:
    """A step of an application to amend or withdraw a declaration; `event_id` names it."""

    amendment_no: str
    kind: AmendmentKind
    step: Step
    event_at_ms: int
    received_at_ms: int

    @property
    def digest(self) -> str:
        """Return what names the step: an application takes each step once."""
        return f"{self.amendment_no}|{self.step}"


Fact = Receipt | AmendmentStep
