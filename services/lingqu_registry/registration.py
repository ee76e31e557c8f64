"""Registering schemas: what waits is written together, and answered when it is durable."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from lingqu.metrics import Metrics
from lingqu_registry.endpoints.requests import SchemaRequest
from lingqu_registry.errors import RegistryError
from lingqu_registry.levels import Level
from lingqu_registry.metrics import REGISTRATIONS
from lingqu_registry.names import check_subject, full_name
from lingqu_registry.planning import Addition, Draft, Identified, Planner
from lingqu_registry.store.adding import Added, add_versions
from lingqu_registry.store.store import Store, Turns

_BATCH = 128


@dataclass(frozen=True, slots=True)
class Registered:
    """A version that holds the schema; `changed` tells that metadata or rules were added to it."""

    id: int
    version: int
    schema: Identified
    changed: bool


@dataclass(frozen=True, slots=True)
class _Job:
    draft: Draft
    answer: Future[Registered] = field(default_factory=Future)


class Registration:
    """Decides whether schemas become versions of their subjects, one batch at a time.

    All drafts that wait share one transaction, and so one flush of the disk. Their plans are made
    before it, without the write lock; where another process came first, they are made again.
    """

    def __init__(
        self, store: Store, default_level: Level, incompatible_code: int, metrics: Metrics
    ) -> None:
        self._store = store
        self._default_level = default_level
        self._code = incompatible_code
        self._metrics = metrics
        self._waiting: deque[_Job] = deque()
        self._settling = False
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "registration")

    def submit(self, subject: str, request: SchemaRequest) -> Future[Registered]:
        """Return what will be the version that holds the schema; RegistryError where refused.

        Raises RegistryError 42208 at once. May be called from any thread, and does not block.
        """
        check_subject(full_name(subject))
        job = _Job(Draft(full_name(subject), request))
        with self._lock:
            self._waiting.append(job)
            if not self._settling:
                self._settling = True
                self._thread.submit(self._settle)
        return job.answer

    def register(self, subject: str, request: SchemaRequest) -> Registered:
        """Register and wait until it is durable."""
        return self.submit(subject, request).result()

    def close(self) -> None:
        self._thread.shutdown()

    def _settle(self) -> None:
        """Answer what waits, batch by batch on one connection, until nothing does."""
        jobs = self._taken()
        while jobs:
            try:
                with self._store.turns() as turns:
                    while jobs:
                        left = jobs
                        while left:
                            left = self._round(turns, left)
                        jobs = self._taken()
            except Exception as error:  # noqa: BLE001 - each waiting request raises it
                for job in jobs:
                    if not job.answer.done():
                        job.answer.set_exception(error)
                jobs = self._taken()

    def _taken(self) -> list[_Job]:
        with self._lock:
            jobs = [self._waiting.popleft() for _ in range(min(len(self._waiting), _BATCH))]
            self._settling = bool(jobs)
        return jobs

    def _round(self, turns: Turns, jobs: Sequence[_Job]) -> list[_Job]:
        """Answer what can be answered now, and return the jobs that were overtaken."""
        with turns.reading() as reads:
            drafts = [job.draft for job in jobs]
            planner = Planner(reads, drafts, self._default_level, self._code)
            plans = [(job, self._planned(planner, job)) for job in jobs]
        planned = [(job, addition) for job, addition in plans if addition is not None]
        if not planned:
            return []
        with turns.writing() as writing:
            if not planner.scopes.still_hold(writing.reads):
                return [job for job, _ in planned]
            outcomes = add_versions(writing, [addition for _, addition in planned])
        overtaken = []
        for (job, addition), outcome in zip(planned, outcomes, strict=True):
            if outcome is None:
                overtaken.append(job)
            else:
                self._answer(job, addition, outcome)
        return overtaken

    def _planned(self, planner: Planner, job: _Job) -> Addition | None:
        try:
            plan = planner.plan(job.draft)
        except RegistryError as error:
            self._refuse(job, error)
            return None
        except SQLAlchemyError:
            raise
        except Exception as error:  # noqa: BLE001 - one schema must not fail its neighbours
            job.answer.set_exception(error)
            return None
        if isinstance(plan, Addition):
            return plan
        self._metrics.inc(REGISTRATIONS, outcome="known")
        job.answer.set_result(Registered(plan.id, plan.version, plan.schema, plan.changed))
        return None

    def _answer(self, job: _Job, addition: Addition, outcome: Added | RegistryError) -> None:
        if isinstance(outcome, RegistryError):
            self._refuse(job, outcome)
            return
        self._metrics.inc(REGISTRATIONS, outcome="registered")
        found = Registered(outcome.id, outcome.version, addition.schema, addition.changed)
        job.answer.set_result(found)

    def _refuse(self, job: _Job, error: RegistryError) -> None:
        self._metrics.inc(REGISTRATIONS, outcome="refused")
        job.answer.set_exception(error)
