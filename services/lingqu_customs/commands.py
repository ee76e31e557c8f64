"""`lingqu customs`: files in and out, and what is known of one matter or waits for people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated

import typer

from lingqu.domain_service.commands.app import domain_app
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

if TYPE_CHECKING:
    from lingqu.sheets.template import Template

CUSTOMS = Served("customs", "http://127.0.0.1:8103")
_FORMS = ("declaration", "receipt", "amendment", "transit", "inspection", "level")
_EXPORTS = {"declarations": "/v1/declarations/export", "receipts": "/v1/receipts/export"}


def _template(name: str) -> Template:
    from lingqu.contracts.loader import load_catalogue, schemas_dir  # noqa: PLC0415
    from lingqu_customs.checks import Checks  # noqa: PLC0415
    from lingqu_customs.forms.stated import form_of  # noqa: PLC0415

    return form_of(name, load_catalogue(schemas_dir(None)), Checks.load()).template()


_TEMPLATES: dict[str, Callable[[], Template]] = {name: partial(_template, name) for name in _FORMS}

app = domain_app(
    CUSTOMS, "Customs: declarations, receipts, transit, inspection.", _TEMPLATES, _EXPORTS
)

NUMBER = typer.Argument(help="Its number, or its 18-digit customs number.")
STATE = typer.Option(help="open, handled or explained.")
CONSIGNMENT = typer.Argument(help="The consignment's number.")
TRANSIT = typer.Argument(help="The transit's number.")
ENTERPRISE = typer.Argument(help="Its social credit code, or its customs code of 10 characters.")
ON = typer.Option(formats=["%Y-%m-%d"], help="The day; else today in China.")
ITEM = typer.Argument(help="Its id, as `work-items` prints it.")
NOTE = typer.Option(help="What was found out and done.")


@app.command()
def declaration(
    number: Annotated[str, NUMBER],
    *,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """Show a declaration: its state, what led to it, and what may be done."""
    found = CUSTOMS.get(url, path_of("declarations", number))
    if as_json:
        print_json(found)
        return
    legal = "、".join(found["legal_commands"]) or "-"
    typer.echo(
        f"{found['declaration_no']}  {found['state_name']} ({found['state']})  可办: {legal}"
    )
    for sentence in found["anomalies"]:
        typer.echo(f"异常: {sentence}")
    columns: dict[str, Cell] = {
        "time": _time("event_at"),
        "code": itemgetter("code"),
        "receipt": itemgetter("meaning"),
        "office": itemgetter("office"),
    }
    print_table(columns, found["receipts"])


@app.command()
def timeline(
    number: Annotated[str, CONSIGNMENT],
    *,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """Show all that is known of a consignment, across offices and regions."""
    found = CUSTOMS.get(url, path_of("consignments", number, "timeline"))
    if as_json:
        print_json(found)
        return
    columns: dict[str, Cell] = {
        "time": _time("at"),
        "region": itemgetter("region"),
        "office": itemgetter("office_name"),
        "number": itemgetter("number"),
        "what": itemgetter("what"),
    }
    print_table(columns, found["entries"])


@app.command("work-items")
def work_items(
    *,
    state: Annotated[str, STATE] = "open",
    limit: Annotated[int, LIMIT] = 100,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """List receipts and amendments that did not follow, the oldest first; `close` closes one."""
    columns: dict[str, Cell] = {
        "opened": _time("opened_at"),
        "declaration": itemgetter("declaration_no"),
        "what": itemgetter("sentence"),
        "id": itemgetter("item_id"),
    }
    listing = Listing("/v1/work-items", columns, f"no work item is {state}")
    list_rows(CUSTOMS, url, listing, {"state": state}, limit, as_json=as_json)


@app.command()
def close(
    item: Annotated[str, ITEM],
    *,
    note: Annotated[str, NOTE],
    url: Annotated[str | None, URL] = None,
) -> None:
    """Close a work item with a note."""
    with CUSTOMS.client(url) as service:
        found = service.post(path_of("work-items", item, "close"), {"note": note})
    typer.echo(f"{found['item_id']} is {found['state']}: {found['note']}")


@app.command()
def transit(
    number: Annotated[str, TRANSIT],
    *,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """Show a transit leg by leg, as its offices told of it."""
    found = CUSTOMS.get(url, path_of("transits", number))
    if as_json:
        print_json(found)
        return
    columns: dict[str, Cell] = {
        "time": _time("event_at"),
        "step": itemgetter("step"),
        "office": itemgetter("office"),
        "told by": itemgetter("origin"),
    }
    for leg in found["legs"]:
        late = ", overdue" if leg["overdue"] else ""
        ends = f"{leg['from_office_name']} → {leg['to_office_name']}"
        typer.echo(f"leg {leg['leg']}  {ends}: {leg['state']}{late}")
        for sentence in leg["anomalies"]:
            typer.echo(f"异常: {sentence}")
        print_table(columns, leg["steps"])


@app.command()
def level(
    code: Annotated[str, ENTERPRISE],
    *,
    on: Annotated[datetime | None, ON] = None,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """Show the credit level that an enterprise has on a day, and the decisions behind it."""
    day = {"on": f"{on:%Y-%m-%d}"} if on else {}
    found = CUSTOMS.get(url, path_of("enterprises", code), **day)
    if as_json:
        print_json(found)
        return
    known = f"{found['level_name']} ({found['level']})" if found["level"] else "no decision known"
    aeo = ", AEO" if found["is_aeo"] else ""
    typer.echo(f"{found['enterprise_code']}  {found['on']}: {known}{aeo}")
    if found["decisions"]:
        names = ("valid_from", "valid_until", "scheme", "level", "office", "decided_on")
        print_table({each: itemgetter(each) for each in names}, found["decisions"])


@app.command()
def overdue(
    *,
    limit: Annotated[int, LIMIT] = 100,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """List legs of transits that should have arrived and have not."""
    columns: dict[str, Cell] = {
        "transit": itemgetter("transit_no"),
        "leg": itemgetter("leg"),
        "from": itemgetter("from_office"),
        "to": itemgetter("to_office_name"),
        "due": _time("due_at"),
        "hours late": lambda row: row["overdue_s"] // 3600,
        "told by": itemgetter("origin"),
    }
    listing = Listing("/v1/transits/overdue", columns, "no leg is overdue")
    list_rows(CUSTOMS, url, listing, {}, limit, as_json=as_json)


def _time(field: str) -> Cell:
    from lingqu.clock import shown  # noqa: PLC0415

    return lambda row: shown(row[field])
