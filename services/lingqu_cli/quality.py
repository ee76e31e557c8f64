"""`lingqu contract quality`: how good the data is that comes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from lingqu_cli.tables import AsJson, all_items, console, hub, print_facts, print_json, print_table

Name = Annotated[
    str, typer.Argument(metavar="[NAME]", help="A contract; all of them where none is named.")
]
FirstDay = Annotated[str, typer.Option("--from", metavar="DAY", help="The first day, YYYY-MM-DD.")]
LastDay = Annotated[str, typer.Option("--to", metavar="DAY", help="The last day, YYYY-MM-DD.")]
Origin = Annotated[str, typer.Option(help="Only events of this region.")]
Producer = Annotated[str, typer.Option(help="Only what this service or source published.")]

_SHARES = ("completeness_percent", "validity_percent", "timeliness_percent")
_COUNTS = ("accepted", "refused", "repeats", "revisions", "withdrawals")
_HEADS = ("complete %", "valid %", "timely %", *_COUNTS)


def quality(
    name: Name = "",
    *,
    first: FirstDay = "",
    last: LastDay = "",
    origin: Origin = "",
    producer: Producer = "",
    as_json: AsJson = False,
) -> None:
    """Show completeness 完整率, validity 合格率 and timeliness 及时率 of what was published."""
    asked = {"from": first, "to": last, "origin": origin, "producer": producer}
    query = {member: value for member, value in asked.items() if value}
    with hub() as client:
        if name:
            found = client.control.get(f"/v1/quality/{name}", **query)
        else:
            found = all_items(client, "/v1/quality", **query)
    if as_json:
        print_json(found)
    elif name:
        _show(found)
    else:
        print_table(
            ("day", "contract", "origin", "producer", *_HEADS),
            [
                (one["day"], one["contract"], one["origin"], one["producer"], *_cells(one))
                for one in found
            ],
            "nothing was published on these days",
        )


def _show(card: Mapping[str, Any]) -> None:
    score = card["score"]
    days = f"{card['first_day']} to {card['last_day']}"
    print_facts(
        {
            "contract": f"{card['contract']} {card['title']}",
            "days": days,
            "promised": _promised(card),
            **{name: score[name] for name in (*_COUNTS, *_SHARES)},
        }
    )
    if not card["days"]:
        typer.echo("nothing was published on these days")
        return
    _part(("day", *_HEADS), [(one["day"], *_cells(one)) for one in card["days"]])
    producers = [(one["origin"], one["producer"], *_cells(one)) for one in card["producers"]]
    _part(("origin", "producer", *_HEADS), producers)
    fields = [(name, *one.values()) for name, one in score["fields"].items()]
    _part(("field", "filled", "asked", "filled %"), fields)
    _part(("refused by", "events"), list(score["refused_by"].items()))


def _part(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    if rows:
        console().print()
        print_table(heads, rows, "")


def _promised(card: Mapping[str, Any]) -> str:
    latency, filled = card["latency_s"], card["promised_completeness_percent"]
    parts = [
        "" if latency is None else f"within {latency} s",
        "" if filled is None else f"{filled} % complete",
    ]
    return ", ".join(part for part in parts if part)


def _cells(one: Mapping[str, Any]) -> tuple[Any, ...]:
    score = one["score"]
    return (*(score[name] for name in (*_SHARES, *_COUNTS)),)
