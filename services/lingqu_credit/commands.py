"""`lingqu credit`: tables in and out, a subject, its restrictions, and repairs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lingqu.domain_service.commands.app import domain_app
from lingqu.domain_service.commands.listing import AS_JSON, LIMIT, Listing, list_rows, print_json
from lingqu.domain_service.commands.serving import URL, Served

if TYPE_CHECKING:
    from lingqu.sheets.template import Template

CREDIT = Served("credit", "http://127.0.0.1:8102")
_KINDS = ("licence", "penalty", "rating", "dishonesty", "abnormal")
_REPAIRS = Listing(
    "/v1/repairs",
    {
        "repair": lambda row: row["repair_id"],
        "record": lambda row: row["record_id"],
        "state": lambda row: row["state"],
        "answered": lambda row: f"{row['answered']} of {row['asked']}",
        "late": lambda row: "、".join(row["escalated"]),
    },
    "no repairs",
)
USCC = typer.Argument(help="Social credit code of the subject.")


def _template(kind: str) -> Callable[[], Template]:
    def make() -> Template:
        from lingqu_credit.forms.record_tables import record_templates  # noqa: PLC0415

        return record_templates()[kind]()

    return make


def _objection_template() -> Template:
    from lingqu_credit.forms.objection_table import objection_template  # noqa: PLC0415

    return objection_template()


app = domain_app(
    CREDIT,
    "Credit: records, restrictions, repairs and objections.",
    {**{kind: _template(kind) for kind in _KINDS}, "objection": _objection_template},
    {kind: f"/v1/exports/{kind}" for kind in (*_KINDS, "objection")},
)


@app.command()
def subject(
    uscc: Annotated[str, USCC],
    *,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """Tell all that is recorded of a subject, with where each record comes from."""
    found = _get(f"/v1/subjects/{uscc}", url)
    if as_json:
        print_json(found)
        return
    names = "、".join(each["name"] for each in found["subject"]["names"]) or "no name known"
    verdict = found["classification"]
    typer.echo(f"{found['subject']['uscc']}  {names}")
    if verdict is not None:
        typer.echo(f"class {verdict['unified_class']} by {verdict['edition']}")
    for kind, records in found["records"].items():
        for each in records:
            told = each.get("document_no") or each.get("decision_no") or each.get("level") or ""
            typer.echo(
                f"{kind}  {told}  {each['state']}  {each['decided_on'] or ''}  "
                f"from {each['origin']}  {each['record_id']}"
            )
    typer.echo(f"{len(found['restrictions'])} measures in force")


@app.command()
def restrictions(
    uscc: Annotated[str, USCC],
    *,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """Tell the measures in force against a subject; none where nobody decided on any."""
    found = _get(f"/v1/subjects/{uscc}/restrictions", url)
    if as_json:
        print_json(found)
        return
    for each in found["restrictions"]:
        typer.echo(
            f"{each['edition']} {each['measure_code']} {each['item']}  {each['from']} to "
            f"{each['until'] or '-'}  {each['list_type']}  {each['decided_by']} "
            f"{each['decision_no']}  from {each['origin']}"
        )
    if not found["restrictions"]:
        typer.echo("no measure is in force")


@app.command()
def repair(
    repair_id: Annotated[str | None, typer.Argument(help="One repair; else all.")] = None,
    *,
    state: Annotated[str | None, typer.Option(help="Those in this state.")] = None,
    overdue: Annotated[bool, typer.Option(help="Those that wait past the deadline.")] = False,
    limit: Annotated[int, LIMIT] = 100,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """List repairs, or show one: who has stopped using the record, and who is late."""
    if repair_id is not None:
        print_json(_get(f"/v1/repairs/{repair_id}", url))
        return
    query = {"state": state, "overdue": "true" if overdue else None}
    list_rows(CREDIT, url, _REPAIRS, query, limit, as_json=as_json)


def _get(path: str, url: str | None) -> Any:
    with CREDIT.client(url) as service:
        return service.get(path)
