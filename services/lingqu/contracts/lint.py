"""All that is wrong with a contract's folder, or worth knowing before it is published."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lingqu.contracts.avro.parser import parse
from lingqu.contracts.avro.problem_words import field_at
from lingqu.contracts.avro.profile import check_profile
from lingqu.contracts.checks import record_problems
from lingqu.contracts.contract_file import ContractFile, DomainFile
from lingqu.contracts.finding import Finding, error, warning
from lingqu.contracts.lines import field_line, setting_line
from lingqu.contracts.lint_contract import contract_findings
from lingqu.contracts.loader import contract_of
from lingqu.contracts.model import Contract, ContractVersion
from lingqu.contracts.scaffold import TO_DESCRIBE
from lingqu.contracts.schema_file import parse_version, read_schema, version_number
from lingqu.contracts.yaml_file import yaml_problems
from lingqu.errors import ContractError

_AT = re.compile(r"at (/\S*): ")


@dataclass(frozen=True, slots=True)
class Linted:
    """What was found; `contract`, drafts and all, is there as far as its files can be read."""

    findings: tuple[Finding, ...]
    contract: Contract | None

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.severity == "error")


def lint(folder: Path) -> Linted:
    """Look at everything in `<domain>/<event>`; what is wrong in one file hides no other's."""
    found = list(_yaml_findings(folder))
    versions: list[ContractVersion] = []
    for path in sorted(folder.glob("*.avsc")):
        version, problems = _read_version(path)
        found += problems
        versions += [version] if version else []
    if not versions and not found:
        found.append(error(folder, "holds no schema; write v1.0.avsc"))
    if any(each.severity == "error" for each in found):
        return Linted(tuple(found), None)
    path = folder / "contract.yaml"
    text = path.read_text("utf-8")
    file, _ = yaml_problems(text, ContractFile)
    assert file is not None  # noqa: S101 - no error was found in it
    ordered = tuple(sorted(versions, key=lambda each: (each.major, each.minor)))
    contract = contract_of(folder, file, ordered)
    found += contract_findings(contract, path, text)
    return Linted(tuple(found), contract)


def _yaml_findings(folder: Path) -> Iterator[Finding]:
    files = ((folder / "contract.yaml", ContractFile), (folder.parent / "domain.yaml", DomainFile))
    for path, model in files:
        try:
            text = path.read_text("utf-8")
        except FileNotFoundError:
            yield error(path, "the file is missing; lingqu contract new writes one")
            continue
        except (OSError, UnicodeDecodeError) as problem:
            yield error(path, f"cannot be read ({problem}); save it as UTF-8")
            continue
        for place, sentence in yaml_problems(text, model)[1]:
            yield error(path, sentence, setting_line(text, place))


def _read_version(path: Path) -> tuple[ContractVersion | None, list[Finding]]:
    try:
        number, schema = version_number(path), read_schema(path)
    except ContractError as problem:
        return None, [error(path, str(problem))]
    text = path.read_text("utf-8")
    problems = check_profile(schema)
    if problems:
        return None, [error(path, each, _line(text, each)) for each in problems]
    tree = json.loads(schema)
    try:
        parse(tree)
    except ContractError as problem:
        named = _AT.match(str(problem))
        line = field_line(text, field_at(tree, named[1])) if named else None
        return None, [error(path, str(problem), line)]
    version = parse_version(number, schema)
    named_otherwise = [error(path, each) for each in record_problems(path.parent, version)]
    return version, [*named_otherwise, *_field_findings(path, text, version)]


def _line(text: str, sentence: str) -> int | None:
    """Return the line of the field that a sentence of the profile's begins with."""
    _, _, path = sentence.partition(":")[0].partition(".")
    return field_line(text, path.replace("[]", "")) if path else None


def _field_findings(path: Path, text: str, version: ContractVersion) -> Iterator[Finding]:
    """Say which fields a view cannot withhold, and which need more than an agreement."""
    for spec in version.fields:
        line = field_line(text, spec.path)
        if spec.doc == TO_DESCRIBE:
            yield warning(path, f"{spec.path}: has no doc of its own; say what it is", line)
        if spec.grade == "important":
            yield warning(
                path,
                f"{spec.path}: important data reaches only agreements with risk_assessment, the"
                " number of the assessment; see that each one has it",
                line,
            )
        classified = spec.kind != "none" or spec.grade not in (1, 2)
        if classified and not spec.has_default:
            yield warning(
                path,
                f"{spec.path}: {_classes(spec.grade, spec.kind)} without a default; only a field"
                " with a default may be dropped from a view: give it one, or views must mask it",
                line,
            )


def _classes(grade: int | str, kind: str) -> str:
    return f"grade {grade}" if kind == "none" else f"grade {grade} and {kind}"
