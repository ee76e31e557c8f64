"""The way of a new version to active where both parties' keys are at hand: the demo profile."""

from __future__ import annotations

from lingqu.agreements.lifecycle import IN_FORCE, TO_ACTIVE
from lingqu.signing.documents import Signature
from lingqu_control.hub import Hub
from lingqu_control.local_signer import LocalSigner
from lingqu_control.records import Records
from lingqu_control.tables import AgreementRow


def activate(records: Records, row: AgreementRow, hub: Hub, signer: LocalSigner) -> None:
    """Sign for both parties, walk the states, and end the version that this one replaces."""
    signed: Signature | None = None
    for state in TO_ACTIVE:
        if state == "answered":
            signed = _sign(records, row, hub, signer)
        elif state == "countersigned" and signed is not None:
            _countersign(records, row, hub, signer, signed)
        elif state == "active":
            _end_earlier(records, row)
        records.move(row, state)


def _sign(records: Records, row: AgreementRow, hub: Hub, signer: LocalSigner) -> Signature:
    partner = row.agreement.provider.partner
    signature = signer.sign(row.document, partner, hub.clock.now())
    records.note_signature(row, "provider", signer.key(partner).public_pem, signature)
    return signature


def _countersign(
    records: Records, row: AgreementRow, hub: Hub, signer: LocalSigner, first: Signature
) -> None:
    partner = row.agreement.recipient.partner
    second = signer.countersign(row.document, first, partner, hub.clock.now())
    records.note_signature(row, "recipient", signer.key(partner).public_pem, second)


def _end_earlier(records: Records, row: AgreementRow) -> None:
    for other in records.versions(row.id):
        if other.version < row.version and other.state in IN_FORCE:
            records.move(other, "expired", f"replaced by version {row.version}")
