"""`lingqu topic`: the topics of contracts 主题, and more partitions for one."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lingqu.clock import shown
from lingqu_cli.tables import AsJson, hub, print_facts, print_json, print_table

app = typer.Typer(no_args_is_help=True)

Topic = Annotated[str, typer.Argument(metavar="TOPIC", help="The topic, its version included.")]
Partitions = Annotated[
    int, typer.Option("--partitions", help="How many it shall have: a multiple of what it has.")
]


@app.callback()
def _topic() -> None:
    """Topics: their partitions, and how they came to have them."""


@app.command("list")
def list_topics(*, as_json: AsJson = False) -> None:
    """List the topics of all contracts, and which feeds read or fill them."""
    with hub() as client:
        found = client.control.get("/v1/topics")
    if as_json:
        print_json(found)
        return
    rows = [(one["topic"], one["partitions"], ", ".join(one["feeds"])) for one in found]
    print_table(("topic", "partitions", "feeds"), rows, "no contract has a topic yet")


@app.command()
def show(topic: Topic, *, as_json: AsJson = False) -> None:
    """Show a topic's partitions, its feeds, and the growths it has come through."""
    with hub() as client:
        found = client.control.get(f"/v1/topics/{topic}")
    if as_json:
        print_json(found)
        return
    print_facts(_facts(found))
    if found["growths"]:
        typer.echo()
        print_table(("grew to", "at", "state", "old partitions ended at"), _rows(found), "")


@app.command()
def repartition(topic: Topic, *, partitions: Partitions, as_json: AsJson = False) -> None:
    """Give a topic more partitions 分区扩容, so that more workers can share it.

    Order per key holds for every feed: an added partition goes out once the one that its keys were
    in has, up to where it ended. A key stays, or moves to an added partition. Fewer are not
    possible. Publishing rests for a second or two.
    """
    with hub() as client:
        found = client.control.request(
            "POST", f"/v1/topics/{topic}/partitions", json={"partitions": partitions}
        )
    if as_json:
        print_json(found)
        return
    feeds = ", ".join(found["feeds"]) or "no feed yet"
    typer.echo(f"{topic} has {found['partitions']} partitions, read by: {feeds}")


def _facts(found: dict[str, Any]) -> dict[str, object]:
    feeds = ", ".join(found["feeds"]) or "none"
    return {"topic": found["topic"], "partitions": found["partitions"], "feeds": feeds}


def _rows(found: dict[str, Any]) -> list[tuple[object, ...]]:
    return [
        (each["partitions"], shown(each["at"]), each["state"], _ends(each["barrier"]))
        for each in found["growths"]
    ]


def _ends(barrier: list[int] | None) -> str:
    return "not known yet" if barrier is None else ", ".join(map(str, barrier))
