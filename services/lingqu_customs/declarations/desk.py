"""What people of this hub do with a declaration: what its state does not allow is refused."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lingqu.clock import CHINA, Clock
from lingqu.domain_service.statements.declarations import Declarations
from lingqu.domain_service.statements.noun import Document
from lingqu.errors import ConflictError, InputError, NotFoundError
from lingqu.instants import milliseconds
from lingqu_customs.codes.receipts import ReceiptCodes
from lingqu_customs.declarations.known import Known, known_of
from lingqu_customs.declarations.receipts import Receipts
from lingqu_customs.lifecycle.commands import (
    RECEIPTS,
    Command,
    IllegalCommandError,
    legal_commands,
    open_application,
)
from lingqu_customs.lifecycle.facts import AmendmentKind, Step
from lingqu_customs.lifecycle.fold import Standing

_KINDS: Mapping[Command, AmendmentKind] = {
    "apply_modification": "modification",
    "apply_withdrawal": "withdrawal",
}


class UnknownDeclarationError(NotFoundError):
    """Nothing is known of a declaration of that number."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"nothing is known of declaration {number!r}; is its number right? POST "
            "/v1/declarations and lingqu customs import tell of one"
        )


@dataclass(frozen=True)
class Order:
    """A command, and what goes into the application that it makes, without its envelope."""

    command: Command
    said: Mapping[str, Any]


@dataclass(frozen=True)
class Desk:
    """Does what people ask for, in the caller's transaction."""

    declarations: Declarations
    amendments: Declarations
    receipts: Receipts
    codes: ReceiptCodes
    region: str
    clock: Clock

    def give(self, session: Session, number: str, order: Order) -> Standing:
        """Carry out a command; return what it led to.

        Raises UnknownDeclarationError, IllegalCommandError naming what is legal, and ConflictError
        for a declaration of another region.
        """
        self.declarations.shelf.lock(session)
        known = self._own(session, number)
        standing = known.standing(self.codes)
        if order.command not in legal_commands(standing):
            raise IllegalCommandError(number, standing, order.command)
        if order.command in RECEIPTS:
            self.receipts.take(session, [self._receipt(known, order.command)])
        else:
            self._apply(session, known, standing, order)
        return known_of(session, [number])[number].standing(self.codes)

    def _own(self, session: Session, number: str) -> Known:
        known = known_of(session, [number])[number]
        if known.head is None or known.head["change"] == "withdrawal":
            raise UnknownDeclarationError(number)
        if known.head["origin"] != self.region:
            raise ConflictError(
                f"declaration {number} was declared in region {known.head['origin']}; commands "
                "are given there"
            )
        return known

    def _receipt(self, known: Known, command: Command) -> Document:
        now_ms = self._after(known)
        return {
            "declaration_no": known.declaration_no,
            "receipt_id": f"{command}-{secrets.token_hex(6)}",
            "family": "hub",
            "code": command,
            "event_at": now_ms,
            "received_at": now_ms,
            "office": None,
        }

    def _apply(self, session: Session, known: Known, standing: Standing, order: Order) -> None:
        assert known.head is not None  # noqa: S101 - only our own are applied for
        waiting = open_application(standing)
        step: Step = "cancelled" if order.command == "cancel_application" else "applied"
        if step == "cancelled" and waiting is not None:
            amendment_no, kind = waiting, standing.applications[waiting].kind
        else:
            amendment_no, kind = self._number(), _KINDS[order.command]
        now_ms = self._after(known)
        application = {
            **order.said,
            "declaration_no": known.declaration_no,
            "amendment_no": amendment_no,
            "kind": kind,
            "step": step,
            "event_at": now_ms,
            "received_at": now_ms,
            "customs_no": known.head.get("customs_no"),
            "consignment_no": known.head.get("consignment_no"),
            "office": known.head["declare_office"],
            "after_clearance": standing.state == "cleared",
        }
        taken = self.amendments.take(session, [application])
        for reason in taken.refused.values():
            raise InputError(reason.detail)

    def _after(self, known: Known) -> int:
        """Return now, or just after the last fact: what is done through us follows what stands."""
        now_ms = milliseconds(self.clock.now())
        times = [each.event_at_ms for each in known.receipts]
        times += [each.event_at_ms for each in known.steps]
        return max(now_ms, *(each + 1 for each in times)) if times else now_ms

    def _number(self) -> str:
        day = self.clock.now().astimezone(CHINA)
        return f"{self.region}-{day:%Y%m%d}-{secrets.token_hex(3)}"
