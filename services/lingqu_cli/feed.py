"""`lingqu feed`: the streams that active agreements make."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lingqu_cli.tables import AsJson, all_items, hub, print_facts, print_json, print_table

app = typer.Typer(no_args_is_help=True)
FeedId = Annotated[str, typer.Argument(metavar="ID", help="The feed's id.")]


@app.command("list")
def list_feeds(*, as_json: AsJson = False) -> None:
    """List the feeds, and whether anything may flow through each now."""
    with hub() as client:
        feeds = all_items(client, "/v1/feeds")
    if as_json:
        print_json(feeds)
        return
    print_table(
        ("feed", "way", "partner", "region", "topic", "connector", "state", "flows"),
        [_row(one) for one in feeds],
        "no feeds yet; apply a region file with lingqu agreement apply FILE",
    )


@app.command()
def show(feed: FeedId, *, as_json: AsJson = False) -> None:
    """Show one feed."""
    with hub() as client:
        found = client.control.get(f"/v1/feeds/{feed}")
    print_json(found) if as_json else print_facts(found)


@app.command()
def pause(feed: FeedId, *, as_json: AsJson = False) -> None:
    """Hold a feed's events back; none is lost. Takes effect within 10 seconds."""
    _post(feed, "pause", as_json=as_json)


@app.command()
def resume(feed: FeedId, *, as_json: AsJson = False) -> None:
    """Let a paused feed go on where it stopped."""
    _post(feed, "resume", as_json=as_json)


def _post(feed: str, verb: str, *, as_json: bool) -> None:
    with hub() as client:
        found = client.control.post(f"/v1/feeds/{feed}/{verb}")
    if as_json:
        print_json(found)
    else:
        typer.echo(f"feed {found['id']} is {_state(found)}")


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    place = (one["direction"], one["partner"], one["region"], one["topic"], one["connector"])
    return (one["id"], *place, _state(one), one["flows"])


def _state(one: dict[str, Any]) -> str:
    return "paused" if one["paused"] else str(one["state"])
