"""What a registry holds, as records and as lines of a file that people can read and compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from lingqu.errors import InputError

FORMAT = 1
_HEAD = {"kind": "registry", "format": FORMAT}


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration and mode of a subject, of a context (`:.name:`), or of all ("")."""

    scope: str
    config: Mapping[str, Any] | None
    mode: str | None

    def line(self) -> dict[str, Any]:
        return {"kind": "settings", "scope": self.scope} | _present(
            {"config": self.config, "mode": self.mode}
        )


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a subject, with all that its identity depends on."""

    subject: str
    version: int
    id: int
    schema: str
    schema_type: str = "AVRO"
    references: Sequence[Mapping[str, Any]] = ()
    metadata: Mapping[str, Any] | None = None
    rule_set: Mapping[str, Any] | None = None
    deleted: bool = False

    @classmethod
    def of(cls, body: Mapping[str, Any], *, deleted: bool) -> Version:
        """Read a registry's answer, or a line of a file."""
        return cls(
            subject=str(body["subject"]),
            version=int(body["version"]),
            id=int(body["id"]),
            schema=str(body["schema"]),
            schema_type=body.get("schemaType") or "AVRO",
            references=tuple(body.get("references") or ()),
            metadata=body.get("metadata"),
            rule_set=body.get("ruleSet"),
            deleted=deleted,
        )

    def body(self) -> dict[str, Any]:
        """Return what registers exactly this version, in a subject that is being imported."""
        return {"version": self.version, "id": self.id} | self.content()

    def content(self) -> dict[str, Any]:
        """Return what makes the schema what it is, in the API's words."""
        return {"schemaType": self.schema_type, "schema": self.schema} | _present(
            {
                "references": list(self.references),
                "metadata": self.metadata,
                "ruleSet": self.rule_set,
            }
        )

    def line(self) -> dict[str, Any]:
        place = {"kind": "version", "subject": self.subject}
        return place | self.body() | _present({"deleted": self.deleted})


Record = Settings | Version


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a registry holds, settings and versions each in their order."""

    settings: list[Settings] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)

    def within(self, context: str) -> Contents:
        """Return the same under a context; raises InputError where there are contexts already."""
        name = context if context.startswith(".") else f".{context}"
        for each in self.versions:
            if each.subject.startswith(":"):
                raise InputError(
                    f"{each.subject} is in a context of its own, so it cannot be put into {name};"
                    " import without --context"
                )
        return Contents(
            [replace(each, scope=f":{name}:{each.scope}") for each in self.settings],
            [replace(each, subject=f":{name}:{each.subject}") for each in self.versions],
        )


def write_records(path: Path, records: Iterable[Record]) -> int:
    """Write the file, which appears when it is complete; return how many records it has."""
    count = 0
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("wb") as file:
        file.write(_line(_HEAD))
        for record in records:
            file.write(_line(record.line()))
            count += 1
        file.write(_line({"kind": "end", "records": count}))
    partial.replace(path)
    return count


def read_records(path: Path) -> Contents:
    """Read such a file. Raises InputError with the line that is wrong, or where the end is cut."""
    contents = Contents()
    for number, line in enumerate(_parsed(path), 1):
        kind = line.get("kind")
        if number == 1 and line != _HEAD:
            raise InputError(f"{path} is no export of a registry in format {FORMAT}")
        try:
            if kind == "settings":
                contents.settings.append(
                    Settings(str(line["scope"]), line.get("config"), line.get("mode"))
                )
            elif kind == "version":
                contents.versions.append(Version.of(line, deleted=line.get("deleted", False)))
            elif kind == "end" and line.get("records") == number - 2:
                return contents
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{path}, line {number}: a {kind} lacks {error}") from error
    raise InputError(f"{path} is not complete: its last line does not count it; export once more")


def _parsed(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open("rb") as file:
            for number, text in enumerate(file, 1):
                found = orjson.loads(text)
                if not isinstance(found, dict):
                    raise InputError(f"{path}, line {number}: not an object")
                yield found
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise InputError(f"{path}, line {number}: not JSON ({error})") from error


def _line(body: Mapping[str, Any]) -> bytes:
    return orjson.dumps(body) + b"\n"


def _present(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value}
