"""Answering another party's claim, and noting that a confirmed account was paid."""

from __future__ import annotations

from datetime import date
from typing import Literal

from sqlalchemy.orm import Session

from lingqu.errors import ConflictError, InputError, NotFoundError
from lingqu_water.compensation import messages
from lingqu_water.compensation.account import statements
from lingqu_water.compensation.acts import Desk, Signer
from lingqu_water.compensation.book import Book
from lingqu_water.compensation.closing import confirm_closing
from lingqu_water.compensation.lifecycle import CLAIM, SETTLEMENT, claim_states
from lingqu_water.compensation.money import shown
from lingqu_water.compensation.store import Kept

Answer = Literal["confirmed", "disputed"]


def answer(
    book: Book,
    session: Session,
    agreement_id: str,
    period: str,
    state: Answer,
    refers_to: str,
    signer: Signer,
) -> Kept:
    """Confirm or dispute the claim of another party; who confirms closes the period as well."""
    desk = Desk.on(book, session, agreement_id, period)
    _check_claim(desk, refers_to)
    if state == "disputed" and not signer.reason:
        raise InputError("a dispute needs a reason; say what is wrong with the account")
    if state == "confirmed":
        _check_agreement(desk, refers_to, signer)
        desk = confirm_closing(desk, signer)
    desk.say(state, signer, refers_to=refers_to)
    return desk.renewed(desk.kept)


def settle(
    book: Book,
    session: Session,
    agreement_id: str,
    period: str,
    voucher_no: str,
    paid_on: date,
    signer: Signer,
) -> Kept:
    """Note that a confirmed account has been paid."""
    desk = Desk.on(book, session, agreement_id, period)
    if not desk.kept.account.clears:
        raise ConflictError(
            f"{desk.named} is cleared with its year; settle {period[:4]} once it is confirmed"
        )
    states = claim_states(messages.about(session, *desk.kept.key), desk.agreement.regions)
    claim = next((event_id for event_id, state in states.items() if state == "confirmed"), None)
    if claim is None:
        raise ConflictError(f"{desk.named} is {desk.kept.state}; only a confirmed one is settled")
    desk.say(
        SETTLEMENT, signer, refers_to=claim, voucher_no=voucher_no, paid_on=paid_on.isoformat()
    )
    return desk.renewed(desk.kept)


def _check_claim(desk: Desk, refers_to: str) -> None:
    said = messages.about(desk.session, *desk.kept.key)
    claims = {one.event_id for one in said if one.state == CLAIM and one.origin != desk.own_party}
    if refers_to not in claims:
        known = ", ".join(sorted(claims)) or "none has come yet"
        raise NotFoundError(
            f"{desk.named} has no claim {refers_to!r} of another party; there are: {known}"
        )


def _check_agreement(desk: Desk, refers_to: str, signer: Signer) -> None:
    """Refuse to confirm other amounts than our own without a reason."""
    claimed = messages.documents(desk.session, *desk.kept.key)[refers_to]
    theirs = {one["party"]: one["net_fen"] for one in claimed["statements"]}
    own = statements(desk.kept.account.lines, desk.agreement.regions)
    ours = {one.party: one.net_fen for one in own}
    if theirs != ours and not signer.reason:
        said = ", ".join(f"{party} {shown(net)}" for party, net in sorted(theirs.items()))
        kept = ", ".join(f"{party} {shown(net)}" for party, net in sorted(ours.items()))
        raise ConflictError(
            f"{desk.named}: the claim says {said}, this hub reckons {kept}; dispute it, or give "
            "the reason for confirming it all the same"
        )
