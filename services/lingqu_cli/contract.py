"""`lingqu contract`: what a topic promises, from a first draft to a published version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from lingqu.contracts.finding import Finding, error, warning
from lingqu.contracts.lint import lint as lint_folder
from lingqu.contracts.loader import load_contract
from lingqu.contracts.scaffold import NewContract, parse_field, write_contract
from lingqu_cli import contract_catalogue
from lingqu_cli.contract_diff import diff
from lingqu_cli.contract_export import export
from lingqu_cli.contract_folder import Names, contract_folders, writable_folder
from lingqu_cli.contract_publish import publish
from lingqu_cli.contract_show import show
from lingqu_cli.quality import quality
from lingqu_cli.tables import AsJson, print_json, print_table

app = typer.Typer(no_args_is_help=True)

FIELD = "A field as name:type:grade:kind:unit; `?` after the type makes it nullable, `[]` a list."


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="<domain>.<event>, in lower case.")],
    *,
    field: Annotated[list[str] | None, typer.Option(help=FIELD)] = None,
    key: Annotated[list[str] | None, typer.Option(help="A key field; else the first.")] = None,
    steward: Annotated[str, typer.Option(help="数据责任单位, who answers for it.")] = "待补充",
    region: Annotated[str, typer.Option(help="The region that provides it.")] = "43",
    title_zh: Annotated[str | None, typer.Option(help="Its Chinese title.")] = None,
    title_en: Annotated[str | None, typer.Option(help="Its English title.")] = None,
    legal_basis: Annotated[str, typer.Option(help="The document and clause.")] = "待补充",
    as_json: AsJson = False,
) -> None:
    """Write a contract's folder that passes lint and test; asks nothing, overwrites nothing."""
    fields = [parse_field(text) for text in field or ["code:string"]]
    title = title_en or name.rpartition(".")[2].replace("_", " ").capitalize()
    told = NewContract(
        name=name,
        fields=fields,
        key=key or [fields[0].name],
        steward=steward,
        region=region,
        title_zh=title_zh or title,
        title_en=title,
        legal_basis=legal_basis,
    )
    files = write_contract(writable_folder(), told)
    if as_json:
        print_json({"contract": name, "files": [str(path) for path in files]})
        return
    for path in files:
        typer.echo(f"wrote {path}")
    typer.echo(f"describe its fields, then: lingqu contract lint {name}")


@app.command()
def lint(names: Names = None, *, as_json: AsJson = False) -> None:
    """Say all that is wrong or worth knowing, with file and line; exits 1 on errors."""
    folders = contract_folders(names)
    found = [finding for folder in folders for finding in _findings(folder)]
    wrong = sum(1 for finding in found if finding.severity == "error")
    if as_json:
        print_json({"contracts": len(folders), "errors": wrong, "findings": _plain(found)})
    else:
        for finding in found:
            typer.echo(f"{finding.severity}: {finding}")
        typer.echo(f"{len(folders)} contracts, {wrong} errors, {len(found) - wrong} warnings")
    if wrong:
        raise typer.Exit(1)


@app.command("test")
def try_out(names: Names = None, *, as_json: AsJson = False) -> None:
    """Send the examples through admission, and from version to version and back."""
    from lingqu.admission.examples import try_examples, try_round_trips  # noqa: PLC0415 - heavy

    outcomes = [
        (contract.name, outcome)
        for contract in (load_contract(folder, drafts=True) for folder in contract_folders(names))
        for outcome in (*try_examples(contract), *try_round_trips(contract))
    ]
    failed = sum(1 for _, outcome in outcomes if not outcome.passed)
    if as_json:
        shown = [{"contract": n, **asdict(o), "example": o.example.name} for n, o in outcomes]
        print_json({"tried": len(outcomes), "failed": failed, "outcomes": shown})
    else:
        rows = [
            (name, one.example.name, "passed" if one.passed else "FAILED", one.says)
            for name, one in outcomes
        ]
        print_table(("contract", "example", "", "what became of it"), rows, "no examples there")
        typer.echo(f"{len(outcomes)} tried, {failed} failed")
    if failed:
        raise typer.Exit(1)


def _findings(folder: Path) -> list[Finding]:
    """Return what lint finds, examples that are not admitted, and majors that do not meet."""
    from lingqu.admission.examples import try_examples  # noqa: PLC0415 - heavy
    from lingqu.admission.twins import untwinned  # noqa: PLC0415 - heavy

    linted = lint_folder(folder)
    if linted.errors or linted.contract is None:
        return list(linted.findings)
    failing = [
        error(outcome.example, outcome.says)
        for outcome in try_examples(linted.contract)
        if not outcome.passed and not outcome.example.name.startswith("invalid-")
    ]
    apart = [warning(folder / "contract.yaml", says) for says in untwinned(linted.contract)]
    return [*linted.findings, *failing, *apart]


def _plain(findings: Sequence[Finding]) -> list[dict[str, object]]:
    return [{**asdict(finding), "file": str(finding.file)} for finding in findings]


# In the order in which a contract is worked with.
app.command()(show)
app.command()(diff)
app.command()(publish)
app.command()(export)
app.command()(quality)
app.add_typer(
    contract_catalogue.app,
    name="catalogue",
    help="The catalogue entries 资源目录: shown, and as a spreadsheet out and in.",
)
