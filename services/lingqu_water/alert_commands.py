"""`lingqu water alerts`: what was remarked on readings, and what people on duty do about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from lingqu.domain_service.commands.listing import (
    AS_JSON,
    LIMIT,
    Cell,
    Listing,
    list_rows,
    print_json,
    print_table,
    start_of,
)
from lingqu.domain_service.commands.serving import URL, path_of
from lingqu_water.listing import SECTION, WATER

alerts = typer.Typer(
    name="alerts",
    help="List alerts, show one, and acknowledge, verify, clear one or find it false.",
    invoke_without_command=True,
)

ALERT = typer.Argument(help="The alert's id.")
STATE = typer.Option(help="open, acknowledged, verified, false_alarm or cleared.")
LEVEL = typer.Option(help="关注, 预警 or 超标.")
REGION = typer.Option(help="Whom it is for, or who told it, such as 44.")
FROM = typer.Option("--from", formats=["%Y-%m-%d"], help="Begun on this day or later.")
TO = typer.Option(formats=["%Y-%m-%d"], help="Begun before this day.")
WITHDRAWN = typer.Option("--withdrawn", help="Those that corrected readings ended.")
WHO = typer.Option(help="The person on duty.")
NOTE = typer.Option(help="What there is to say of it.")
FOUND = typer.Option("--note", help="What was found.")


@alerts.callback()
def list_alerts(
    ctx: typer.Context,
    *,
    state: Annotated[str | None, STATE] = None,
    level: Annotated[str | None, LEVEL] = None,
    section: Annotated[str | None, SECTION] = None,
    region: Annotated[str | None, REGION] = None,
    from_: Annotated[datetime | None, FROM] = None,
    to: Annotated[datetime | None, TO] = None,
    withdrawn: Annotated[bool, WITHDRAWN] = False,
    limit: Annotated[int, LIMIT] = 20,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """List alerts, the latest first, or do something about one."""
    if ctx.invoked_subcommand is not None:
        return
    columns: dict[str, Cell] = {
        "section": lambda one: one["section_code"],
        "item": lambda one: one["item_name"],
        "level": lambda one: one["level"],
        "state": lambda one: "withdrawn" if one["withdrawn"] else one["state"],
        "begun": lambda one: _time(one["started_at"]),
        "worst": _worst,
        "doubt": lambda one: one["suspect_reason"],
        "from": lambda one: one["origin"],
        "id": lambda one: one["alert_id"],
    }
    query = {
        "state": state,
        "level": level,
        "section": section,
        "region": region,
        "from": start_of(from_),
        "to": start_of(to),
        "withdrawn": "true" if withdrawn else None,
    }
    listing = Listing("/v1/alerts", columns, "no such alerts")
    list_rows(WATER, url, listing, query, limit, as_json=as_json)


@alerts.command()
def show(
    alert: Annotated[str, ALERT],
    *,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """Show an alert: its values, its history, who has acknowledged it, and what may be done."""
    _tell(WATER.get(url, path_of("alerts", alert)), as_json=as_json)


def _act(name: str, help_: str) -> None:
    """Add the command of one thing that people do about an alert, named as its path."""

    @alerts.command(name, help=help_)
    def act(
        alert: Annotated[str, ALERT],
        who: Annotated[str, WHO],
        *,
        note: Annotated[str | None, NOTE] = None,
        as_json: Annotated[bool, AS_JSON] = False,
        url: Annotated[str | None, URL] = None,
    ) -> None:
        _do(url, alert, name, who, note, as_json=as_json)


_act(
    "acknowledge", "Say that somebody has seen it, ours or another region's: it is not sent again."
)
_act("verify", "Find it true.")
_act("clear", "End a judged one before the readings do.")


@alerts.command("false")
def find_false(
    alert: Annotated[str, ALERT],
    who: Annotated[str, WHO],
    note: Annotated[str, FOUND],
    *,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """Find it false, and say why."""
    _do(url, alert, "false-alarm", who, note, as_json=as_json)


def _do(
    url: str | None, alert: str, act: str, who: str, note: str | None, *, as_json: bool
) -> None:
    with WATER.client(url) as service:
        found = service.post(path_of("alerts", alert, act), {"who": who, "note": note})
    _tell(found, as_json=as_json)


def _tell(found: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    typer.echo(f"{found['section_code']}  {found['item_name']}  {found['level']}  {found['state']}")
    ended = f", ended {_time(found['ended_at'])}" if found["ended_at"] else ""
    typer.echo(f"begun {_time(found['started_at'])}{ended}, worst {_worst(found)}")
    doubts = filter(None, (found["remark"], found["suspect_reason"], found["withdrawal_reason"]))
    typer.echo(f"rules: {', '.join(found['causes'])}")
    for sentence in doubts:
        typer.echo(sentence)
    print_table(_HISTORY, found["history"])
    if found["regions"]:
        print_table(_REGIONS, found["regions"])
    possible = ", ".join(_COMMANDS.get(act, act) for act in found["possible"]) or "nothing"
    typer.echo(f"possible: {possible}")


def _time(moment: str | None) -> str | None:
    from lingqu.clock import shown  # noqa: PLC0415

    return shown(moment) if moment else None


def _worst(one: Mapping[str, Any]) -> str | None:
    """Return the worst value with its unit, and how many limits it is."""
    if one["value"] is None:
        return None
    times = "" if one["multiple"] is None else f" = {one['multiple']:.2f} × {one['target_class']}"
    return f"{one['value']:g} {one['unit']}{times}"


_COMMANDS = {"false_alarm": "false"}
_HISTORY: Mapping[str, Cell] = {
    "told": lambda one: _time(one["at"]),
    "change": lambda one: one["change"],
    "level": lambda one: one["level"],
    "state": lambda one: one["state"],
    "reminder": lambda one: one["reminder"] or None,
}
_REGIONS: Mapping[str, Cell] = {
    "region": lambda one: one["name"],
    "acknowledged": lambda one: _time(one["acknowledged_at"]) or "not yet",
    "by": lambda one: one["who"],
    "as it stands": lambda one: "yes" if one["as_it_stands"] else "no",
}
