"""`lingqu feed`: the streams that active agreements make."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lingqu_cli import feed_offsets
from lingqu_cli.instants import Since, Until, instant
from lingqu_cli.ordering import DryRun, NoWait, Partition, Rate, list_orders, place, sentence
from lingqu_cli.tables import AsJson, all_items, hub, print_facts, print_json, print_table

app = typer.Typer(no_args_is_help=True)
FromNumber = Annotated[int | None, typer.Option(min=1, help="From this number on.")]
ToNumber = Annotated[int | None, typer.Option(min=1, help="Up to this number, which is sent too.")]
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


@app.command()
def replay(
    feed: FeedId,
    *,
    since: Since = "",
    until: Until = "",
    from_number: FromNumber = None,
    to_number: ToNumber = None,
    partition: Partition = None,
    dry_run: DryRun = False,
    rate: Rate = None,
    no_wait: NoWait = False,
    as_json: AsJson = False,
) -> None:
    """Send again what a feed has sent 历史重发, under its numbers and today's agreement.

    By time of publication, by number, or both. What the agreement withholds today stays in.
    """
    terms = {
        "from": instant(since, "--since"),
        "to": instant(until, "--until"),
        "first_sequence": from_number,
        "last_sequence": to_number,
        "partition": partition,
        "dry_run": dry_run,
        "rate": rate,
    }
    place(feed, "replay", terms, no_wait=no_wait, as_json=as_json)


@app.command()
def backfill(
    feed: FeedId,
    *,
    since: Since = "",
    dry_run: DryRun = False,
    rate: Rate = None,
    no_wait: NoWait = False,
    as_json: AsJson = False,
) -> None:
    """Send late what was published before a feed began 历史补录, up to its first event.

    In a lane of its own; each event says that it is a backfill. Numbers end at 0.
    """
    terms = {"from": instant(since, "--since"), "dry_run": dry_run, "rate": rate}
    place(feed, "backfill", terms, no_wait=no_wait, as_json=as_json)


@app.command()
def orders(feed: FeedId, *, as_json: AsJson = False) -> None:
    """List a feed's redrives, replays and backfills, and how far each is."""
    with hub() as client:
        found = all_items(client, f"/v1/feeds/{feed}/orders")
    print_json(found) if as_json else list_orders(feed, found)


@app.command()
def cancel(
    feed: FeedId,
    number: Annotated[int, typer.Argument(min=1, help="The order's number.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Stop an order; what it has sent stays sent. Takes effect within 10 seconds."""
    with hub() as client:
        found = client.control.post(f"/v1/feeds/{feed}/orders/{number}/cancel")
    print_json(found) if as_json else typer.echo(sentence(found))


@app.command()
def stop(feed: FeedId, *, as_json: AsJson = False) -> None:
    """Stop a feed so that its offsets may be altered; resume lets it go on. Within 10 seconds."""
    _post(feed, "stop", as_json=as_json)


@app.command()
def restart(feed: FeedId, *, as_json: AsJson = False) -> None:
    """Stop a feed's lanes and start them anew, as after a repair at the partner's."""
    _post(feed, "restart", as_json=as_json)


app.command("offsets")(feed_offsets.offsets)
app.command("rewind")(feed_offsets.rewind)


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
    if one["stopped"]:
        return "stopped"
    return "paused" if one["paused"] else str(one["state"])
