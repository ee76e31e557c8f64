"""A hub's control and worker in this process: commands and requests take effect for real."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import typer
from fastapi.testclient import TestClient
from tests.support.desk_hub import Run, command_line
from tests.support.worker import WorkerUnderTest
from tests.unit.lingqu_control.desks import agreement, apply, desk, document, published

from lingqu.clock import SystemClock
from lingqu.metrics import Metrics
from lingqu.service.app import make_app
from lingqu_cli import dlt, feed, feed_offsets, ordering, topic
from lingqu_control.desk import Desk
from lingqu_control.endpoints import agreements, connectors, dead_letters, feeds, orders, topics
from lingqu_control.repartition import Repartitioning


@dataclass
class HubInProcess:
    """What control publishes reaches the worker's table a moment later."""

    worker: WorkerUnderTest
    desk: Desk
    http: TestClient
    lingqu: Run

    def agree(self, feed_id: str, **terms: Any) -> None:
        """Apply an agreement on the worker's contract."""
        named = {"contract": self.worker.contract.name, "feed": feed_id}
        apply(self.desk, document(agreement(**named, **terms)))

    @contextmanager
    def relayed(self) -> Iterator[None]:
        """Carry what control publishes to the worker until the block ends."""
        stop = threading.Event()

        def carry() -> None:
            done = 0
            while not stop.wait(0.1):
                states = published(self.desk)
                for state in states[done:]:
                    self.worker.put(state)
                done = len(states)

        thread = threading.Thread(target=carry)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(10)


def hub_in_process(worker: WorkerUnderTest, patch: pytest.MonkeyPatch) -> HubInProcess:
    """Return a hub with the worker's contract, its control's database in the worker's folder."""
    folder = worker.folder.parent
    url = f"sqlite:///{folder}/control.sqlite"
    one = desk(folder, url=url, clock=SystemClock(), name=worker.contract.name)
    app = make_app("control", metrics=Metrics(), ready=list)
    for room in (agreements, feeds):
        app.include_router(room.router(one))
    for reading in (dead_letters, orders, connectors):
        app.include_router(reading.router(one, worker.kafka))
    grows = Repartitioning(one.hub, one.store, worker.kafka, worker.table_topic)
    app.include_router(topics.router(one, worker.kafka, grows))
    commands = typer.Typer()
    commands.add_typer(dlt.app, name="dlt")
    commands.add_typer(feed.app, name="feed")
    commands.add_typer(topic.app, name="topic")
    run = command_line(app, commands, [dlt, feed, feed_offsets, ordering, topic], patch)
    return HubInProcess(worker, one, TestClient(app), run)
