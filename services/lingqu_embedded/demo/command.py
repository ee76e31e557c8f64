"""`lingqu demo`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

AS_JSON = typer.Option("--json", help="As one JSON object.")
EVENTS = typer.Option(min=1, help="How many events to publish on each topic.")
SEED = typer.Option(help="The same seed plays the same events.")
SCHEMAS = typer.Option(envvar="LINGQU_SCHEMAS_DIR", help="The folder of contracts.")
PATIENCE = typer.Option(min=1, help="How many seconds partners have to get everything.")


def demo(
    *,
    as_json: Annotated[bool, AS_JSON] = False,
    events: Annotated[int, EVENTS] = 240,
    seed: Annotated[int, SEED] = 43,
    schemas: Annotated[Path | None, SCHEMAS] = None,
    patience: Annotated[float, PATIENCE] = 120,
) -> None:
    """Play a short day between provinces and count every event; exit 0 only if all adds up.

    Uses the hub that is up in LINGQU_HOME, else starts one on free ports and stops it afterwards.
    A hub of a partner province is started beside it and stopped again, and so is its feed.
    """
    from rich.console import Console  # noqa: PLC0415

    from lingqu_embedded.demo.play import DemoOptions, play  # noqa: PLC0415
    from lingqu_embedded.home import HubHome  # noqa: PLC0415

    home = HubHome.of(os.environ)
    home.make()
    options = DemoOptions(schemas, events, seed, patience)
    result = play(home, options, lambda line: typer.echo(line, err=True))
    if as_json:
        import json  # noqa: PLC0415

        typer.echo(json.dumps(result.as_dict(), ensure_ascii=False, indent=2))
    else:
        Console(width=None if os.isatty(1) else 160).print(result.table())
    for sentence in result.sentences():
        typer.echo(sentence, err=as_json)
    raise typer.Exit(0 if result.ok else 1)
