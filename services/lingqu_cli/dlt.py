"""`lingqu dlt`: dead letters 异常数据, and what becomes of them."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import typer

from lingqu.clock import shown
from lingqu_cli.instants import Since, Until, instant
from lingqu_cli.tables import AsJson, all_items, hub, print_facts, print_json, print_table

app = typer.Typer(no_args_is_help=True)

Feed = Annotated[str, typer.Option(help="Only of this feed.")]
Partner = Annotated[str, typer.Option(help="Only of this partner.")]
Reason = Annotated[str, typer.Option(help="Only with this reason's code, as list shows it.")]
Key = Annotated[str, typer.Option(help="Only of this record key; needs --feed.")]
LetterId = Annotated[str, typer.Argument(metavar="ID", help="The letter's id, as list shows it.")]

_COLUMNS = ("id", "at", "partner", "reason", "number", "tries", "what")


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

    Bodies stay sealed. An event that failed five times is quarantined.
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


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    tries = f"{one['tries']}, quarantined" if one["quarantined"] else one["tries"]
    reason = one["reason"]
    place = (one["id"], shown(one["at"]), one["partner"])
    return (*place, reason["code"], one["sequence"], tries, reason["detail"])


def _facts(one: dict[str, Any]) -> dict[str, object]:
    reason = one["reason"]
    return {
        **{name: one[name] for name in ("id", "feed", "agreement", "partner", "topic")},
        "partition": one["partition"],
        "offset": one["offset"],
        "number": one["sequence"],
        "attempt": one["attempt"],
        "tries": one["tries"],
        "quarantined": one["quarantined"],
        "at": shown(one["at"]),
        "reason": reason["code"],
        "what": reason["detail"],
        "rule": reason["rule"],
        "field": reason["field"],
        "key digest": one["key_digest"],
        "bytes": one["body_bytes"],
    }
