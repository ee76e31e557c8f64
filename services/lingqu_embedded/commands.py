"""The commands of the embedded hub: up, down, status, doctor."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lingqu_embedded.demo.command import demo

if TYPE_CHECKING:
    from lingqu_embedded.home import HubHome
    from lingqu_embedded.plan import Plan
    from lingqu_embedded.status import HubStatus

# Without a name, so that its commands stand at the top of `lingqu`. What they need is imported when
# they run: `lingqu --help` stays quick.
app = typer.Typer()
app.command()(demo)

DETACH = typer.Option(
    "--detach", help="Return once everything is ready; the hub stays up in the background."
)
DEMO = typer.Option("--demo", help="Play the demo once the hub is up, and exit with its status.")
ONLY = typer.Option(help="Only these processes or services, by comma; Kafka comes always.")
SEPARATE = typer.Option("--separate", help="Give each service a process of its own.")
OFFSET = typer.Option(envvar="LINGQU_PORT_OFFSET", help="Add this to every port.")
REGION = typer.Option(envvar="LINGQU_REGION", help="The hub's region, when the home is new (43).")
HEAP = typer.Option(help="Memory of the Kafka broker in MB (512; 256 with --only).")
UNTIL = typer.Option(hidden=True, help="Stop when that process ends: for demos and tests.")
AS_JSON = typer.Option("--json", help="As one JSON object.")


@app.command()
def up(
    *,
    detach: Annotated[bool, DETACH] = False,
    demo: Annotated[bool, DEMO] = False,
    only: Annotated[str, ONLY] = "",
    separate: Annotated[bool, SEPARATE] = False,
    port_offset: Annotated[int, OFFSET] = 0,
    region: Annotated[str | None, REGION] = None,
    kafka_heap: Annotated[int | None, HEAP] = None,
    until_exit_of: Annotated[int | None, UNTIL] = None,
) -> None:
    """Start the hub on this machine: Kafka, then the services."""
    from lingqu_embedded import hub  # noqa: PLC0415

    if demo and not detach:
        raise typer.BadParameter("the demo is played beside the hub: add --detach")
    home = _home()
    home.make()
    chosen = tuple(part.strip() for part in only.split(",") if part.strip())
    plan = _plan(
        home,
        home.claim(region),
        port_offset,
        only=chosen,
        separate=separate,
        heap_mb=kafka_heap,
        until_exit_of=until_exit_of,
    )
    try:
        hub.up(plan, _fetch, _say, lambda: None if demo else _say(_where(home)), detach=detach)
    except hub.AlreadyUpError as error:
        if not detach:
            raise
        _say(str(error))
    if demo:
        code = _play_demo(home)
        _say(_where(home))
        raise typer.Exit(code)


@app.command()
def down() -> None:
    """Stop the hub, last things first; its data stays."""
    from lingqu_embedded import hub  # noqa: PLC0415

    hub.down(_home(), _say)


@app.command()
def status(*, as_json: Annotated[bool, AS_JSON] = False) -> None:
    """Show the hub's processes; exit 0 only when all are ready."""
    from lingqu_embedded.status import status_of  # noqa: PLC0415

    found = status_of(_home())
    if as_json:
        _print_json(found.as_dict())
    elif found.up:
        _print_table(found)
    else:
        died = "; the last one ended without stopping" if found.died else ""
        _say(f"no hub is up in {found.home}{died}; lingqu up starts one")
    raise typer.Exit(0 if found.ready else 1)


@app.command()
def doctor(*, port_offset: Annotated[int, OFFSET] = 0) -> None:
    """Check whether this machine can run a hub, and say what to do where it cannot."""
    from lingqu_embedded import jars  # noqa: PLC0415
    from lingqu_embedded.doctor import examine  # noqa: PLC0415
    from lingqu_embedded.status import status_of  # noqa: PLC0415

    home = _home()
    plan = _plan(home, "", port_offset)
    good = True
    for finding in examine(plan, status_of(home), jars.cached(_cache())):
        good = good and finding.good
        mark = "ok " if finding.good else "BAD"
        cure = "" if finding.good else f" -> {finding.cure}"
        typer.echo(f"{mark} {finding.name}: {finding.found}{cure}")
    raise typer.Exit(0 if good else 1)


def _home() -> HubHome:
    from lingqu_embedded.home import HubHome  # noqa: PLC0415

    return HubHome.of(os.environ)


def _plan(home: HubHome, region: str, port_offset: int, **others: Any) -> Plan:
    from lingqu_embedded.plan import HubOptions, make_plan  # noqa: PLC0415

    return make_plan(HubOptions(home, region, os.environ, port_offset=port_offset, **others))


def _cache() -> Path:
    from platformdirs import user_cache_path  # noqa: PLC0415

    return user_cache_path("lingqu")


def _fetch() -> str:
    from lingqu_embedded import jars  # noqa: PLC0415
    from lingqu_embedded.download import download_progress  # noqa: PLC0415

    progress = download_progress()
    try:
        return jars.classpath(_cache(), progress, os.environ.get("LINGQU_MAVEN_REPOSITORY"))
    finally:
        progress.stop()


def _play_demo(home: HubHome) -> int:
    command = [sys.executable, "-m", "lingqu_cli", "demo"]
    environ = {**os.environ, "LINGQU_HOME": str(home.root)}
    return subprocess.run(command, env=environ, check=False).returncode


def _where(home: HubHome) -> str:
    facts = home.facts() or {}
    places = {"kafka": facts.get("kafka"), **facts.get("urls", {})}
    lines = [f"  {name:10}{place}" for name, place in places.items()]
    return "\n".join(["the hub is up; lingqu status shows it, lingqu down stops it", *lines])


def _print_table(found: HubStatus) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from lingqu.clock import shown  # noqa: PLC0415

    columns = ("process", "pid", "state", "since", "service", "port", "url")
    table = Table(*columns, box=None, pad_edge=False)
    for process in found.processes:
        for place, service in enumerate(process.services):
            since = shown(process.since)
            own = (process.name, str(process.pid or "-"), process.state, since)
            row = own if place == 0 else ("",) * len(own)
            table.add_row(*row, service.name, str(service.port), service.url or found.kafka)
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(table)
    for process in found.processes:
        for service in process.services:
            for sentence in service.missing:
                typer.echo(f"{service.name}: {sentence} (log: {process.log})")


def _print_json(found: object) -> None:
    import json  # noqa: PLC0415

    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))


def _say(line: str) -> None:
    typer.echo(line)
