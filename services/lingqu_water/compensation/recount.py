"""One recount of one agreement's accounts, in the transaction that made it necessary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from lingqu_water.compensation import messages, store
from lingqu_water.compensation.account import Account
from lingqu_water.compensation.agreement import Agreement
from lingqu_water.compensation.announcer import Announcer
from lingqu_water.compensation.corrections import Closed, Owed, owed
from lingqu_water.compensation.event import content_of, digest_of
from lingqu_water.compensation.lifecycle import State, state_of
from lingqu_water.compensation.reckoning import Reckoning, improves
from lingqu_water.compensation.store import Kept
from lingqu_water.period import Month, is_year, next_period

_NOTHING_OWED = Owed((), ())


@dataclass(frozen=True, slots=True)
class Recount:
    """Makes the accounts of an agreement anew where they depend on certain months.

    Open accounts are replaced, and published where they say something else than before. Closed ones
    stay; what they would be today is noted, and the difference enters the next open account.
    """

    session: Session
    agreement: Agreement
    reckoning: Reckoning
    announcer: Announcer
    ours: bool
    mode: str = "live"

    def run(self, months: Iterable[Month], periods: Iterable[str] = ()) -> None:
        """Recount the months, the years they belong to, and whatever corrections they cause."""
        wanted = {*map(str, months), *periods}
        reached = self._level({period for period in wanted if not is_year(period)})
        years = {period for period in wanted if is_year(period)}
        years |= {month[:4] for month in reached}
        later = {next_period(year) for year in years}
        self._level(years | {year for year in later if improves(self.agreement, int(year))})

    def _level(self, periods: Collection[str]) -> set[str]:
        """Recount periods of one kind, months or years; return also those that corrections hit."""
        closed = store.closed_periods(self.session, self.agreement.id)
        for period in sorted(closed.intersection(periods)):
            self._look_again(period)
        due = self._due(closed, of_years=any(map(is_year, periods))) if periods else {}
        targets = {_next_open(period, closed) for period in closed.intersection(periods)}
        opened = (set(periods) | due.keys() | targets) - closed
        there = store.several(self.session, self.agreement.id, opened)
        for period in sorted(opened):
            self._replace(period, there.get(period), due.get(period, _NOTHING_OWED))
        return opened | set(periods)

    def _look_again(self, period: str) -> None:
        """Note what a closed account would be today, by the terms it was closed by."""
        kept = store.get(self.session, self.agreement.id, period)
        if kept is None or kept.terms is None or self.reckoning.is_sum(kept.terms, period):
            return
        today = self.reckoning.again(self.session, kept.terms, kept.account)
        differs = today.own_lines != kept.account.own_lines or today.status != kept.account.status
        if differs or kept.today is not None:
            store.put(self.session, replace(kept, today=today))

    def _due(self, closed: Collection[str], *, of_years: bool) -> dict[str, Owed]:
        """Return what each open account has to make good for closed ones."""
        disturbed = [
            kept
            for kept in store.disturbed(self.session, self.agreement.id)
            if is_year(kept.account.period) == of_years
        ]
        booked = [line for kept in disturbed for line in kept.account.corrections]
        by_target: dict[str, list[Closed]] = defaultdict(list)
        for kept in disturbed:
            if kept.today is not None:
                target = _next_open(kept.account.period, closed)
                by_target[target].append(Closed(kept.account, kept.today))
        return {target: owed(found, booked) for target, found in by_target.items()}

    def _replace(self, period: str, kept: Kept | None, due: Owed) -> None:
        account = self.reckoning.account(self.session, self.agreement, period)
        if account is None and (due.lines or due.notes):
            account = self.reckoning.empty(self.agreement, period)
        if account is None:
            if kept is not None:
                self._withdraw(kept)
            return
        self._keep(kept, account.with_corrections(due.lines, due.notes))

    def _keep(self, kept: Kept | None, account: Account) -> None:
        before = kept or Kept(account, state=self._said_already(account.period))
        content = content_of(self.agreement, account)
        digest = digest_of(content)
        if digest == before.digest:
            if account != before.account:
                store.put(self.session, replace(before, account=account))
            return
        after = replace(
            before,
            account=account,
            version=before.version + 1,
            digest=digest,
            changed_at_ms=self.announcer.now_ms(),
        )
        store.put(self.session, replace(after, event_id=self._published(after)))

    def _said_already(self, period: str) -> State:
        """Return how far the others have come with an account that is only made now."""
        said = messages.about(self.session, self.agreement.id, period)
        return state_of(said, self.agreement.regions)

    def _published(self, kept: Kept) -> str | None:
        """Publish the account; one without any final reading or payment says nothing yet."""
        account = kept.account
        silent = kept.event_id is None and not account.readings and not account.lines
        if not self.ours or account.status == "tested" or silent:
            return kept.event_id
        return self.announcer.say(
            self.session,
            content_of(self.agreement, account),
            version=kept.version,
            supersedes=kept.event_id,
            mode=self.mode,
        )

    def _withdraw(self, kept: Kept) -> None:
        """Take an account back that the agreement no longer asks for."""
        store.remove(self.session, kept)
        if kept.event_id is not None:
            self.announcer.say(
                self.session,
                content_of(self.agreement, kept.account),
                version=kept.version + 1,
                supersedes=kept.event_id,
                withdraws=True,
                mode=self.mode,
            )


def _next_open(period: str, closed: Collection[str]) -> str:
    while period in closed:
        period = next_period(period)
    return period
