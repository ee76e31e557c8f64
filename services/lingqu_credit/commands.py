"""`lingqu credit`: tables in and out, a subject, its restrictions, and repairs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lingqu.domain_service.commands.app import domain_app
from lingqu.domain_service.commands.listing import (
    AS_JSON,
    LIMIT,
    Cell,
    Listing,
    list_rows,
    print_json,
    print_table,
)
from lingqu.domain_service.commands.serving import URL, Served, path_of

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
_OBJECTIONS = Listing(
    "/v1/objections",
    {
        "objection": lambda row: row["objection_id"],
        "record": lambda row: row["record_id"],
        "state": lambda row: row["state"],
        "field": lambda row: row["steps"][0]["field"],
        "claim": lambda row: row["steps"][0]["claim"],
        "answer by": lambda row: _in_china(row["steps"][0]["answer_by"]),
        "to correct": lambda row: _names(each for each in row["received_by"] if not each["taken"]),
    },
    "no objections",
)
_HOLDS = {True: "holds", False: "does not hold", None: "key not known"}
_RECORDS: Mapping[str, Cell] = {
    "kind": lambda row: row["kind"],
    "number": lambda row: row.get("document_no") or row.get("decision_no") or row.get("level"),
    "state": lambda row: row["state"],
    "decided": lambda row: row["decided_on"],
    "from": lambda row: row["origin"],
    "record": lambda row: row["record_id"],
}
_MEASURES: Mapping[str, Cell] = {
    "measure": lambda row: f"{row['edition']} {row['measure_code']}",
    "item": lambda row: row["item"],
    "from": lambda row: row["from"],
    "until": lambda row: row["until"] or "-",
    "list": lambda row: row["list_type"],
    "decided by": lambda row: f"{row['decided_by']} {row['decision_no']}",
    "region": lambda row: row["origin"],
    "record": lambda row: row["record_id"],
}
_STEPS: Mapping[str, Cell] = {
    "step": lambda row: row["step"],
    "at": lambda row: _in_china(row["occurred_at"]),
    "region": lambda row: row["origin"],
    "signature": lambda row: _HOLDS[row["signature_holds"]] if row.get("stop_use") else None,
}
_ANSWERS: Mapping[str, Cell] = {
    "asked": lambda row: row["name"],
    "stopped": lambda row: "yes" if row["answered"] else "late" if row["overdue"] else "not yet",
}
_STATES = "applied, accepted, refused, withdrawn, propagating or closed"
_OBJECTED = "raised, accepted, corrected, not_wrong, cannot_verify or withdrawn"
USCC = typer.Argument(help="Social credit code of the subject.")


def _in_china(moment: str | None) -> str | None:
    from lingqu.clock import shown  # noqa: PLC0415

    return None if moment is None else shown(moment)


def _names(regions: Iterable[Mapping[str, Any]]) -> str:
    return "、".join(each["name"] for each in regions)


def _template(kind: str) -> Callable[[], Template]:
    def make() -> Template:
        from lingqu_credit.forms.record_tables import record_templates  # noqa: PLC0415

        return record_templates()[kind]()

    return make


def _objection_template() -> Template:
    from lingqu_credit.forms.objection_table import objection_template  # noqa: PLC0415

    return objection_template()


def _subject_template() -> Template:
    from lingqu_credit.forms.subject_table import subject_template  # noqa: PLC0415

    return subject_template()


app = domain_app(
    CREDIT,
    "Credit: records, restrictions, repairs and objections.",
    {
        **{kind: _template(kind) for kind in _KINDS},
        "objection": _objection_template,
        "subject": _subject_template,
    },
    {kind: f"/v1/exports/{kind}" for kind in (*_KINDS, "objection", "subject")},
)


@app.command()
def subject(
    uscc: Annotated[str, USCC],
    *,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """Tell all that is recorded of a subject, with where each record comes from."""
    found = CREDIT.get(url, path_of("subjects", uscc))
    if as_json:
        print_json(found)
        return
    records = [each | {"kind": kind} for kind, told in found["records"].items() for each in told]
    stated = dict.fromkeys(each.get("subject_name") for each in records)
    names = [each["name"] for each in found["subject"]["names"]] or list(filter(None, stated))
    typer.echo(f"{found['subject']['uscc']}  {'、'.join(names) or 'no name known'}")
    if not records:
        typer.echo("nothing is recorded of it")
        return
    verdict = found["classification"]
    if verdict is not None:
        because = f", because of {'; '.join(verdict['because'])}" if verdict["because"] else ""
        typer.echo(f"class {verdict['unified_class']} by {verdict['edition']}{because}")
    print_table(_RECORDS, records)
    for kind in found["cut_off"]:
        typer.echo(f"there is more; GET /v1/records/{kind}?uscc={uscc} pages through all")
    typer.echo(f"{len(found['restrictions'])} measures in force")


@app.command()
def restrictions(
    uscc: Annotated[str, USCC],
    *,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """Tell the measures in force against a subject; none where nobody decided on any."""
    found = CREDIT.get(url, path_of("subjects", uscc, "restrictions"))
    if as_json:
        print_json(found)
    elif found["restrictions"]:
        print_table(_MEASURES, found["restrictions"])
    else:
        typer.echo("no measure is in force")


@app.command()
def repair(
    repair_id: Annotated[str | None, typer.Argument(help="One repair; else all.")] = None,
    *,
    state: Annotated[str | None, typer.Option(help=f"Those that are {_STATES}.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Those past their deadline.")] = False,
    limit: Annotated[int, LIMIT] = 100,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """List repairs, or show one: who has stopped using the record, and who is late."""
    if repair_id is None:
        query = {"state": state, "overdue": "true" if overdue else None}
        list_rows(CREDIT, url, _REPAIRS, query, limit, as_json=as_json)
        return
    found = CREDIT.get(url, path_of("repairs", repair_id))
    if as_json:
        print_json(found)
        return
    typer.echo(f"{found['repair_id']} of {found['record_kind']} {found['record_id']}")
    print_table(_STEPS, found["steps"])
    if found["answers"]:
        print_table(_ANSWERS, found["answers"])
    can_be = ", ".join(found["possible"]) or "nothing more"
    typer.echo(f"{found['state']}; it can be {can_be}")


@app.command()
def objection(
    state: Annotated[str | None, typer.Option(help=f"Those that are {_OBJECTED}.")] = None,
    *,
    limit: Annotated[int, LIMIT] = 100,
    as_json: Annotated[bool, AS_JSON] = False,
    url: Annotated[str | None, URL] = None,
) -> None:
    """List objections: what is said to be wrong, what came of it, and who has yet to correct it."""
    list_rows(CREDIT, url, _OBJECTIONS, {"state": state}, limit, as_json=as_json)
