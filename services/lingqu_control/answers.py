"""What control's endpoints answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from lingqu.agreements.lifecycle import NEXT_STEP
from lingqu.agreements.state import AgreementState
from lingqu_control.hub import Hub
from lingqu_control.records import Records
from lingqu_control.tables import AgreementRow, FeedRow, SignatureRow, TransitionRow


@dataclass(frozen=True, slots=True)
class AgreementAnswer:
    """An agreement in a list: the version that says what flows, or its draft."""

    id: str
    version: int
    state: str
    title: str
    contract: str
    contract_version: str
    provider: dict[str, str]
    recipient: dict[str, str]
    valid_from: str
    valid_until: str
    feed: str
    paused: bool


@dataclass(frozen=True, slots=True)
class ViewAnswer:
    """What the recipient sees, as last published."""

    discloses_all: bool
    withheld: tuple[str, ...]
    masked: tuple[str, ...]
    hidden_key_fields: tuple[str, ...]
    skipped_rules: tuple[str, ...]
    schema: str


@dataclass(frozen=True, slots=True)
class VersionAnswer:
    """One version of an agreement."""

    version: int
    state: str
    digest: str


@dataclass(frozen=True, slots=True)
class SignatureAnswer:
    """Who signed which version, and the key that verifies it."""

    version: int
    party: str
    public_key: str
    signature: dict[str, Any]


@dataclass(frozen=True, slots=True)
class MoveAnswer:
    """A move in the agreement's history."""

    version: int
    at: str
    who: str
    from_state: str | None
    to_state: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class AgreementDetail:
    """All that control knows of an agreement."""

    agreement: AgreementAnswer
    next: str
    document: dict[str, Any]
    view: ViewAnswer | None
    versions: list[VersionAnswer]
    signatures: list[SignatureAnswer]
    history: list[MoveAnswer]


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """A feed, which way it runs, and whether anything may flow through it now."""

    id: str
    agreement: str
    version: int
    state: str
    paused: bool
    stopped: bool
    restarts: int
    flows: bool
    direction: str
    partner: str
    region: str
    contract: str
    topic: str
    connector: str
    guarantee: str
    limits: dict[str, int] | None
    valid_until: str


def agreement_answer(row: AgreementRow, feed: FeedRow) -> AgreementAnswer:
    one = row.agreement
    return AgreementAnswer(
        id=row.id,
        version=row.version,
        state=row.state,
        title=one.title,
        contract=one.contract,
        contract_version=one.contract_version,
        provider=one.provider.model_dump(),
        recipient=one.recipient.model_dump(),
        valid_from=one.valid_from.isoformat(),
        valid_until=one.valid_until.isoformat(),
        feed=one.feed,
        paused=feed.paused,
    )


def agreement_detail(records: Records, agreement_id: str) -> AgreementDetail:
    row = records.effective(agreement_id)
    feed = records.feed(row.agreement.feed)
    return AgreementDetail(
        agreement=agreement_answer(row, feed),
        next=NEXT_STEP[row.now],
        document=row.document,
        view=_view(feed),
        versions=[
            VersionAnswer(one.version, one.state, one.digest)
            for one in records.versions(agreement_id)
        ],
        signatures=_signatures(records, agreement_id),
        history=_history(records, agreement_id),
    )


def feed_answer(feed: FeedRow, row: AgreementRow, hub: Hub) -> FeedAnswer:
    one = row.agreement
    outward = one.provider.region in hub.own_regions
    other = one.recipient if outward else one.provider
    in_force = one.valid_from_ms <= hub.now_ms() < one.valid_until_ms
    return FeedAnswer(
        id=feed.id,
        agreement=row.id,
        version=row.version,
        state=row.state,
        paused=feed.paused,
        stopped=feed.stopped,
        restarts=feed.restarts,
        flows=row.state == "active" and not feed.paused and in_force,
        direction="out" if outward else "in",
        partner=other.partner,
        region=other.region,
        contract=one.contract,
        topic=f"{one.contract}.v{one.contract_version.partition('.')[0]}",
        connector=one.delivery.connector,
        guarantee=one.delivery.guarantee,
        limits=one.delivery.limits.model_dump() if one.delivery.limits else None,
        valid_until=one.valid_until.isoformat(),
    )


def _view(feed: FeedRow) -> ViewAnswer | None:
    if feed.published is None:
        return None
    state = AgreementState.decode(feed.published)
    return ViewAnswer(
        discloses_all=state.discloses_all,
        withheld=state.withheld,
        masked=tuple(mask.path for mask in state.masks),
        hidden_key_fields=state.hidden_key_fields,
        skipped_rules=state.skipped_rules,
        schema=state.derived_schema,
    )


def _signatures(records: Records, agreement_id: str) -> list[SignatureAnswer]:
    found = select(SignatureRow).where(SignatureRow.agreement_id == agreement_id)
    return [
        SignatureAnswer(one.version, one.party, one.public_key, one.signature)
        for one in records.session.scalars(found.order_by(SignatureRow.id))
    ]


def _history(records: Records, agreement_id: str) -> list[MoveAnswer]:
    found = select(TransitionRow).where(TransitionRow.agreement_id == agreement_id)
    rows: Sequence[TransitionRow] = records.session.scalars(found.order_by(TransitionRow.id)).all()
    return [
        MoveAnswer(
            one.version, _moment(one.at_ms), one.who, one.from_state, one.to_state, one.reason
        )
        for one in rows
    ]


def _moment(at_ms: int) -> str:
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
