"""What the endpoints of compensation answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lingqu_water.compensation.account import Extra, PoolShare, SectionResult
from lingqu_water.compensation.agreement import Agreement, Party


@dataclass(frozen=True, slots=True)
class AgreementAnswer:
    """An agreement in a list; `missing` and `unverified` say what its text has yet to tell."""

    id: str
    title: str
    river: str
    example: bool
    origin: str
    ours: bool
    parties: tuple[Party, ...]
    sections: list[str]
    missing: list[str]
    unverified: list[str]
    digest: str


@dataclass(frozen=True, slots=True)
class AgreementDetail:
    """An agreement with its whole document, as it can be sent back changed."""

    agreement: AgreementAnswer
    document: Agreement


@dataclass(frozen=True, slots=True)
class PaymentAnswer:
    """Who pays whom how much; `corrects_period` names the closed period it makes good."""

    payer: str
    payee: str
    amount_fen: int | None
    amount: str
    reason: str
    corrects_period: str | None


@dataclass(frozen=True, slots=True)
class StatementAnswer:
    """One party's side of an account."""

    agreement: str
    agreement_title: str
    example: bool
    period: str
    party: str
    party_name: str
    pays_fen: int
    receives_fen: int
    net_fen: int
    net: str
    status: str
    state: str


@dataclass(frozen=True, slots=True)
class AccountAnswer:
    """An account in a list."""

    agreement: str
    agreement_title: str
    example: bool
    period: str
    kind: str
    round: str | None
    clears: bool
    status: str
    state: str
    closed: bool
    outcome: str | None
    tested_class: str | None
    target_class: str | None
    index_value: float | None
    pass_percent: float | None
    payments: list[PaymentAnswer]
    statements: list[StatementAnswer]
    reasons: tuple[str, ...]
    unverified: tuple[str, ...]
    version: int
    event_id: str | None
    changed_at: str
    closed_at: str | None


@dataclass(frozen=True, slots=True)
class SectionReadings:
    """The readings of one section's month: those that made the means, and those left out."""

    month: str
    section: str
    used: list[dict[str, Any]]
    excluded: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class MessageAnswer:
    """What a party has said of the account."""

    event_id: str
    origin: str
    state: str
    refers_to: str | None
    said_at: str
    by: str | None
    reason: str | None
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class AccountDetail:
    """An account with all that its figures stand on."""

    account: AccountAnswer
    sections: tuple[SectionResult, ...]
    pool_shares: tuple[PoolShare, ...]
    extra_money: tuple[Extra, ...]
    readings: list[SectionReadings]
    messages: list[MessageAnswer]
    would_be_today: list[PaymentAnswer] | None
