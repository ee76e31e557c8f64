"""`lingqu contract export`: contracts in the forms that other tools read."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from lingqu.contracts.exports.rendering import Rendered, render
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Contract
from lingqu.errors import ConflictError, InputError
from lingqu_cli.contract_folder import contracts_folder


class Form(StrEnum):
    """A form of a contract."""

    ASYNCAPI = "asyncapi"
    ODCS = "odcs"
    JSON_SCHEMA = "json-schema"
    SQL = "sql"
    MARKDOWN = "markdown"


class Lang(StrEnum):
    """A language of Markdown."""

    ZH = "zh"
    EN = "en"


class Dialect(StrEnum):
    """A dialect of SQL."""

    POSTGRESQL = "postgresql"
    SQLITE = "sqlite"


def export(
    name: Annotated[
        str | None, typer.Argument(help="The contract, <domain>.<event>; else all of them.")
    ] = None,
    *,
    form: Annotated[Form, typer.Option("--format", help="Which form.")],
    lang: Annotated[Lang, typer.Option(help="Of Markdown.")] = Lang.ZH,
    dialect: Annotated[Dialect, typer.Option(help="Of SQL.")] = Dialect.POSTGRESQL,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A file, or a folder; else printed.")
    ] = None,
) -> None:
    """Export a contract as AsyncAPI 3.0, ODCS 3.1, JSON Schema 2020-12, SQL DDL or Markdown.

    Into a folder, or without a name, each contract becomes a file named after it.
    """
    catalogue = load_catalogue(contracts_folder())
    if name is None and output is None:
        raise InputError("all contracts are many documents; name a folder with --output, or one")
    contracts = list(catalogue) if name is None else [catalogue.contract(name)]
    for contract in contracts:
        rendered = render(contract, form.value, lang=lang.value, dialect=dialect.value)
        if output is None:
            typer.echo(rendered.text, nl=False)
            continue
        target = _target(output, contract, rendered, whole=name is None)
        _write(target, rendered.text)
        typer.echo(f"written: {target}", err=True)


def _target(output: Path, contract: Contract, rendered: Rendered, *, whole: bool) -> Path:
    if whole or output.is_dir():
        return output / f"{contract.name}.{rendered.suffix}"
    return output


def _write(target: Path, text: str) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    except OSError as error:
        raise ConflictError(f"{target} cannot be written: {error.strerror}") from error
