"""What a contract's files must say of each other: the loader stops at the first, lint tells all.

A problem is the path of the setting in `contract.yaml` and a sentence, its cure last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from lingqu.contracts.catalogue.entry import wrong_fields
from lingqu.contracts.model import Contract, ContractVersion
from lingqu.contracts.rule_text import RuleText, read_rule
from lingqu.contracts.yaml_file import Problem, nearest
from lingqu.errors import ContractError

_KEY_TYPES = ("string", "enum", "int", "long")


def pascal_case(name: str) -> str:
    """Return a folder's snake_case name as its record's PascalCase name."""
    return "".join(part.capitalize() for part in name.split("_"))


def record_problems(folder: Path, version: ContractVersion) -> Iterator[str]:
    """Say that a version's record is not called as its folder `<domain>/<event>` is."""
    wanted = f"cn.lingqu.{folder.parent.name}.{pascal_case(folder.name)}"
    if version.record_name != wanted:
        yield f"the record is called {version.record_name}; by its folder it must be {wanted}"


def contract_problems(contract: Contract) -> Iterator[Problem]:
    """Say what is wrong in `contract.yaml`, in its order."""
    yield from key_problems(contract)
    yield from rule_problems(contract)
    entry = asdict(contract.entry)
    for name, wrong in wrong_fields(entry).items():
        yield ("catalogue", name), f"catalogue: {name} {entry[name]!r} {wrong.text}"


def key_problems(contract: Contract) -> Iterator[Problem]:
    """Say which key fields there are not, or are of a type that no key is made of."""
    for version in contract.versions:
        known = [spec.path for spec in version.fields if "." not in spec.path]
        for name in contract.key:
            if name not in known:
                there = f"v{version.number}.avsc has no field {name!r}"
                yield ("key",), f"key: {there}; {nearest(name, known)}"
                continue
            spec = version.field(name)
            if spec.nullable or spec.type_name not in _KEY_TYPES:
                kind = f"{'nullable ' * spec.nullable}{spec.type_name}"
                cure = f"a key field is one of {', '.join(_KEY_TYPES)}, never null"
                yield ("key",), f"key: {name!r} is of type {kind}; {cure}"


def rule_problems(contract: Contract) -> Iterator[Problem]:
    """Say which rules share a name, are not CEL, or name a field of no version."""
    latest = contract.latest()
    known = [field.path for field in latest.fields]
    names: set[str] = set()
    for place, spec in enumerate(contract.rules):
        if spec.name in names:
            yield ("rules", place), f"rules: two are called {spec.name!r}; rename one"
        names.add(spec.name)
        at = ("rules", place, "expression")
        try:
            rule = read_rule(spec.name, spec.expression)
        except ContractError as problem:
            yield at, f"rules: {problem}; mend the expression"
            continue
        for name in unknown_fields(contract, rule):
            there = f"v{latest.number}.avsc has no field {name!r}"
            yield at, f"rules: {spec.name}: {there}; {nearest(name, known)}"


def unknown_fields(contract: Contract, rule: RuleText) -> list[str]:
    """Return the fields that a rule names and no version has."""
    there = contract.versions
    return sorted(path for path in rule.paths if not any(each.has(path) for each in there))


def release_problems(contract: Contract) -> Iterator[Problem]:
    """Say what is under `releases` and not there. `contract` is with its drafts."""
    if contract.status == "released" and not contract.releases:
        cure = "write status: draft, and let lingqu contract publish release it"
        yield ("status",), f"status is released, and no version is under releases; {cure}"
    there = {version.number for version in contract.versions}
    for number, release in contract.releases.items():
        if number not in there:
            missing = f"v{number}.avsc was published on {release.released_on} and is missing"
            yield ("releases", number), f"releases: {missing}; restore it"


def edited_versions(contract: Contract) -> Iterator[tuple[Path, str]]:
    """Say which published versions are not what was published: the file of each, a sentence."""
    for version in contract.versions:
        release = contract.releases.get(version.number)
        if release is not None and release.digest != version.digest:
            edited = f"was edited after its release on {release.released_on}"
            cure = "restore it, and write the change as a new version"
            yield contract.folder / f"v{version.number}.avsc", f"{edited}; {cure}"
