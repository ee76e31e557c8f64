"""The folder of contracts read into a catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from lingqu.contracts.checks import (
    contract_problems,
    edited_versions,
    record_problems,
    release_problems,
)
from lingqu.contracts.contract_file import ContractFile, DomainFile
from lingqu.contracts.model import (
    Catalogue,
    CatalogueEntry,
    Contract,
    ContractVersion,
    Release,
    RuleSpec,
    Sla,
)
from lingqu.contracts.schema_file import read_version
from lingqu.contracts.yaml_file import read_yaml
from lingqu.errors import ConfigurationError, ContractError

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def schemas_dir(setting: Path | None) -> Path:
    """Return where the contracts are: the setting, or else the copy that a wheel carries."""
    if setting is not None:
        return setting
    packaged = packaged_folder("lingqu_schemas")
    if packaged is None:
        raise ConfigurationError(
            "no contracts are installed beside this program; set LINGQU_SCHEMAS_DIR to their folder"
        )
    return packaged


def packaged_folder(package: str) -> Path | None:
    """Return a folder of data that a wheel carries as a package without code."""
    found = find_spec(package)
    places = found.submodule_search_locations if found is not None else None
    return Path(next(iter(places))) if places else None


def load_catalogue(folder: Path, only: str | None = None) -> Catalogue:
    """Read `<domain>/<event>/contract.yaml` below the folder; raise ContractError with the cure.

    `only` names the one domain to read.
    """
    if not folder.is_dir():
        raise ContractError(f"{folder}: no such folder of contracts; set LINGQU_SCHEMAS_DIR")
    contracts = (
        load_contract(event)
        for domain in _folders(folder)
        if only in (None, domain.name)
        if read_yaml(domain / "domain.yaml", DomainFile)
        for event in _folders(domain)
    )
    return Catalogue({contract.name: contract for contract in contracts})


def load_contract(folder: Path, *, drafts: bool = False) -> Contract:
    """Read one contract's folder, named `<domain>/<event>`.

    Of a released contract only published versions are served; `drafts` are those that are not yet.
    Raises ContractError with the cure, also where a published version was edited.
    """
    path = folder / "contract.yaml"
    file = read_yaml(path, ContractFile)
    contract = contract_of(folder, file, _versions(folder))
    _refuse_first(release_problems(contract), path)
    for edited, sentence in edited_versions(contract):
        raise ContractError(f"{edited}: {sentence}")
    _refuse_first(contract_problems(contract), path)
    if drafts or file.status == "draft":
        return contract
    published = tuple(each for each in contract.versions if each.number in file.releases)
    return replace(contract, versions=published)


def contract_of(
    folder: Path, file: ContractFile, versions: tuple[ContractVersion, ...]
) -> Contract:
    """Return the contract that a file and versions make."""
    domain, event = folder.parent.name, folder.name
    return Contract(
        name=f"{domain}.{event}",
        domain=domain,
        event=event,
        title_zh=file.title_zh,
        title_en=file.title_en,
        steward=file.steward,
        key=tuple(file.key),
        partitions=file.partitions,
        retention_ms=file.retention_ms,
        compatibility=file.compatibility,
        status=file.status,
        on_reject=file.on_reject,
        legal_basis=file.legal_basis,
        rules=tuple(RuleSpec(**rule.model_dump()) for rule in file.rules),
        versions=versions,
        folder=folder,
        sla=Sla(**file.sla.model_dump()),
        entry=CatalogueEntry(**file.catalogue.model_dump()),
        served_until={major: entry.served_until for major, entry in file.majors.items()},
        releases={
            number: Release(entry.released_on, entry.digest)
            for number, entry in file.releases.items()
        },
    )


def _folders(folder: Path) -> Iterator[Path]:
    for each in sorted(folder.iterdir()):
        if not each.is_dir() or each.name.startswith((".", "__")):
            continue
        if not NAME.fullmatch(each.name):
            raise ContractError(
                f"{each}: not a name of a domain or event; use lower case, digits and underscores"
            )
        yield each


def _versions(folder: Path) -> tuple[ContractVersion, ...]:
    found = [read_version(path) for path in folder.glob("*.avsc")]
    if not found:
        raise ContractError(f"{folder}: holds no schema; write v1.0.avsc")
    for version in found:
        for sentence in record_problems(folder, version):
            raise ContractError(f"{folder}/v{version.number}.avsc: {sentence}")
    return tuple(sorted(found, key=lambda version: (version.major, version.minor)))


def _refuse_first(problems: Iterable[tuple[object, str]], path: Path) -> None:
    for _, sentence in problems:
        raise ContractError(f"{path}: {sentence}")
