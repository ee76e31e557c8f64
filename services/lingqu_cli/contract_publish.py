"""`lingqu contract publish`: from a draft to a version that is never edited again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import typer

from lingqu.agreements.model import Agreement
from lingqu.client import HubClient
from lingqu.clock import SystemClock, china_day
from lingqu.contracts.lint import lint
from lingqu.contracts.model import Contract, ContractVersion, Release
from lingqu.contracts.release import released_text
from lingqu.errors import ContractError
from lingqu.wire.registry import RegistryClient
from lingqu_cli.contract_agreements import agreements_on, views_of
from lingqu_cli.contract_diff import told
from lingqu_cli.contract_folder import Name, contract_folders, rewrite, text_of, writable_folder
from lingqu_cli.tables import AsJson, hub, print_json


@dataclass(slots=True)
class Publication:
    """What became of a contract: why not, or which versions are registered under which ids."""

    contract: str
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)


def publish(name: Name, *, as_json: AsJson = False) -> None:
    """Publish a contract's new versions: checked, registered, and from then on never edited.

    Refuses what lint and test refuse, and what breaks an agreement in force, unless it is a new
    major; publishing it twice gives nothing new. Exits 1 where it refuses.
    """
    folder = contract_folders([name], writable_folder())[0]
    done = Publication(name)
    linted = lint(folder)
    done.refused += map(str, linted.errors)
    contract = linted.contract
    if contract is not None and not done.refused:
        done.refused += _failing_examples(contract)
    if contract is not None and not done.refused:
        with hub() as client:
            agreements = agreements_on(client, name)
            done.refused += refusals(contract, agreements)
            done.notes += moving(contract, agreements)
            if not done.refused:
                done.ids = _register(contract, client)
                done.published = mark(contract, today())
    print_json(_plain(done)) if as_json else _print(done)
    if done.refused:
        raise typer.Exit(1)


def refusals(contract: Contract, agreements: Sequence[Agreement]) -> list[str]:
    """Say which agreements in force the versions that are not published yet would break."""
    found: list[str] = []
    for version in unpublished(contract):
        if version.major not in _published_majors(contract):
            found += _overlap_refusals(contract, version.major, agreements)
            continue
        found += _broken_views(contract, version, agreements)
    return found


def _broken_views(
    contract: Contract, version: ContractVersion, agreements: Sequence[Agreement]
) -> Iterator[str]:
    from lingqu.agreements.breakage import whose_view_breaks  # noqa: PLC0415 - heavy

    views = [view for view in views_of(agreements) if view.major == version.major]
    cure = f"write it as v{contract.majors[-1] + 1}.0.avsc, or amend the agreement"
    for verdict in whose_view_breaks(contract, contract, version, views):
        if verdict.breaks:
            yield f"{version.number} {'; '.join(told(contract.name, verdict))}; {cure}"


def unpublished(contract: Contract) -> list[ContractVersion]:
    return [each for each in contract.versions if each.number not in contract.releases]


def _published_majors(contract: Contract) -> set[int]:
    """Return the majors in use: published, or of a contract in draft the first."""
    published = {int(number.partition(".")[0]) for number in contract.releases}
    return published or {contract.majors[0]}


def _overlap_refusals(
    contract: Contract, major: int, agreements: Sequence[Agreement]
) -> Iterator[str]:
    """Say which agreements on an earlier major would get nothing any more."""
    for agreement in agreements:
        until = contract.served_until.get(signed_major(agreement))
        if signed_major(agreement) < major and until is not None and until < today():
            yield (
                f"v{signed_major(agreement)} is served until {until}, which has passed, and"
                f" agreement {agreement.id} is in force on it; write a later day under majors"
            )


def moving(contract: Contract, agreements: Sequence[Agreement]) -> list[str]:
    """Say which agreements outlive the major that they were signed for."""
    return [
        f"agreement {agreement.id} runs until {agreement.valid_until}, and v{major} is served until"
        f" {until}: its partner signs the next major by then"
        for agreement in agreements
        if (until := contract.served_until.get(major := signed_major(agreement)))
        and agreement.valid_until > until
    ]


def signed_major(agreement: Agreement) -> int:
    return int(agreement.contract_version.partition(".")[0])


def _failing_examples(contract: Contract) -> list[str]:
    from lingqu.admission.examples import try_examples, try_round_trips  # noqa: PLC0415 - heavy

    outcomes = (*try_examples(contract), *try_round_trips(contract))
    return [f"{one.example}: {one.says}" for one in outcomes if not one.passed]


def _register(contract: Contract, client: HubClient) -> dict[str, int]:
    """Register every version in order; those that are there already keep their ids."""
    with RegistryClient(client.addresses.registry) as registry:
        for major in contract.majors:
            registry.set_level(contract.subject(major), contract.compatibility)
        return {
            version.number: registry.register(contract.subject(version.major), version.schema)
            for version in contract.versions
        }


def mark(contract: Contract, today: date) -> list[str]:
    """Write into contract.yaml what is published now, and return the new versions."""
    new = {each.number: Release(today, each.digest) for each in unpublished(contract)}
    if new:
        _rewrite(contract.folder / "contract.yaml", new)
    return list(new)


def _rewrite(path: Path, new: Mapping[str, Release]) -> None:
    text = released_text(text_of(path), str(path), new)
    try:
        rewrite(path, text)
    except OSError as error:
        raise ContractError(
            f"{path}: registered, and cannot be marked as released ({error.strerror}); make its"
            " folder writable and publish again"
        ) from error


def today() -> date:
    return china_day(SystemClock().now())


def _plain(done: Publication) -> dict[str, Any]:
    return {
        "contract": done.contract,
        "refused": done.refused,
        "notes": done.notes,
        "published": done.published,
        "ids": done.ids,
    }


def _print(done: Publication) -> None:
    for sentence in done.refused:
        typer.echo(f"refused: {sentence}")
    for sentence in done.notes:
        typer.echo(f"note: {sentence}")
    for number in done.published:
        typer.echo(f"{done.contract} {number} is published under id {done.ids[number]}")
    if not done.refused and not done.published:
        typer.echo(f"{done.contract}: nothing new; all versions are published")
    if done.published:
        typer.echo(
            "services that read this folder take it up within seconds, control after ten; elsewhere"
            " copy it there first, where control runs last"
        )
