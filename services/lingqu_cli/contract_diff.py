"""`lingqu contract diff`: what changed, whether it is compatible, and whose view it breaks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lingqu.contracts.changes import Change, schema_changes
from lingqu.contracts.level import Directions, directions
from lingqu.contracts.loader import load_contract
from lingqu.contracts.model import Contract, ContractVersion
from lingqu.contracts.terms_changes import terms_changes
from lingqu.errors import UnavailableError
from lingqu_cli.contract_agreements import agreements_on, views_of
from lingqu_cli.contract_folder import contract_named
from lingqu_cli.tables import AsJson, hub, print_json

if TYPE_CHECKING:
    from lingqu.agreements.breakage import SignedView, ViewVerdict

BREAKS, UNKNOWN = 1, 3
_WHAT = "NAME, NAME@1.0, or a contract's folder"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One version beside another; `verdicts` is None where nobody could say who signed what."""

    old: ContractVersion
    new: ContractVersion
    level: str
    changes: list[Change]
    directions: Directions
    verdicts: list[ViewVerdict] | None
    away: str = ""
    until: str = ""
    apart: tuple[str, ...] = ()

    @property
    def new_major(self) -> bool:
        return self.old.major != self.new.major

    @property
    def exit_code(self) -> int:
        """Return 1 where it breaks its level or a view in one major, 3 where nobody knows."""
        broken = any(verdict.breaks for verdict in self.verdicts or ())
        if not self.new_major and (broken or self.directions.breaking(self.level)):
            return BREAKS
        return UNKNOWN if self.verdicts is None else 0


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help=f"{_WHAT}: its published version.")],
    new: Annotated[
        str | None, typer.Argument(metavar="NEW", help=f"{_WHAT}; else OLD's newest draft.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Say what changed, whether it is compatible, and whose view it breaks.

    Exits 0 where it breaks nobody or is a new major, 1 where it breaks its level or a view, and 3
    where the hub is away and only the schemas could be judged.
    """
    before, first = _referred(old, drafts=False)
    after, second = _referred(new or old.partition("@")[0], drafts=True)
    compared = compare(before, first, after, second)
    print_json(_plain(compared)) if as_json else _print(after.name, compared)
    raise typer.Exit(compared.exit_code)


def compare(
    before: Contract, old: ContractVersion, after: Contract, new: ContractVersion
) -> Comparison:
    """Compare two versions; the agreements are asked for where the hub is."""
    from lingqu.admission.twins import untwinned  # noqa: PLC0415 - heavy
    from lingqu.agreements.breakage import whose_view_breaks  # noqa: PLC0415 - heavy

    verdicts, away = None, ""
    try:
        verdicts = whose_view_breaks(before, after, new, _signed(before, old))
    except UnavailableError as error:
        away = str(error)
    changes = [*schema_changes(old, new), *terms_changes(before, after)]
    judged = directions(old, new)
    until = str(after.served_until.get(old.major, ""))
    apart = tuple(untwinned(after)) if old.major != new.major else ()
    return Comparison(old, new, after.compatibility, changes, judged, verdicts, away, until, apart)


def _signed(contract: Contract, old: ContractVersion) -> list[SignedView]:
    """Return the views that were signed on the older version's major."""
    with hub() as client:
        views = views_of(agreements_on(client, contract.name))
    return [view for view in views if view.major == old.major]


def _referred(text: str, *, drafts: bool) -> tuple[Contract, ContractVersion]:
    name, _, number = text.partition("@")
    folder = Path(name)
    in_folder = (folder / "contract.yaml").is_file()
    whole = load_contract(folder.resolve(), drafts=True) if in_folder else contract_named(name)
    if number:
        return whole, whole.version(number)
    served = whole if drafts or in_folder else contract_named(name, drafts=False)
    return whole, served.latest()


def _print(name: str, compared: Comparison) -> None:
    typer.echo(f"{name} {compared.old.number} → {compared.new.number}")
    for change in compared.changes:
        typer.echo(f"  {change.says}")
    if not compared.changes:
        typer.echo("  nothing changed")
    _print_directions(compared)
    for verdict in compared.verdicts or ():
        for line in _staying(name, compared, verdict) or told(name, verdict):
            typer.echo(line)
    if compared.verdicts == []:
        typer.echo(f"no agreement in force on v{compared.old.major}")
    if compared.away:
        typer.echo(f"only the schemas were judged, not whose view breaks: {compared.away}")


def _print_directions(compared: Comparison) -> None:
    found = compared.directions
    kept = "a new major" if compared.new_major else f"the contract asks for {compared.level}"
    typer.echo(f"compatibility: {found.called}; {kept}")
    for way, sentences in (
        ("who reads by the newer version cannot read older events", found.backward),
        ("who reads by the older version cannot read newer events", found.forward),
    ):
        for sentence in sentences:
            typer.echo(f"  {way}: {sentence}")
    for sentence in compared.apart:
        typer.echo(f"  {sentence}")


def _staying(name: str, compared: Comparison, verdict: ViewVerdict) -> list[str]:
    """Return what a new major means to who signed the older one, which goes on to be served."""
    if not compared.new_major:
        return []
    view = verdict.view
    until = f" until {compared.until}" if compared.until else ""
    return [f"{view.whose} stays with {name} {view.version} (agreement {view.agreement}){until}"]


def told(name: str, verdict: ViewVerdict) -> list[str]:
    """Return a verdict in words, a line each."""
    view = verdict.view
    whose = f"{view.whose}'s view of {name} {view.version} (agreement {view.agreement})"
    lines = [f"breaks {whose}: {why}" for why in verdict.breaks] or [f"does not break {whose}"]
    return lines + [f"  {then}" for then in verdict.then]


def _plain(compared: Comparison) -> dict[str, Any]:
    verdicts = compared.verdicts
    return {
        "old": compared.old.number,
        "new": compared.new.number,
        "new_major": compared.new_major,
        "changes": [asdict(change) for change in compared.changes],
        "level": compared.level,
        "compatible": compared.directions.called,
        "apart": list(compared.apart),
        "backward": list(compared.directions.backward),
        "forward": list(compared.directions.forward),
        "views": None if verdicts is None else [plain_verdict(each) for each in verdicts],
        "hub": compared.away or "asked",
    }


def plain_verdict(verdict: ViewVerdict) -> dict[str, Any]:
    view = verdict.view
    return {
        "agreement": view.agreement,
        "partner": view.partner,
        "region": view.region,
        "version": view.version,
        "breaks": list(verdict.breaks),
        "then": list(verdict.then),
    }
