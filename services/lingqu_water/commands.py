"""`lingqu water`: files of readings in, the template to fill in, and what the service holds."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from lingqu.domain_service.commands.importing import AS_JSON, COPY, MODE, Mode, import_all
from lingqu.domain_service.commands.serving import URL
from lingqu.domain_service.commands.template import CSV, OUTPUT, write_template
from lingqu_water.account_commands import accounts
from lingqu_water.alert_commands import alerts
from lingqu_water.listing import WATER, assessments, readings, sections

# What the commands need is imported when they run: `lingqu --help` stays quick.
app = typer.Typer(
    name="water", help="Water quality: readings, sections and what follows.", no_args_is_help=True
)

app.command()(sections)
app.command()(readings)
app.command()(assessments)
app.add_typer(alerts)
app.add_typer(accounts)

TEMPLATE_NAME = "水质监测数据填报模板"


FILES = typer.Argument(help="4-hourly CSV, snapshot CSV, interface JSON, our template (XLSX, CSV).")
COLLECTED = typer.Option(
    formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"],
    help="When the file was collected: gives years, and which of two is the later.",
)
FORM = typer.Option(help="auto, hourly4, snapshot, rawjson or template.")


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
    query = {"form": form, "mode": mode.value}
    if collected_on is not None:
        written = collected_on.isoformat(timespec="minutes")
        query["collected_on"] = written.removesuffix("T00:00")
    import_all(WATER, url, files, query, returned_copy, as_json=as_json)


@app.command()
def template(
    *, csv: Annotated[bool, CSV] = False, output: Annotated[Path | None, OUTPUT] = None
) -> None:
    """Write the template for entering readings by hand, with examples and code lists."""
    from lingqu_water.forms.template_columns import reading_template  # noqa: PLC0415

    write_template(reading_template(), output, TEMPLATE_NAME, csv=csv)
