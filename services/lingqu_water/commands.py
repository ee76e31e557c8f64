"""`lingqu water`: files of readings in, the template to fill in, and what the service holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lingqu_water.listing import readings, sections
from lingqu_water.serving import URL, water_service

if TYPE_CHECKING:
    from lingqu.client import ServiceClient
    from lingqu_water.uploading import Outcome, Watch

# What the commands need is imported when they run: `lingqu --help` stays quick.
app = typer.Typer(
    name="water", help="Water quality: readings, sections and what follows.", no_args_is_help=True
)

app.command()(sections)
app.command()(readings)

TEMPLATE_NAME = "水质监测数据填报模板"
_SHOWN_MOST = 20


class Mode(StrEnum):
    """The lane of an import; back-fills and snapshots raise no alert."""

    LIVE = "live"
    BACKFILL = "backfill"
    SNAPSHOT = "snapshot"


FILES = typer.Argument(help="4-hourly CSV, snapshot CSV, interface JSON, our template (XLSX, CSV).")
AS_JSON = typer.Option("--json", help="One JSON object a file, on a line.")
COLLECTED = typer.Option(
    formats=["%Y-%m-%d"], help="When the file was collected: gives years, and which is the later."
)
FORM = typer.Option(help="auto, hourly4, snapshot, rawjson or template.")
MODE = typer.Option(help="Back-fills and snapshots raise no alert.")
COPY = typer.Option(help="Write the file here with each refused cell marked and explained.")
CSV = typer.Option("--csv", help="As CSV; else as a workbook.")
OUTPUT = typer.Option("-o", "--output", help="Where to write it.")


@app.command("import")
def import_files(
    files: Annotated[list[Path], FILES],
    *,
    as_json: Annotated[bool, AS_JSON] = False,
    collected_on: Annotated[datetime | None, COLLECTED] = None,
    form: Annotated[str, FORM] = "auto",
    mode: Annotated[Mode, MODE] = Mode.LIVE,
    returned_copy: Annotated[Path | None, COPY] = None,
    url: Annotated[str | None, URL] = None,
) -> None:
    """Import files of readings; importing one again gives nothing new.

    Exits 0 when every file was read, even if some rows were refused; 1 when one could not be read
    or all its rows were refused.
    """
    from lingqu.errors import InputError  # noqa: PLC0415
    from lingqu_water.uploading import upload  # noqa: PLC0415

    if returned_copy is not None and len(files) > 1:
        raise typer.BadParameter("name one file only with --returned-copy")
    query = {"form": form, "mode": mode.value}
    if collected_on is not None:
        query["collected_on"] = f"{collected_on:%Y-%m-%d}"
    failed = False
    with water_service(url) as service:
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


@app.command()
def template(
    *, csv: Annotated[bool, CSV] = False, output: Annotated[Path | None, OUTPUT] = None
) -> None:
    """Write the template for entering readings by hand, with examples and code lists."""
    from lingqu.errors import ConflictError  # noqa: PLC0415
    from lingqu.sheets.template import write_csv_template, write_xlsx_template  # noqa: PLC0415
    from lingqu_water.forms.template_columns import reading_template  # noqa: PLC0415

    target = output or Path(f"{TEMPLATE_NAME}.{'csv' if csv else 'xlsx'}")
    as_csv = csv or target.suffix.lower() == ".csv"
    write = write_csv_template if as_csv else write_xlsx_template
    try:
        file = target.open("xb")
    except FileExistsError as error:
        raise ConflictError(f"{target} is there already; name another with -o") from error
    except OSError as error:
        raise ConflictError(f"{target} cannot be written: {error.strerror}") from error
    with file:
        write(reading_template(), file)
    typer.echo(f"written: {target}")


@contextmanager
def _watched(file: Path) -> Iterator[Watch]:
    """Show how far it is, on a terminal only, and away from what a program reads."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    from lingqu_water.uploading import Watch  # noqa: PLC0415

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
    from lingqu_water.uploading import fetch_copy  # noqa: PLC0415

    if fetch_copy(service, outcome, target):
        typer.echo(f"returned copy: {target}", err=True)
    else:
        typer.echo("there is no returned copy: nothing was refused, or it is no table", err=True)
