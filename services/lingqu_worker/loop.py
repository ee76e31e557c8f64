"""The worker's main loop: keeps what runs in step with what the agreements allow."""

from __future__ import annotations

import logging
import threading

from lingqu.agreements.state import AgreementState
from lingqu.contracts.model import Catalogue
from lingqu.errors import LingquError
from lingqu_worker.assignments import Assignments
from lingqu_worker.broker_time import BrokerTime
from lingqu_worker.gauges import Gauges
from lingqu_worker.inlet import Inlet
from lingqu_worker.orders.runner import order_inlet, readmission_inlet
from lingqu_worker.resources import Resources
from lingqu_worker.runner import Runner, readmission, start_inbound, start_outbound

logger = logging.getLogger(__name__)

_EVERY_S = 0.5


class WorkerLoop:
    """Starts a feed when its agreement comes into force, stops it when it ends or changes.

    A new agreement version stops the feed and starts it under the new terms, a new version of the
    contract those that admit by it; progress says where. A feed that cannot start says why and is
    tried again.
    """

    def __init__(self, resources: Resources, catalogue: Catalogue, instance: str | None) -> None:
        self._resources = resources
        self._catalogue = catalogue
        self._instance = instance
        self._assignments = Assignments(resources.own)
        self._running: dict[str, Runner] = {}
        self._ending: list[Runner] = []
        self._gauges = Gauges(resources)
        self.problems: dict[str, str] = {}

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop, then let every lane finish its batch."""
        time = BrokerTime(self._resources)
        while not stop.is_set():
            time.look()
            self._reconcile()
            self._gauges.show(self._running)
            self._resources.clock.wait(_EVERY_S, stop)
        for runner in self._running.values():
            runner.inlet.stop()
        for runner in [*self._running.values(), *self._ending]:
            runner.inlet.join()
        time.close()

    def runners(self) -> list[Runner]:
        """Return what runs now, by feed id."""
        return [runner for _, runner in sorted(self._running.items())]

    def _reconcile(self) -> None:
        now_ms = int(self._resources.clock.now().timestamp() * 1000)
        wanted = self._assignments.flowing(self._resources.table.snapshot(), now_ms)
        for feed, runner in list(self._running.items()):
            if wanted.get(feed) != runner.state or self._outdated(runner):
                self._end(feed)
        self._ending = [runner for runner in self._ending if runner.inlet.alive]
        for feed in list(self.problems):
            if feed not in wanted:
                del self.problems[feed]
        busy = {runner.state.runs_as for runner in self._ending}
        for feed, state in wanted.items():
            if feed not in self._running and feed not in busy:
                self._start(state)

    def _outdated(self, runner: Runner) -> bool:
        """Say whether a new version of the contract was published that it admits by."""
        contract = runner.contract
        return contract is not None and self._catalogue.contract(contract.name) is not contract

    def _end(self, feed: str) -> None:
        runner = self._running.pop(feed)
        runner.inlet.stop()
        self._ending.append(runner)
        logger.info("feed ends", extra={"feed": feed})

    def _start(self, state: AgreementState) -> None:
        try:
            if state.orders:
                inlet = self._order_inlet(state)
                inlet.start()
                runner = Runner(state, inlet)
            elif self._assignments.direction(state) == "outbound":
                runner = start_outbound(state, self._resources, self._instance)
            else:
                runner = start_inbound(state, self._resources, self._catalogue, self._instance)
        except Exception as error:  # noqa: BLE001 - one feed's trouble is not the others'
            self._cannot_start(state.runs_as, error)
        else:
            self.problems.pop(state.runs_as, None)
            self._running[state.runs_as] = runner
            logger.info("feed starts", extra={"feed": state.runs_as, "version": state.version})

    def _order_inlet(self, state: AgreementState) -> Inlet:
        if self._assignments.direction(state) == "outbound":
            return order_inlet(state, self._resources, self._instance)
        spec = readmission(state, self._resources, self._catalogue)
        return readmission_inlet(spec, self._resources, self._instance)

    def _cannot_start(self, feed: str, error: Exception) -> None:
        known = isinstance(error, LingquError)
        why = str(error) if known else f"{type(error).__name__}: {error}; the log says where"
        if self.problems.get(feed) != why:
            said = {"feed": feed, "why": why}
            logger.error("feed cannot start", extra=said, exc_info=None if known else error)
        self.problems[feed] = why
