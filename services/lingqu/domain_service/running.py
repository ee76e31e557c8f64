"""The service while it runs: its loops, from the first look at the database to the last."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from lingqu.domain_service.foundation import Foundation
from lingqu.domain_service.preparation import Preparation
from lingqu.domain_service.upkeep import Chore, Upkeep
from lingqu.inbox.decoding import Decoder
from lingqu.inbox.handler import Handler
from lingqu.inbox.inbox import Inbox
from lingqu.kafka.table import CompactedTable
from lingqu.outbox.relay import Relay
from lingqu.quality.reporting import Reporting
from lingqu.service.background import background
from lingqu.service.database import database_missing


class Running:
    """Publishes, takes in what others publish, and does what is due, once the database is ready.

    `tables` are read as long as it runs.
    """

    def __init__(
        self,
        ground: Foundation,
        prepare: Callable[[], None],
        handlers: Mapping[str, Handler],
        chores: Sequence[Chore],
        tables: Sequence[CompactedTable] = (),
    ) -> None:
        settings, clock, metrics = ground.settings, ground.clock, ground.metrics
        place = ground.engine, settings.kafka, settings.region, ground.domain
        decoder = Decoder(ground.catalogue, ground.registry)
        self._ground = ground
        self._preparation = Preparation(prepare, clock)
        self._relay = Relay(*place, metrics, clock)
        self._inbox = Inbox(*place, handlers, decoder, metrics, clock)
        self._upkeep = Upkeep(chores, clock, metrics)
        self._tables = tuple(tables)
        self._reporting = Reporting(ground.tally, settings.kafka, settings.region, clock)

    def missing(self) -> list[str]:
        """Return in sentences what the service waits for."""
        ground = self._ground
        return [
            *(self._preparation.missing() or database_missing(ground.engine)),
            *ground.gates.missing(),
            *self._relay.missing(),
            *self._inbox.missing(),
        ]

    @asynccontextmanager
    async def lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        """Run the loops until the app ends."""
        await run_in_threadpool(self._preparation.attempt)
        loops = {
            "outbox-relay": self._relay.run,
            "inbox": self._inbox.run,
            "upkeep": self._upkeep.run,
            "quality": self._reporting.run,
        }
        async with AsyncExitStack() as stack:
            stack.callback(self._ground.engine.dispose)
            stack.callback(self._ground.registry.close)
            for table in self._tables:
                table.start()
                stack.push_async_callback(run_in_threadpool, table.stop)
            await stack.enter_async_context(background("preparation", self._preparation.run))
            for name, run in loops.items():
                await stack.enter_async_context(background(name, self._preparation.then(run)))
            yield
