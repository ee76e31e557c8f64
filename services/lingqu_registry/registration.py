"""Registering schemas: what waits is written together, and answered when it is durable."""

from __future__ import annotations

from collections.abc import Sequence

from lingqu.metrics import Metrics
from lingqu.service.together import Together, each_alone
from lingqu_registry.endpoints.requests import SchemaRequest
from lingqu_registry.errors import RegistryError
from lingqu_registry.levels import Level
from lingqu_registry.metrics import REGISTRATIONS
from lingqu_registry.names import check_subject, full_name
from lingqu_registry.planning import Addition, Draft, Planner, Registered
from lingqu_registry.store.adding import add_versions
from lingqu_registry.store.reads import Reads
from lingqu_registry.store.store import Store, Writing

Outcome = Registered | Exception
State = Draft | Addition | Outcome
"""A draft, then its plan, then what came of it."""


class Registration:
    """Decides whether schemas become versions of their subjects, one batch at a time.

    All drafts that wait share one transaction, and so one flush of the disk. They are planned
    before it, without the write lock; where somebody else wrote meanwhile, they are planned again
    under the lock.
    """

    def __init__(
        self, store: Store, default_level: Level, incompatible_code: int, metrics: Metrics
    ) -> None:
        self._store = store
        self._default_level = default_level
        self._code = incompatible_code
        self._metrics = metrics
        self._together = Together("registration", self.settle)

    async def submit(self, subject: str, request: SchemaRequest) -> Registered:
        """Return the version that holds the schema, durably. Raises RegistryError where refused."""
        return await self._together.ask(_draft(subject, request))

    def register(self, subject: str, request: SchemaRequest) -> Registered:
        """Do so alone, in this thread."""
        (outcome,) = self.settle([_draft(subject, request)])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def close(self) -> None:
        self._together.close()

    def settle(self, drafts: Sequence[Draft]) -> list[Outcome]:
        """Return in their order what came of the drafts, all of it durable."""
        states: list[State] = list(drafts)
        with self._store.turns() as turns:
            with turns.reading() as reads:
                seen = reads.writes()
                states = self._planned(reads, states)
            if any(isinstance(each, Addition) for each in states):
                with turns.writing() as writing:
                    if writing.number != seen + 1:
                        states = [_again(each) for each in states]
                    states = self._written(writing, states)
        outcomes = [each for each in states if isinstance(each, Outcome)]
        for each in outcomes:
            self._count(each)
        return outcomes

    def _written(self, writing: Writing, states: Sequence[State]) -> list[State]:
        """Plan what is to be planned and write it, until there is an outcome for each."""
        states = self._planned(writing.reads, states)
        while additions := [each for each in states if isinstance(each, Addition)]:
            added = iter(add_versions(writing, additions))
            states = [next(added) if isinstance(each, Addition) else each for each in states]
            states = self._planned(writing.reads, states)
        return states

    def _planned(self, reads: Reads, states: Sequence[State]) -> list[State]:
        drafts = [each for each in states if isinstance(each, Draft)]
        if not drafts:
            return list(states)
        planner = Planner(reads, drafts, self._default_level, self._code)
        planned = iter(each_alone(planner.plan, drafts))
        return [next(planned) if isinstance(each, Draft) else each for each in states]

    def _count(self, outcome: Outcome) -> None:
        if isinstance(outcome, Registered):
            kind = "registered" if outcome.is_new else "known"
            self._metrics.inc(REGISTRATIONS, outcome=kind)
        elif isinstance(outcome, RegistryError):
            self._metrics.inc(REGISTRATIONS, outcome="refused")


def _draft(subject: str, request: SchemaRequest) -> Draft:
    """Return it; raises RegistryError 42208."""
    check_subject(full_name(subject))
    return Draft(full_name(subject), request)


def _again(state: State) -> State:
    return state.draft if isinstance(state, Addition) else state
