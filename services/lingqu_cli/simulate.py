"""`lingqu simulate`: generated events through the gateway, live."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from lingqu.client import HubAddresses, HubClient, ServiceClient
from lingqu.clock import SystemClock
from lingqu.errors import ConfigurationError, NotFoundError
from lingqu.simulation import Scene, Simulation, simulations
from lingqu_cli.live import Live
from lingqu_cli.sending import Tally


def simulate(
    contracts: Annotated[
        list[str] | None,
        typer.Argument(help="Contracts to play, <domain>.<event>; all that can be by default."),
    ] = None,
    rate: Annotated[
        float, typer.Option(min=0.01, max=2000, help="Events a second on each topic.")
    ] = 2.0,
    maximum: Annotated[
        int | None, typer.Option("--max", min=1, help="End after N events on each topic.")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0.01, help="End after so many minutes.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed plays the same events; else by chance.")
    ] = None,
    region: Annotated[str | None, typer.Option(help="Play this region; else the hub's.")] = None,
) -> None:
    """Publish generated events that look real, live, until Ctrl-C, --max or --minutes.

    They are synthetic: for demos and rehearsals, never beside measured data of a hub in use.
    """
    chosen = _chosen(contracts)
    addresses = HubAddresses.find(os.environ)
    of_region = region or addresses.region
    if of_region is None:
        raise ConfigurationError("whose events? no hub is up here: set LINGQU_REGION or --region")
    clock, stop = SystemClock(), threading.Event()
    number = random.SystemRandom().randrange(1_000_000) if seed is None else seed
    scene = Scene(of_region, clock.now(), number, rate)
    with HubClient(addresses) as hub:
        plays = {
            _topic(hub.gateway, contract): simulation.events(contract, scene)
            for contract, simulation in chosen.items()
        }
        lasting = None if minutes is None else timedelta(minutes=minutes)
        live = Live(hub.gateway, plays, clock, maximum, lasting)
        with _stopped_by_signals(stop):
            _show(live.run(stop))
    if not stop.is_set() and not any(tally.read for tally in live.tallies.values()):
        raise NotFoundError(f"no simulation knows anything of region {of_region}; try another")
    for topic, tally in live.tallies.items():
        refused = f", {len(tally.refused):,} refused" if tally.refused else ""
        typer.echo(f"{topic}: {tally.accepted:,} published{refused}, seed {number}")
    if stop.is_set():
        raise typer.Exit(130)


def _chosen(contracts: list[str] | None) -> dict[str, Simulation]:
    known = simulations()
    for contract in contracts or []:
        if contract not in known:
            raise NotFoundError(
                f"no simulation plays {contract!r}; there are {', '.join(sorted(known)) or 'none'}"
            )
    return {name: known[name] for name in contracts or known}


def _topic(gateway: ServiceClient, contract: str) -> str:
    """Return the contract's topic of the highest version that the hub has."""
    listed: list[dict[str, Any]] = gateway.get("/v1/topics")["topics"]
    majors = [
        int(major)
        for name, _, major in (one["topic"].rpartition(".v") for one in listed)
        if name == contract
    ]
    if not majors:
        raise NotFoundError(f"this hub has no contract {contract!r}; is LINGQU_SCHEMAS_DIR right?")
    return f"{contract}.v{max(majors)}"


@contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """Let a signal end the play between two batches, not within one."""
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _show(tallies: Iterator[dict[str, Tally]]) -> None:
    """Show how far it is, on a terminal only, and away from what a program reads."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.completed} published"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("simulate", total=None)
        for each in tallies:
            progress.update(task, completed=sum(tally.accepted for tally in each.values()))
