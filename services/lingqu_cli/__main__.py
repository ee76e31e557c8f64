"""The `lingqu` command: its own nouns, and the commands that other rooms bring."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points, version
from importlib.util import find_spec
from typing import Annotated

import typer

from lingqu.errors import ConfigurationError, LingquError

GROUP = "lingqu.commands"


@dataclass(frozen=True, slots=True)
class Noun:
    """A command of this room, imported only when it is called: `lingqu --help` stays quick."""

    name: str
    help: str

    @property
    def module(self) -> str:
        return f"lingqu_cli.{self.name}"


NOUNS = (
    Noun("serve", "Run services in this process, each on its own port."),
    Noun("publish", "Publish the events of a file through the gateway."),
    Noun("consume", "Print the events of a topic."),
    Noun("simulate", "Publish generated events that look real, live."),
    Noun("contract", "Contracts: what a topic promises, drafted, judged and published."),
    Noun("partner", "Partners: who sends and who receives."),
    Noun("agreement", "Agreements: what may flow, to whom, in which form."),
    Noun("feed", "Feeds: the streams that active agreements make."),
    Noun("topic", "Topics: their partitions, and more of them."),
    Noun("dlt", "Dead letters: what could not be delivered or admitted, and why."),
    Noun("registry", "The schema registry: all that it holds, out into a file and in again."),
)


def main() -> None:
    """Run the command line; whatever goes wrong ends in one sentence."""
    try:
        command_line(sys.argv[1:])()
    except ConfigurationError as error:
        _end(error, 2)
    except LingquError as error:
        _end(error, 1)


def command_line(arguments: Sequence[str]) -> typer.Typer:
    """Return the app for these arguments: only what they call is imported."""
    app = typer.Typer(
        no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, callback=_root
    )
    called = next((each for each in arguments if not each.startswith("-")), None)
    for noun in NOUNS:
        if find_spec(noun.module) is not None:
            _mount(app, noun, called=noun.name == called)
    if called not in {noun.name for noun in NOUNS}:
        _mount_brought(app)
    return app


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"lingqu {version('lingqu')}")
        raise typer.Exit


VERSION = typer.Option(
    "--version", callback=_print_version, is_eager=True, help="Print the version."
)


def _root(*, _version: Annotated[bool, VERSION] = False) -> None:
    """Lingqu 灵渠: event-driven data exchange between regional governments."""


def _mount(app: typer.Typer, noun: Noun, *, called: bool) -> None:
    if not called:
        app.command(noun.name, help=noun.help)(_stub)
        return
    module = import_module(noun.module)
    if hasattr(module, "app"):
        app.add_typer(module.app, name=noun.name, help=noun.help)
    else:
        function: Callable[..., None] = getattr(module, noun.name)
        app.command(noun.name)(function)


def _mount_brought(app: typer.Typer) -> None:
    """Mount what other rooms bring: a nameless app's commands at the top, a named one's below."""
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            brought: typer.Typer = point.load()
        except ImportError as error:
            typer.echo(f"lingqu: the commands of {point.name!r} are missing: {error}", err=True)
        else:
            app.add_typer(brought)


def _stub() -> None:
    """Stand in for a command that was not called."""


def _end(error: LingquError, code: int) -> None:
    typer.echo(f"lingqu: {error}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
