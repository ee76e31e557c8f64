"""What is wrong with a contract whose files can each be read: key, rules, releases, majors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path

from lingqu.contracts.catalogue.entry import missing_fields
from lingqu.contracts.checks import (
    contract_problems,
    edited_versions,
    release_problems,
    unknown_fields,
)
from lingqu.contracts.finding import Finding, error, warning
from lingqu.contracts.level import level_problems
from lingqu.contracts.lines import setting_line
from lingqu.contracts.model import Contract
from lingqu.contracts.rule_text import read_rule
from lingqu.errors import ContractError


def contract_findings(contract: Contract, path: Path, text: str) -> list[Finding]:
    """Return what keeps the contract from being loaded, and then what else there is to say.

    `text` is that of `contract.yaml` at `path`.
    """
    here = _Place(path, text)
    problems = (*contract_problems(contract), *release_problems(contract))
    return [
        *(here.error(sentence, *setting) for setting, sentence in problems),
        *(error(edited, sentence) for edited, sentence in edited_versions(contract)),
        *_key(contract, here),
        *_rules(contract, here),
        *_majors(contract, here),
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
    """Say what a key is better without."""
    for version in contract.versions:
        for spec in version.fields:
            if spec.path in contract.key and spec.has_default:
                yield here.error(
                    f"key: {spec.path!r} has a default, so that events without it would share one"
                    " key and a view could leave it out; take the default away",
                    "key",
                )
            if spec.path in contract.key and spec.kind != "none":
                yield here.warning(
                    f"key: {spec.path!r} is {spec.kind}, and keys stand in clear on the hub's"
                    " topics; use a code that names nobody, and let views make it a pseudonym",
                    "key",
                )


def _rules(contract: Contract, here: _Place) -> Iterator[Finding]:
    for place, spec in enumerate(contract.rules):
        try:
            rule = read_rule(spec.name, spec.expression)
        except ContractError:
            continue  # among the problems already
        at = ("rules", place, "expression")
        if rule.tree is None:
            yield here.warning(
                f"rule {spec.name}: runs row by row, up to a thousand times slower; the README of"
                " schemas lists what runs on columns",
                *at,
            )
        silent = [v.number for v in contract.versions if not all(map(v.has, rule.paths))]
        if silent and not unknown_fields(contract, rule):
            yield here.warning(
                f"rule {spec.name}: says nothing of {', '.join(silent)}, which lacks a field it"
                " names; see that another rule does",
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


def _catalogue(contract: Contract, here: _Place) -> Iterator[Finding]:
    missing = missing_fields(asdict(contract.entry))
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
