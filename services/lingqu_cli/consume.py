"""`lingqu consume TOPIC`: a topic's events, readable."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from lingqu.client import HubAddresses
from lingqu.wire.registry import RegistryClient
from lingqu_cli.listening import kafka_settings, listen
from lingqu_cli.showing import Reader, as_json_line, as_line


def consume(
    topic: Annotated[str, typer.Argument(help="Any topic of framed Avro or of JSON objects.")],
    from_beginning: Annotated[
        bool, typer.Option("--from-beginning", help="Start at the oldest event kept.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object an event; publish can read it back.")
    ] = False,
    timeout: Annotated[
        float | None, typer.Option(min=0, help="End after so many seconds without an event.")
    ] = None,
    maximum: Annotated[int | None, typer.Option("--max", min=1, help="End after N events.")] = None,
) -> None:
    """Print the events of a topic, only those committed, until Ctrl-C, --timeout or --max.

    A record that cannot be decoded is shown as such, and the next follows.
    """
    addresses = HubAddresses.find(os.environ)
    show = as_json_line if as_json else as_line
    with RegistryClient(addresses.registry) as registry:
        reader = Reader(registry)
        received = listen(
            kafka_settings(os.environ, addresses),
            topic,
            from_beginning=from_beginning,
            idle_s=timeout,
            maximum=maximum,
        )
        try:
            for record in received:
                typer.echo(show(record, reader.read(record.value)))
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
