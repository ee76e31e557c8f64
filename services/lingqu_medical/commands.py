"""`lingqu medical`: files in and out, days reconciled, statements cleared."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lingqu.domain_service.commands.app import TARGET, domain_app
from lingqu.domain_service.commands.exporting import export_listing
from lingqu.domain_service.commands.listing import (
    AS_JSON,
    LIMIT,
    Cell,
    Listing,
    list_rows,
    print_json,
    print_table,
)
from lingqu.domain_service.commands.serving import URL, Served, path_of
from lingqu_medical.clearing_commands import add_clearing

if TYPE_CHECKING:
    from lingqu.sheets.template import Template

MEDICAL = Served("medical", "http://127.0.0.1:8104")
_FORMS = ("filing", "settlement", "reversal", "platform")
_EXPORTS = {"settlements": "/v1/settlements/export", "statements": "/v1/clearing/export"}


def _template(name: str) -> Template:
    from lingqu.contracts.loader import load_catalogue, schemas_dir  # noqa: PLC0415
    from lingqu_medical.forms.named import form_of  # noqa: PLC0415

    return form_of(name, load_catalogue(schemas_dir(None)), _reference_dir()).template()


def _reference_dir() -> Path | None:
    """Return the operator's folder of tables, as the service's setting of that name says."""
    folder = os.environ.get("LINGQU_MEDICAL_REFERENCE_DIR")
    return Path(folder) if folder else None


_TEMPLATES: dict[str, Callable[[], Template]] = {name: partial(_template, name) for name in _FORMS}

app = domain_app(
    MEDICAL,
    "Medical: filings, settlements, reconciliation, clearing.",
    _TEMPLATES,
    _EXPORTS,
    taken_elsewhere={"platform"},
)
add_clearing(app, MEDICAL)

FILE = typer.Argument(help="The platform's detailed account (3202), XLSX or CSV; else our rows.")
INSURED = typer.Option(help="Province of insurance, such as 44.")
TREATMENT = typer.Option(help="Province of treatment, such as 43.")
FROM = typer.Option("--from", formats=["%Y-%m-%d"], help="First day, in Beijing.")
TO = typer.Option(formats=["%Y-%m-%d"], help="Last day; the first one by default.")
RECONCILIATION = typer.Argument(help="Its id, as `reconcile` prints it.")
PERIOD = typer.Option(help="A month, written 2026-10.")
STATE = typer.Option(help="generated, confirmed_by_treatment, …, closed.")


@app.command()
def reconcile(
    file: Annotated[Path | None, FILE] = None,
    *,
    insured: Annotated[str, INSURED],
    treatment: Annotated[str, TREATMENT],
    from_: Annotated[datetime, FROM],
    to: Annotated[datetime | None, TO] = None,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """Hold the platform's rows against ours; without a file, tell the other side our rows.

    Exits 1 where rows differ, each of which is printed.
    """
    from lingqu_medical.forms.platform_file import platform_rows  # noqa: PLC0415

    asked: dict[str, Any] = {
        "insured_region": insured,
        "treatment_region": treatment,
        "from": f"{from_:%Y-%m-%d}",
        "to": f"{to or from_:%Y-%m-%d}",
    }
    if file is not None:
        asked["platform"] = platform_rows(file, _reference_dir())
    with MEDICAL.client(url) as service:
        found = service.post("/v1/reconciliations", asked)
    _tell(found, as_json=as_json)
    raise typer.Exit(1 if found["differences"] else 0)


@app.command()
def differences(
    reconciliation: Annotated[str, RECONCILIATION],
    output: Annotated[Path, TARGET],
    *,
    url: Annotated[str | None, URL] = None,
) -> None:
    """Write the differing rows of a reconciliation as a spreadsheet."""
    path = path_of("reconciliations", reconciliation, "export")
    export_listing(MEDICAL, url, path, {}, output)


@app.command()
def clearing(
    *,
    insured: Annotated[str | None, INSURED] = None,
    treatment: Annotated[str | None, TREATMENT] = None,
    period: Annotated[str | None, PERIOD] = None,
    state: Annotated[str | None, STATE] = None,
    limit: Annotated[int, LIMIT] = 100,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """List clearing statements: who owes whom how much of which fund, and how far they are.

    Those that our own book does not come to are listed by `disagreements`.
    """
    columns: dict[str, Cell] = {
        "period": itemgetter("period"),
        "pays": itemgetter("insured_region"),
        "is paid": itemgetter("treatment_region"),
        "fund": itemgetter("insutype"),
        "settled": itemgetter("settlement_count"),
        "reversed": itemgetter("reversal_count"),
        "held": itemgetter("held_count"),
        "amount 元": _yuan("amount_fen"),
        "state": itemgetter("state"),
        "due": itemgetter("due_on"),
        "next": lambda one: ", ".join(one["possible"]),
    }
    nothing = "no such statements; `lingqu medical state` states a period that is over"
    listing = Listing("/v1/clearing/statements", columns, nothing)
    query = {
        "insured_region": insured,
        "treatment_region": treatment,
        "period": period,
        "state": state,
    }
    list_rows(MEDICAL, url, listing, query, limit, as_json=as_json)


@app.command()
def disagreements(
    *,
    period: Annotated[str | None, PERIOD] = None,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """List clearing statements that our own book does not come to, recomputed from the events.

    What comes through the gateway or from a partner brings its own period, and enters it even
    where that was stated: no statement changes, and the difference stands here. Exits 1 for any.
    """
    query = {} if period is None else {"period": period}
    found = MEDICAL.get(url, "/v1/clearing/disagreements", **query)["items"]
    if as_json:
        print_json(found)
    elif found:
        columns: dict[str, Cell] = {
            "period": itemgetter("period"),
            "pays": itemgetter("insured_region"),
            "is paid": itemgetter("treatment_region"),
            "fund": itemgetter("insutype"),
            "stated 元": _yuan("stated_fen"),
            "ours 元": _yuan("ours_fen"),
            "difference 元": _yuan("difference_fen"),
        }
        print_table(columns, found)
        typer.echo(
            "Inquire with the other province (POST /v1/inquiries), or take back what came late "
            "(POST /v1/reversals) and settle it anew."
        )
    else:
        typer.echo("no statement differs from our book")
    raise typer.Exit(1 if found else 0)


@app.command()
def held(
    *,
    limit: Annotated[int, LIMIT] = 100,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """List settlements held back from clearing, with the identities that do not hold."""
    columns: dict[str, Cell] = {
        "settlement": itemgetter("setl_id"),
        "insured": itemgetter("insured_region"),
        "treated": itemgetter("treatment_region"),
        "period": itemgetter("period"),
        "does not balance": lambda one: "; ".join(map(_violation, one["violations"])),
    }
    listing = Listing("/v1/settlements", columns, "no settlement is held back")
    list_rows(MEDICAL, url, listing, {"held": "true"}, limit, as_json=as_json)


def _violation(each: dict[str, Any]) -> str:
    left, right = each["left_fen"] / 100, each["right_fen"] / 100
    return f"{each['identity']} {left:,.2f} ≠ {right:,.2f}"


def _yuan(field: str) -> Cell:
    return lambda row: f"{row[field] / 100:,.2f}"


def _tell(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    counted = sum(each["count"] for each in found["totals"])
    for each in found["differences"]:
        sign = " (退费)" if each["refunded"] else ""
        typer.echo(f"{each['id']}{sign}: {each['kind']}")
    typer.echo(
        f"{found['reconciliation_id']}: {counted:,} rows, {found['difference_count']:,} differ"
    )
