"""The folder of contracts read into a catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from lingqu.contracts.catalogue.entry import check_entry
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
from lingqu.contracts.rule_text import read_rule
from lingqu.contracts.schema_file import read_version
from lingqu.contracts.yaml_file import nearest, read_yaml
from lingqu.errors import ConfigurationError, ContractError

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
KEY_TYPES = ("string", "enum", "int", "long")


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


def load_catalogue(folder: Path) -> Catalogue:
    """Read `<domain>/<event>/contract.yaml` below the folder; raise ContractError with the cure."""
    if not folder.is_dir():
        raise ContractError(f"{folder}: no such folder of contracts; set LINGQU_SCHEMAS_DIR")
    contracts = (
        load_contract(event)
        for domain in _folders(folder)
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
    there = _versions(folder)
    check_releases(file, there, path)
    contract = contract_of(folder, file, there)
    _check_key(contract, path)
    _check_rules(contract, path)
    check_entry(contract.entry, path)
    if drafts or file.status == "draft":
        return contract
    return replace(contract, versions=tuple(v for v in there if v.number in file.releases))


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


def check_releases(file: ContractFile, versions: tuple[ContractVersion, ...], path: Path) -> None:
    """Raise ContractError where what was published is not what is there."""
    if file.status == "released" and not file.releases:
        raise ContractError(
            f"{path}: status is released, and no version is under releases; write status: draft,"
            " and let lingqu contract publish release it"
        )
    there = {version.number: version for version in versions}
    for number, release in file.releases.items():
        if number not in there:
            raise ContractError(
                f"{path}: releases: v{number}.avsc was published on {release.released_on} and is"
                " missing; restore it"
            )
        if there[number].digest != release.digest:
            raise ContractError(
                f"{path.parent}/v{number}.avsc: was edited after its release on"
                f" {release.released_on}; restore it, and write the change as a new version"
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
    wanted = f"cn.lingqu.{folder.parent.name}.{pascal_case(folder.name)}"
    for version in found:
        if version.record_name != wanted:
            raise ContractError(
                f"{folder}/v{version.number}.avsc: the record is called {version.record_name};"
                f" by its folder it must be {wanted}"
            )
    return tuple(sorted(found, key=lambda version: (version.major, version.minor)))


def pascal_case(name: str) -> str:
    """Return a folder's snake_case name as its record's PascalCase name."""
    return "".join(part.capitalize() for part in name.split("_"))


def _check_key(contract: Contract, path: Path) -> None:
    for version in contract.versions:
        known = [spec.path for spec in version.fields if "." not in spec.path]
        for name in contract.key:
            if name not in known:
                raise ContractError(
                    f"{path}: key: v{version.number}.avsc has no field {name!r};"
                    f" {nearest(name, known)}"
                )
            spec = version.field(name)
            if spec.nullable or spec.type_name not in KEY_TYPES:
                raise ContractError(
                    f"{path}: key: {name!r} is of type {'nullable ' * spec.nullable}"
                    f"{spec.type_name}; a key field is one of {', '.join(KEY_TYPES)}, never null"
                )


def _check_rules(contract: Contract, path: Path) -> None:
    latest = contract.latest()
    names: set[str] = set()
    for spec in contract.rules:
        if spec.name in names:
            raise ContractError(f"{path}: rules: two are called {spec.name!r}; rename one")
        names.add(spec.name)
        try:
            rule = read_rule(spec.name, spec.expression)
        except ContractError as error:
            raise ContractError(f"{path}: rules: {error}") from error
        for name in sorted(rule.paths):
            if not any(version.has(name) for version in contract.versions):
                known = [field.path for field in latest.fields]
                raise ContractError(
                    f"{path}: rules: {spec.name}: v{latest.number}.avsc has no field {name!r};"
                    f" {nearest(name, known)}"
                )
