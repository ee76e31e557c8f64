"""`lingqu dlt`: dead letters 异常数据, and what becomes of them."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from lingqu.clock import shown
from lingqu.errors import InputError
from lingqu_cli.instants import Since, Until, instant
from lingqu_cli.ordering import DryRun, NoWait, Rate, place
from lingqu_cli.tables import AsJson, all_items, hub, print_facts, print_json, print_table

app = typer.Typer(no_args_is_help=True)

Feed = Annotated[str, typer.Option(help="Only of this feed.")]
Partner = Annotated[str, typer.Option(help="Only of this partner.")]
Reason = Annotated[str, typer.Option(help="Only with this reason's code, as list shows it.")]
Key = Annotated[str, typer.Option(help="Only of this record key; needs --feed.")]
LetterId = Annotated[str, typer.Argument(metavar="ID", help="The letter's id, as list shows it.")]

_COLUMNS = ("id", "at", "partner", "reason", "number", "tries", "state", "what")


@app.command("list")
def list_letters(
    *,
    feed: Feed = "",
    partner: Partner = "",
    reason: Reason = "",
    key: Key = "",
    since: Since = "",
    until: Until = "",
    as_json: AsJson = False,
) -> None:
    """List dead letters, oldest first: what could not be delivered or admitted, and why.

    Bodies stay sealed. An event that failed five times is quarantined: redrive leaves it out.
    """
    asked = {"feed": feed, "partner": partner, "reason": reason, "key": key}
    asked |= {"from": instant(since, "--since"), "to": instant(until, "--until")}
    query = {name: value for name, value in asked.items() if value}
    with hub() as client:
        letters = all_items(client, "/v1/dead-letters", **query)
    if as_json:
        print_json(letters)
    else:
        nothing = "no dead letters" if not query else "no dead letters are as asked for"
        print_table(_COLUMNS, map(_row, letters), nothing)


@app.command()
def show(letter: LetterId, *, as_json: AsJson = False) -> None:
    """Show one dead letter; its body, its key and what the partner wrote stay sealed."""
    with hub() as client:
        found = client.control.get(f"/v1/dead-letters/{quote(letter, safe='')}")
    print_json(found) if as_json else print_facts(_facts(found))


@app.command()
def redrive(
    letters: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="These letters; else all found.")
    ] = None,
    *,
    feed: Feed = "",
    reason: Reason = "",
    key: Key = "",
    since: Since = "",
    until: Until = "",
    quarantined: Annotated[
        bool, typer.Option("--quarantined", help="Also events that have failed five times.")
    ] = False,
    dry_run: DryRun = False,
    rate: Rate = None,
    no_wait: NoWait = False,
    as_json: AsJson = False,
) -> None:
    """Send the events of dead letters again 异常重投, under their numbers and today's agreement.

    What was redriven already is left out. One that fails again is a dead letter once more.
    """
    feeds = {letter.partition("|")[0] for letter in letters or ()} | ({feed} if feed else set())
    if len(feeds) != 1:
        raise InputError("redrive goes feed by feed; name --feed, or letters of one feed")
    terms = {
        "letters": letters,
        "reason": reason,
        "key": key,
        "from": instant(since, "--since"),
        "to": instant(until, "--until"),
        "quarantined": quarantined,
        "dry_run": dry_run,
        "rate": rate,
    }
    place(feeds.pop(), "redrive", terms, no_wait=no_wait, as_json=as_json)


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    reason = one["reason"]
    place = (one["id"], shown(one["at"]), one["partner"], reason["code"])
    return (*place, one["sequence"], one["tries"], _state(one), reason["detail"])


def _state(one: dict[str, Any]) -> str:
    if one["redriven"]:
        return "redriven"
    return "quarantined" if one["quarantined"] else "open"


def _facts(one: dict[str, Any]) -> dict[str, object]:
    reason = one["reason"]
    return {
        **{name: one[name] for name in ("id", "feed", "agreement", "partner", "topic")},
        "partition": one["partition"],
        "offset": one["offset"],
        "number": one["sequence"],
        "attempt": one["attempt"],
        "tries": one["tries"],
        "state": _state(one),
        "at": shown(one["at"]),
        "reason": reason["code"],
        "what": reason["detail"],
        "rule": reason["rule"],
        "field": reason["field"],
        "key digest": one["key_digest"],
        "bytes": one["body_bytes"],
    }
