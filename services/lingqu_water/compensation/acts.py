"""What all acts of people on accounts share: who acts, on which account, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lingqu.errors import ConflictError, NotFoundError
from lingqu_water.compensation import messages, store
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.book import Book
from lingqu_water.compensation.correspondence import renew_state
from lingqu_water.compensation.event import content_of
from lingqu_water.compensation.lifecycle import Message
from lingqu_water.compensation.store import Kept
from lingqu_water.period import check_period


class UnknownAccountError(NotFoundError):
    """An agreement has no account for a period."""

    def __init__(self, agreement_id: str, period: str) -> None:
        super().__init__(
            f"{agreement_id!r} has no account for {period}; one is made with the first reading of "
            "its sections in that period"
        )


@dataclass(frozen=True, slots=True)
class Signer:
    """The office and the person who state something, and the reason they give."""

    org: str
    person: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """One account of an agreement in one transaction, locked, for a person to act on."""

    book: Book
    session: Session
    agreement: Agreement
    kept: Kept
    own_party: str

    @classmethod
    def on(cls, book: Book, session: Session, agreement_id: str, period: str) -> Desk:
        """Return the desk; raise where there is no such account or it is not this hub's."""
        check_period(period)
        agreement = book.library.get(session, agreement_id).agreement
        own_party = book.library.own_party(agreement)
        if agreement.example or own_party is None:
            what = "an example (示例)" if agreement.example else "between other regions"
            raise ConflictError(
                f"{agreement_id!r} is {what}: its accounts are shown, never claimed; load the "
                "signed agreement to claim by it"
            )
        store.lock(session, agreement_id)
        kept = store.get(session, agreement_id, period)
        if kept is None:
            raise UnknownAccountError(agreement_id, period)
        return cls(book, session, agreement, kept, own_party)

    @property
    def named(self) -> str:
        return f"the account {self.agreement.id} {self.kept.account.period}"

    def say(
        self,
        state: str,
        signer: Signer,
        *,
        refers_to: str | None = None,
        **said: Any,
    ) -> str:
        """Publish what a person states of the account, keep it, and return the event's id.

        A claim is the account's last version; an answer is an event of its own.
        """
        content = content_of(self.agreement, self.kept.account)
        if signer.reason:
            content["reason"] = "。".join(filter(None, (content["reason"], signer.reason)))
        said |= {
            "refers_to": refers_to,
            "stated_by_org": signer.org,
            "stated_by": signer.person,
        }
        event_id = self.book.announcer.say(
            self.session,
            content,
            version=self.kept.version,
            state=state,
            supersedes=None if refers_to else self.kept.event_id,
            **said,
        )
        message = Message(
            event_id,
            *self.kept.key,
            self.own_party,
            state,
            refers_to,
            self.book.announcer.now_ms(),
        )
        messages.note(self.session, message, {**content, **said})
        return event_id

    def renewed(self, kept: Kept) -> Kept:
        """Return the account in the state that all messages about it come to."""
        return renew_state(self.session, self.agreement, kept)
