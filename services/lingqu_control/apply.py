"""Applying a region file: all of it or nothing, and nothing new the second time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select

from lingqu.agreements.lifecycle import NEXT_STEP
from lingqu.agreements.model import Agreement
from lingqu.agreements.region_file import Partner, RegionFile
from lingqu.agreements.state import dead_letter_context
from lingqu.errors import ConflictError, ContractError, InputError
from lingqu_control.activation import activate
from lingqu_control.checks import check_agreement, check_upstream
from lingqu_control.hub import Hub
from lingqu_control.plan import Change, digest_of, plan
from lingqu_control.records import Records
from lingqu_control.tables import AgreementRow, FeedRow, PartnerRow


@dataclass(frozen=True, slots=True)
class AppliedPartner:
    """What became of a partner in the document."""

    id: str
    change: Change


@dataclass(frozen=True, slots=True)
class AppliedAgreement:
    """What became of an agreement in the document, and what has to happen next."""

    id: str
    version: int
    feed: str
    change: Change
    state: str
    next: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a document."""

    partners: list[AppliedPartner]
    agreements: list[AppliedAgreement]


Wanted = TypeVar("Wanted")
Outcome = TypeVar("Outcome")


def apply_region_file(records: Records, hub: Hub, file: RegionFile) -> Applied:
    """Carry the document out in the caller's transaction.

    Raises InputError, or ConflictError where something there contradicts it; the place begins the
    sentence, and the transaction must then be rolled back.
    """
    if file.region not in hub.own_regions:
        raise ConflictError(
            f"region: the document is for the hub of {file.region}, and this is the hub of"
            f" {', '.join(hub.own_regions)}; apply it there"
        )
    partners = [
        _located(f"partners[{index}]", _apply_partner, records, hub, partner)
        for index, partner in enumerate(file.partners)
    ]
    agreements = [
        _located(f"agreements[{index}] ({wanted.id})", _apply_agreement, records, hub, wanted)
        for index, wanted in enumerate(file.agreements)
    ]
    return Applied(partners, agreements)


def _located(
    place: str,
    step: Callable[[Records, Hub, Wanted], Outcome],
    records: Records,
    hub: Hub,
    wanted: Wanted,
) -> Outcome:
    try:
        return step(records, hub, wanted)
    except ConflictError as error:
        raise ConflictError(f"{place}: {error}") from error
    except InputError as error:
        raise ContractError(f"{place}: {error}") from error


def _apply_partner(records: Records, hub: Hub, wanted: Partner) -> AppliedPartner:
    row = records.session.get(PartnerRow, wanted.id)
    document = wanted.model_dump(mode="json")
    if row is None:
        row = PartnerRow(id=wanted.id, region=wanted.region, document=document, changed_ms=0)
        records.session.add(row)
        change: Change = "created"
    elif row.region != wanted.region:
        raise ConflictError(
            f"partner {wanted.id!r} is in region {row.region}, which cannot change; write a new"
            " partner under another id"
        )
    else:
        change = "unchanged" if row.document == document else "updated"
    if change != "unchanged":
        row.document, row.changed_ms = document, hub.now_ms()
    return AppliedPartner(wanted.id, change)


def _apply_agreement(records: Records, hub: Hub, wanted: Agreement) -> AppliedAgreement:
    there = records.versions(wanted.id)
    change = plan(there, wanted)
    if change == "unchanged":
        row = there[-1]
    else:
        _check(records, hub, wanted)
        _ensure_feed(records, hub, wanted)
        row = _rewrite(there[-1], wanted) if change == "updated" else _draft(records, wanted)
        if hub.signer is not None:
            activate(records, row, hub, hub.signer)
            records.publish(wanted.id)
    return AppliedAgreement(row.id, row.version, wanted.feed, change, row.state, NEXT_STEP[row.now])


def _check(records: Records, hub: Hub, wanted: Agreement) -> None:
    rows = records.session.execute(select(PartnerRow.id, PartnerRow.region))
    check_agreement(wanted, hub, {row.id: row.region for row in rows})
    check_upstream(wanted, hub, records.in_force())


def _draft(records: Records, wanted: Agreement) -> AgreementRow:
    row = AgreementRow(id=wanted.id, version=wanted.version, state="draft")
    records.begin(_rewrite(row, wanted))
    return row


def _rewrite(row: AgreementRow, wanted: Agreement) -> AgreementRow:
    row.document = wanted.document()
    row.digest = digest_of(wanted)
    row.valid_until_ms = wanted.valid_until_ms
    return row


def _ensure_feed(records: Records, hub: Hub, wanted: Agreement) -> None:
    found = records.session.get(FeedRow, wanted.feed)
    if found is not None and found.agreement_id != wanted.id:
        raise ConflictError(
            f"feed: {wanted.feed!r} belongs to agreement {found.agreement_id!r}; choose another id"
        )
    if found is None:
        key = hub.key.new_wrapped_key(dead_letter_context(wanted.id))
        feed = FeedRow(id=wanted.feed, agreement_id=wanted.id, paused=False, dead_letter_key=key)
        feed.changed_ms = hub.now_ms()
        records.session.add(feed)
