"""What applying a document means, given the versions that are there already."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

from lingqu.agreements.lifecycle import EDITABLE, ENDED, IN_FORCE
from lingqu.agreements.model import Agreement
from lingqu.errors import ConflictError
from lingqu.signing.documents import canonical
from lingqu_control.tables import AgreementRow

Change = Literal["created", "updated", "amended", "unchanged"]

_FIXED = ("contract", "feed", "provider", "recipient")


def digest_of(agreement: Agreement) -> str:
    """Return what tells two documents apart: SHA-256 of the form that is signed."""
    return hashlib.sha256(canonical(agreement.document())).hexdigest()


def plan(there: Sequence[AgreementRow], wanted: Agreement) -> Change:
    """Return what to do; `there` is ordered by version. Raises ConflictError with the cure."""
    if not there:
        return "created"
    latest = there[-1]
    if latest.version == wanted.version and latest.digest == digest_of(wanted):
        return "unchanged"
    _check_not_ended(there, wanted)
    _check_fixed(latest.agreement, wanted)
    if wanted.version == latest.version and latest.state in EDITABLE:
        return "updated"
    if wanted.version == latest.version + 1 and latest.state not in EDITABLE:
        return "amended"
    cure = latest.version if latest.state in EDITABLE else latest.version + 1
    raise ConflictError(
        f"agreement {wanted.id!r} differs from its version {latest.version}, which is"
        f" {latest.state}; write the change as version: {cure}"
    )


def effective(there: Sequence[AgreementRow]) -> AgreementRow | None:
    """Return the version that says what flows: the newest that is, or was, in force."""
    seen = [row for row in there if row.state in IN_FORCE | ENDED]
    return seen[-1] if seen else None


def _check_not_ended(there: Sequence[AgreementRow], wanted: Agreement) -> None:
    last = effective(there)
    if last is not None and last.state in ENDED:
        raise ConflictError(
            f"agreement {wanted.id!r} is {last.state}, which is final; write a new one under"
            " another id and feed"
        )


def _check_fixed(latest: Agreement, wanted: Agreement) -> None:
    majors = [each.contract_version.partition(".")[0] for each in (latest, wanted)]
    if majors[0] != majors[1]:
        raise ConflictError(
            f"agreement {wanted.id!r}: contract_version cannot go from major {majors[0]} to"
            f" {majors[1]}, which is another topic; write a new agreement under another id and feed"
        )
    for name in _FIXED:
        if getattr(latest, name) != getattr(wanted, name):
            raise ConflictError(
                f"agreement {wanted.id!r}: {name} cannot change from version to version; write a"
                " new agreement under another id and feed"
            )
