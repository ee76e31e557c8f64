"""`lingqu <domain> import`: files sent one after the other, each with what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from lingqu.client import ServiceClient
    from lingqu.domain_service.commands.serving import Served
    from lingqu.domain_service.commands.uploading import Outcome, Watch

AS_JSON = typer.Option("--json", help="One JSON object a file, on a line.")
MODE = typer.Option(help="Back-fills and snapshots raise no alert.")
COPY = typer.Option(help="Write the file here with each refused cell marked and explained.")
_SHOWN_MOST = 20


class Mode(StrEnum):
    """The lane of an import; what is filled in afterwards raises no alert."""

    LIVE = "live"
    BACKFILL = "backfill"
    SNAPSHOT = "snapshot"


def import_all(
    served: Served,
    url: str | None,
    files: Sequence[Path],
    query: Mapping[str, str],
    returned_copy: Path | None,
    *,
    as_json: bool,
) -> None:
    """Import the files and end: 0 where every file was read, even if some rows were refused.

    Ends with 1 where one could not be read, or all its rows were refused. Importing a file again
    gives nothing new.
    """
    from lingqu.domain_service.commands.uploading import upload  # noqa: PLC0415
    from lingqu.errors import InputError  # noqa: PLC0415

    if returned_copy is not None and len(files) > 1:
        raise typer.BadParameter("name one file only with --returned-copy")
    failed = False
    with served.client(url) as service:
        for file in files:
            try:
                with _watched(file) as watch:
                    outcome = upload(service, file, query, watch)
            except InputError as error:
                typer.echo(f"lingqu: {error}", err=True)
                failed = True
                continue
            _tell(outcome, as_json=as_json)
            if returned_copy is not None:
                _save_copy(service, outcome, returned_copy)
            failed = failed or outcome.nothing_read
    raise typer.Exit(1 if failed else 0)


@contextmanager
def _watched(file: Path) -> Iterator[Watch]:
    """Show how far it is, on a terminal only, and away from what a program reads."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    from lingqu.domain_service.commands.uploading import Watch  # noqa: PLC0415

    console = Console(stderr=True)
    rows = TextColumn("{task.fields[rows]:,} rows")
    columns = (TextColumn("{task.description}"), BarColumn(), rows, TimeElapsedColumn())
    size = file.stat().st_size if file.is_file() else None
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(file.name, total=size, rows=0)
        yield Watch(
            sent=lambda count: progress.update(task, completed=count),
            taken=lambda count: progress.update(task, rows=count),
        )


def _tell(outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        import json  # noqa: PLC0415

        typer.echo(json.dumps(outcome.as_dict(), ensure_ascii=False))
        return
    for note in outcome.notes:
        typer.echo(f"note: {note}")
    for refused in outcome.refused[:_SHOWN_MOST]:
        typer.echo(f"row {refused['row']}, {refused['reason']}")
    more = len(outcome.refused) - _SHOWN_MOST
    if more > 0:
        typer.echo(f"and {more:,} more; --json lists all, --returned-copy FILE marks them")
    counts = outcome.counts
    typer.echo(
        f"{outcome.file}: {counts['read']:,} read, {counts['accepted']:,} new,"
        f" {counts['repeats']:,} repeats, {counts['revisions']:,} revisions,"
        f" {counts['withdrawals']:,} withdrawals, {len(outcome.refused):,} refused"
    )


def _save_copy(service: ServiceClient, outcome: Outcome, target: Path) -> None:
    from lingqu.domain_service.commands.uploading import fetch_copy  # noqa: PLC0415

    if fetch_copy(service, outcome, target):
        typer.echo(f"returned copy: {target}", err=True)
    else:
        typer.echo("there is no returned copy: nothing was refused, or it is no table", err=True)
