"""What is wrong with a contract whose files can each be read: key, rules, releases, majors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path

from lingqu.contracts.catalogue.entry import missing_fields, wrong_fields
from lingqu.contracts.finding import Finding, error, warning
from lingqu.contracts.level import level_problems
from lingqu.contracts.lines import setting_line
from lingqu.contracts.loader import KEY_TYPES
from lingqu.contracts.model import Contract, ContractVersion, RuleSpec
from lingqu.contracts.rule_text import read_rule
from lingqu.contracts.yaml_file import nearest
from lingqu.errors import ContractError


def contract_findings(contract: Contract, path: Path, text: str) -> list[Finding]:
    """Return them in the order of `contract.yaml`, which is `text` at `path`."""
    here = _Place(path, text)
    return [
        *_key(contract, here),
        *_rules(contract, here),
        *_majors(contract, here),
        *_releases(contract, here),
        *_levels(contract),
        *_catalogue(contract, here),
    ]


class _Place:
    """The contract file, to name lines of."""

    def __init__(self, path: Path, text: str) -> None:
        self._path, self._text = path, text

    def error(self, sentence: str, *setting: str | int) -> Finding:
        return error(self._path, sentence, setting_line(self._text, setting))

    def warning(self, sentence: str, *setting: str | int) -> Finding:
        return warning(self._path, sentence, setting_line(self._text, setting))


def _key(contract: Contract, here: _Place) -> Iterator[Finding]:
    for version in contract.versions:
        known = [spec.path for spec in version.fields if "." not in spec.path]
        for name in contract.key:
            if name not in known:
                sentence = f"v{version.number}.avsc has no field {name!r}; {nearest(name, known)}"
                yield here.error(f"key: {sentence}", "key")
            else:
                yield from _key_field(version, name, here)


def _key_field(version: ContractVersion, name: str, here: _Place) -> Iterator[Finding]:
    spec = version.field(name)
    if spec.nullable or spec.type_name not in KEY_TYPES:
        kind = f"{'nullable ' * spec.nullable}{spec.type_name}"
        choice = ", ".join(KEY_TYPES)
        sentence = f"key: {name!r} is of type {kind}; a key field is one of {choice}, never null"
        yield here.error(sentence, "key")
    if spec.has_default:
        yield here.error(
            f"key: {name!r} has a default, so that events without it would share one key and a"
            " view could leave it out; take the default away",
            "key",
        )
    if spec.kind != "none":
        yield here.warning(
            f"key: {name!r} is {spec.kind}, and keys stand in clear on the hub's topics; use a"
            " code that names nobody, and let views make it a pseudonym",
            "key",
        )


def _rules(contract: Contract, here: _Place) -> Iterator[Finding]:
    names: set[str] = set()
    for place, spec in enumerate(contract.rules):
        if spec.name in names:
            yield here.error(f"two rules are called {spec.name!r}; rename one", "rules", place)
        names.add(spec.name)
        yield from _rule(contract, spec, place, here)


def _rule(contract: Contract, spec: RuleSpec, place: int, here: _Place) -> Iterator[Finding]:
    at = ("rules", place, "expression")
    try:
        rule = read_rule(spec.name, spec.expression)
    except ContractError as problem:
        yield here.error(f"rule {problem}; mend the expression", *at)
        return
    if rule.tree is None:
        yield here.warning(
            f"rule {spec.name}: runs row by row, up to a thousand times slower; the README of"
            " schemas lists what runs on columns",
            *at,
        )
    silent = [v.number for v in contract.versions if not all(map(v.has, rule.paths))]
    unknown = sorted(path for path in rule.paths if not any(v.has(path) for v in contract.versions))
    if unknown:
        known = [field.path for field in contract.latest().fields]
        cure = nearest(unknown[0], known)
        yield here.error(f"rule {spec.name}: no field {unknown[0]!r}; {cure}", *at)
    elif silent:
        yield here.warning(
            f"rule {spec.name}: says nothing of {', '.join(silent)}, which lacks a field it names;"
            " see that another rule does",
            *at,
        )


def _majors(contract: Contract, here: _Place) -> Iterator[Finding]:
    latest = contract.majors[-1]
    for major, until in contract.served_until.items():
        at = ("majors", major)
        following = _published_after(contract, major)
        if major not in contract.majors:
            there = ", ".join(map(str, contract.majors))
            yield here.error(f"majors: there is no major {major}; there are {there}", *at)
        elif major == latest:
            yield here.warning(
                f"majors: v{major} is the newest and ends on {until}; publish the next one before",
                *at,
            )
        elif following is not None and until < following:
            yield here.error(
                f"majors: v{major} ends on {until}, before the next was published on {following};"
                " write a later day, so that both are served for a while",
                *at,
            )
    for major in contract.majors[:-1]:
        if major not in contract.served_until:
            yield here.error(
                f"majors: it is not said how long v{major} is served beside v{latest}; write"
                f" majors: {{{major}: {{served_until: a day}}}}",
                "majors",
            )


def _published_after(contract: Contract, major: int) -> date | None:
    """Return the day on which the next major was published, where one was."""
    later = [
        release.released_on
        for number, release in contract.releases.items()
        if int(number.partition(".")[0]) > major
    ]
    return min(later, default=None)


def _releases(contract: Contract, here: _Place) -> Iterator[Finding]:
    if contract.status == "released" and not contract.releases:
        yield here.error(
            "status is released, and no version is under releases; write status: draft, and let"
            " lingqu contract publish release it",
            "status",
        )
    there = {version.number: version for version in contract.versions}
    for number, release in contract.releases.items():
        if number not in there:
            yield here.error(
                f"v{number}.avsc was published on {release.released_on} and is missing; restore it",
                "releases",
                number,
            )
        elif there[number].digest != release.digest:
            yield error(
                contract.folder / f"v{number}.avsc",
                f"was edited after its release on {release.released_on}; restore it, and write the"
                " change as a new version",
            )


def _catalogue(contract: Contract, here: _Place) -> Iterator[Finding]:
    entry = asdict(contract.entry)
    for name, wrong in wrong_fields(entry).items():
        yield here.error(f"catalogue: {name} {entry[name]!r} {wrong.text}", "catalogue", name)
    missing = missing_fields(entry)
    if missing:
        yield here.warning(
            f"catalogue: {', '.join(missing)} still empty; the province's catalogue asks for them",
            "catalogue",
        )


def _levels(contract: Contract) -> Iterator[Finding]:
    for version in contract.versions:
        path = contract.folder / f"v{version.number}.avsc"
        for sentence in level_problems(contract, version):
            yield error(
                path,
                f"breaks {contract.compatibility} {sentence}; keep to it, or write"
                f" v{version.major + 1}.0.avsc",
            )
