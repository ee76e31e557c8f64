"""`lingqu demo`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

AS_JSON = typer.Option("--json", help="As one JSON object.")
EVENTS = typer.Option(help="How many events to publish on each topic.")
SEED = typer.Option(help="The same seed plays the same events.")
SCHEMAS = typer.Option(envvar="LINGQU_SCHEMAS_DIR", help="The folder of contracts.")


def demo(
    *,
    as_json: Annotated[bool, AS_JSON] = False,
    events: Annotated[int, EVENTS] = 240,
    seed: Annotated[int, SEED] = 43,
    schemas: Annotated[Path | None, SCHEMAS] = None,
) -> None:
    """Play a short day between provinces and count every event; exit 0 only if all adds up.

    Uses the hub that is up in LINGQU_HOME, else starts one on free ports and stops it afterwards.
    """
    from rich.console import Console  # noqa: PLC0415

    from lingqu_embedded.demo.play import play  # noqa: PLC0415
    from lingqu_embedded.home import HubHome  # noqa: PLC0415

    home = HubHome.of(os.environ)
    home.make()
    result = play(home, schemas, events, seed, lambda line: typer.echo(line, err=True))
    if as_json:
        import json  # noqa: PLC0415

        typer.echo(json.dumps(result.as_dict(), ensure_ascii=False, indent=2))
    else:
        wide = None if os.isatty(1) else 160
        console = Console(width=wide)
        console.print(result.table())
        for fault in result.faults:
            console.print(fault)
        verdict = "everything adds up" if result.ok else "IT DOES NOT ADD UP"
        console.print(f"{verdict}, in {result.seconds:.1f} s")
    raise typer.Exit(0 if result.ok else 1)
