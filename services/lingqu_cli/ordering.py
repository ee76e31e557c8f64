"""Orders as commands place them: counted first or carried out, and waited for."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from lingqu.clock import SystemClock, shown
from lingqu.errors import LingquError
from lingqu_cli.tables import hub, print_json, print_table

_ASK_EVERY_S = 0.5
_OVER = ("done", "cancelled", "failed")

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Count what would be sent, and send nothing.")
]
Rate = Annotated[
    float | None, typer.Option(min=0.001, help="At most so many events a second; else all it can.")
]
NoWait = Annotated[
    bool, typer.Option("--no-wait", help="Return at once; lingqu feed orders shows how far it is.")
]
Partition = Annotated[int | None, typer.Option(min=0, help="Only this partition of the topic.")]

_COLUMNS = ("order", "kind", "state", "ordered", "sent", "withheld", "unreadable", "gone", "why")


class OrderFailedError(LingquError):
    """An order did not come to its end."""


def place(
    feed: str, kind: str, terms: Mapping[str, object], *, no_wait: bool, as_json: bool
) -> None:
    """Place an order, wait until it is over, and print what was counted.

    Ctrl-C leaves the order to go on. Raises OrderFailedError for one that does not come to its end.
    """
    said = {name: value for name, value in terms.items() if value not in (None, "", [], False)}
    with hub() as client:
        order = client.control.post(f"/v1/feeds/{feed}/{kind}", said)
    if not no_wait:
        order = _awaited(order)
    if as_json:
        print_json(order)
    else:
        typer.echo(sentence(order))
    if order["state"] in ("cancelled", "failed"):
        raise OrderFailedError(_failure(order))


def list_orders(feed: str, orders: list[dict[str, Any]]) -> None:
    """Print the orders of a feed."""
    print_table(_COLUMNS, map(_row, orders), f"feed {feed} has no orders")


def sentence(order: Mapping[str, Any]) -> str:
    """Return in a sentence what an order has counted."""
    counted = f"{order['sent']} sent"
    if order["dry_run"]:
        counted = f"{order['sent']} would be sent"
    counted += (
        f", {order['withheld']} withheld by today's agreement, {order['dead']} unreadable,"
        f" {order['gone']} gone from the topic"
    )
    state = order["state"] + (f" ({order['why']})" if order["why"] else "")
    return f"{_name(order)} {order['number']} of feed {order['feed']} is {state}: {counted}"


def _awaited(order: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/feeds/{order['feed']}/orders/{order['number']}"
    clock, never, told = SystemClock(), threading.Event(), ""
    with hub() as client:
        while order["state"] not in _OVER:
            clock.wait(_ASK_EVERY_S, never)
            found: dict[str, Any] = client.control.get(path)
            order = found
            if order["why"] and order["why"] != told:
                told = order["why"]
                typer.echo(f"waiting: {told}", err=True)
    return order


def _failure(order: Mapping[str, Any]) -> str:
    place = f"order {order['number']} of feed {order['feed']!r}"
    if order["state"] == "cancelled":
        return f"{place} was cancelled"
    cure = f"lingqu feed cancel {order['feed']} {order['number']}"
    return f"{place} cannot go on: {order['why']}; it is tried again now and then, until {cure}"


def _name(order: Mapping[str, Any]) -> str:
    return f"dry run of {order['kind']}" if order["dry_run"] else str(order["kind"])


def _row(one: Mapping[str, Any]) -> tuple[object, ...]:
    counted = (one["sent"], one["withheld"], one["dead"], one["gone"])
    return (one["number"], _name(one), one["state"], shown(one["at"]), *counted, one["why"])
