"""`lingqu feed offsets | rewind`: how far a feed's lanes are, and having them go on elsewhere."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lingqu.errors import InputError
from lingqu_cli.ordering import DryRun
from lingqu_cli.tables import AsJson, hub, print_json, print_table

FeedId = Annotated[str, typer.Argument(metavar="ID", help="The feed's id.")]
Places = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PARTITION=OFFSET]...", help="Where each goes on; 3=120, 3=begin for the oldest."
    ),
]
Reset = Annotated[bool, typer.Option("--reset", help="All partitions, to the oldest event kept.")]

_BEGIN = "begin"


def offsets(feed: FeedId, *, as_json: AsJson = False) -> None:
    """Show how far the lanes of a feed are: next offset and next number, up to 5 s ago."""
    with hub() as client:
        found = client.control.get(f"/connectors/{feed}/offsets")
    if as_json:
        print_json(found)
        return
    rows = [
        (one["partition"]["kafka_topic"], one["partition"]["kafka_partition"], *_next(one))
        for one in found["offsets"]
    ]
    print_table(
        ("topic", "partition", "next offset", "next number"),
        rows,
        f"feed {feed} has not begun in any partition",
    )


def rewind(
    feed: FeedId,
    places: Places = None,
    *,
    reset: Reset = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Let a feed that is stopped go on elsewhere 位点回退; events come again under their numbers.

    Going forward leaves events out for ever. Stop it first: lingqu feed stop ID.
    """
    if reset == bool(places):
        raise InputError("name where partitions go on, as in 3=120, or --reset for all of them")
    with hub() as client:
        known = client.control.get(f"/connectors/{feed}/offsets")["offsets"]
        wanted = [_place(text, known, feed) for text in places or ()] or _begin_all(known)
        if dry_run:
            answer: dict[str, Any] = {"offsets": wanted}
        elif reset:
            answer = client.control.request("DELETE", f"/connectors/{feed}/offsets")
        else:
            body = {"offsets": wanted}
            answer = client.control.request("PATCH", f"/connectors/{feed}/offsets", json=body)
    if as_json:
        print_json(answer)
    elif dry_run:
        now = {one["partition"]["kafka_partition"]: one for one in known}
        rows = [_moved(one, now) for one in wanted]
        print_table(("partition", "now at", "would be at"), rows, "no partition has begun")
    else:
        typer.echo(answer["message"])


def _next(one: dict[str, Any]) -> tuple[int, int]:
    return one["offset"]["kafka_offset"], one["offset"]["lq_seq"]


def _place(text: str, known: list[dict[str, Any]], feed: str) -> dict[str, Any]:
    partition, sign, offset = text.partition("=")
    if not (sign and partition.isdecimal() and (offset.isdecimal() or offset == _BEGIN)):
        raise InputError(f"{text!r} is no PARTITION=OFFSET; write 3=120, or 3=begin")
    if not known:
        raise InputError(f"feed {feed!r} has not begun in any partition; there is nothing to move")
    topic = known[0]["partition"]["kafka_topic"]
    place = {"kafka_topic": topic, "kafka_partition": int(partition)}
    return {
        "partition": place,
        "offset": None if offset == _BEGIN else {"kafka_offset": int(offset)},
    }


def _begin_all(known: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"partition": one["partition"], "offset": None} for one in known]


def _moved(one: dict[str, Any], now: dict[int, dict[str, Any]]) -> tuple[object, ...]:
    number = one["partition"]["kafka_partition"]
    there = now.get(number)
    goal = "the oldest event" if one["offset"] is None else one["offset"]["kafka_offset"]
    return (number, "not begun" if there is None else there["offset"]["kafka_offset"], goal)
