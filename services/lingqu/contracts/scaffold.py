"""A new contract's folder, complete enough to pass lint and test as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lingqu.contracts.avro.profile import GRADES, KINDS, LOGICAL, NEVER_SHARED, PRIMITIVES, SNAKE
from lingqu.contracts.checks import pascal_case
from lingqu.contracts.envelope import ENVELOPE_FIELDS
from lingqu.contracts.loader import NAME
from lingqu.contracts.yaml_file import nearest
from lingqu.errors import ConflictError, ContractError

TO_DESCRIBE = "待补充。To be described."
_TYPES = (*PRIMITIVES, *LOGICAL)
_SAMPLES: Mapping[str, Any] = {
    "string": "A-1",
    "boolean": True,
    "int": 1,
    "long": 1,
    "double": 1.5,
    "timestamp-millis": "2026-03-01T12:00:00Z",
    "date": "2026-03-01",
}
_ID = "019c9f3e-8a00-7000-8000-000000000001"
_RULE = {
    "name": "correction_names_what_it_replaces",
    "expression": "change == 'first' || supersedes != null",
    "message": "更正和撤回须指明被替代的事件。"
    "A revision or withdrawal names the event it replaces.",
}


@dataclass(frozen=True, slots=True)
class NewField:
    """A field as it is named on a command line; `?` makes it nullable, `[]` a list."""

    name: str
    type_name: str
    nullable: bool = False
    listed: bool = False
    grade: int | str = 1
    kind: str = "none"
    unit: str = ""

    @property
    def avro(self) -> dict[str, Any]:
        """Return it as a field of an Avro record."""
        plain: Any = self.type_name
        if plain in LOGICAL:
            plain = {"type": LOGICAL[plain], "logicalType": plain}
        if self.listed:
            plain = {"type": "array", "items": plain}
        shape: dict[str, Any] = {"type": ["null", plain] if self.nullable else plain}
        if self.nullable:
            shape["default"] = None
        elif self.listed:
            shape["default"] = []
        unit = {"unit": self.unit} if self.unit else {}
        said = {"doc": TO_DESCRIBE, **unit, "grade": self.grade, "kind": self.kind}
        return {"name": self.name, **shape, **said}

    @property
    def sample(self) -> Any:
        value = _SAMPLES[self.type_name]
        return [value] if self.listed else value


@dataclass(frozen=True, slots=True)
class NewContract:
    """What a new contract is told; all of it can be written better in its files."""

    name: str
    fields: Sequence[NewField]
    key: Sequence[str]
    steward: str
    region: str
    title_zh: str
    title_en: str
    legal_basis: str


def parse_field(text: str) -> NewField:
    """Return the field that `name:type:grade:kind:unit` says; all after the type may be left out.

    Raises ContractError with the cure.
    """
    name, *rest = text.split(":", 4)
    given = dict(zip(("type", "grade", "kind", "unit"), rest, strict=False))
    place = f"--field {text}"
    if not SNAKE.fullmatch(name):
        raise ContractError(f"{place}: {name!r} is not snake_case; write it like sampled_at")
    shown = given.get("type", "string")
    type_name = shown.removesuffix("?").removesuffix("[]")
    if type_name not in _TYPES:
        raise ContractError(f"{place}: the type {type_name!r}: {nearest(type_name, list(_TYPES))}")
    kind = given.get("kind") or "none"
    grade = _grade(given.get("grade") or "1")
    for part, value, known in (("grade", grade, GRADES), ("kind", kind, KINDS)):
        if value in NEVER_SHARED:
            raise ContractError(f"{place}: {part} {value} is never shared; leave the field out")
        if value not in known:
            cure = nearest(str(value), list(map(str, known)))
            raise ContractError(f"{place}: the {part} {value!r}; {cure}")
    nullable, listed = shown.endswith("?"), shown.removesuffix("?").endswith("[]")
    return NewField(name, type_name, nullable, listed, grade, kind, given.get("unit", ""))


def write_contract(root: Path, new: NewContract) -> list[Path]:
    """Write the folder below `root` and return the files; raise before overwriting anything."""
    domain, _, event = new.name.partition(".")
    if not (NAME.fullmatch(domain) and NAME.fullmatch(event)):
        raise ContractError(
            f"{new.name!r} is not <domain>.<event>; use lower case, digits and underscores"
        )
    _check_key(new)
    folder = root / domain / event
    if folder.exists():
        raise ConflictError(f"{folder} is there already; choose another name, or edit it")
    files = {**_texts(new, folder, event, domain)}
    if not (folder.parent / "domain.yaml").exists():
        files[folder.parent / "domain.yaml"] = _domain(new, domain)
    (folder / "examples").mkdir(parents=True)
    for path, text in files.items():
        path.write_text(text, "utf-8")
    return list(files)


def _check_key(new: NewContract) -> None:
    there = {field.name: field for field in new.fields}
    for name in new.key:
        if name not in there:
            raise ContractError(f"--key {name}: no such field; {nearest(name, list(there))}")
        field = there[name]
        if field.nullable or field.listed or field.type_name not in ("string", "int", "long"):
            raise ContractError(
                f"--key {name}: a key field is string, int or long, and never null or a list"
            )


def _grade(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _texts(new: NewContract, folder: Path, event: str, domain: str) -> dict[Path, str]:
    record = {
        "type": "record",
        "name": pascal_case(event),
        "namespace": f"cn.lingqu.{domain}",
        "doc": TO_DESCRIBE,
        "fields": [*ENVELOPE_FIELDS, *(field.avro for field in new.fields)],
    }
    example = {
        "event_id": _ID,
        "occurred_at": _SAMPLES["timestamp-millis"],
        "origin": new.region,
        **{field.name: field.sample for field in new.fields},
    }
    broken = {**example, "change": "revision", "supersedes": None}
    invalid = f"invalid-{_RULE['name'].replace('_', '-')}.json"
    return {
        folder / "contract.yaml": _contract(new),
        folder / "v1.0.avsc": _schema(record),
        folder / "examples" / "valid.json": _json(example),
        folder / "examples" / invalid: _json(broken),
    }


def _contract(new: NewContract) -> str:
    document = {
        "title_zh": new.title_zh,
        "title_en": new.title_en,
        "steward": new.steward,
        "legal_basis": new.legal_basis,
        "key": list(new.key),
        "partitions": 6,
        "retention_days": 90,
        "compatibility": "FULL_TRANSITIVE",
        "status": "draft",
        "on_reject": "dead_letter",
        "sla": {"latency_s": 3600},
        "catalogue": {
            "abstract": TO_DESCRIBE,
            "share_type": "有条件",
            "share_condition": TO_DESCRIBE,
            "share_mode": "消息",
        },
        "rules": [_RULE],
    }
    return _yaml(document)


def _domain(new: NewContract, domain: str) -> str:
    titles = {"title_zh": domain, "title_en": domain.replace("_", " ").capitalize()}
    return _yaml({**titles, "steward": new.steward, "regions": [new.region]})


def _schema(record: Mapping[str, Any]) -> str:
    """Return the schema with a field a line, so that a change of one is a change of one line."""
    fields = ",\n".join(f"    {_line(field)}" for field in record["fields"])
    head = "".join(f"  {_line(k)}: {_line(v)},\n" for k, v in record.items() if k != "fields")
    return f'{{\n{head}  "fields": [\n{fields}\n  ]\n}}\n'


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _yaml(document: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(document), allow_unicode=True, sort_keys=False, width=110)
