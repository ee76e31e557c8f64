"""Events and contracts of an invented domain, for tests of rooms that know no domain."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from lingqu.contracts.envelope import ENVELOPE_FIELDS, uuid7

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOON_MS = int(NOON.timestamp() * 1000)

RULE = {
    "name": "value_not_negative",
    "expression": "value == null || value >= 0.0",
    "message": "a reading is never below zero",
}


def event(**overrides: Any) -> dict[str, Any]:
    """Return a valid event of `demo.reading`, with an id of its own."""
    return {
        "event_id": uuid7(NOON),
        "occurred_at": NOON_MS,
        "origin": "43",
        "change": "first",
        "supersedes": None,
        "mode": "live",
        "environment": "prod",
        "station": "43-A1",
        "value": 7.5,
        "status": "ok",
        "operator": "Li Bing",
        "note": "",
        "parts": [{"code": "p1", "amount": 1.5}],
        **overrides,
    }


def field(name: str, avro: Any, **attributes: Any) -> dict[str, Any]:
    """Return an Avro field with all that the profile wants: doc, grade and kind."""
    return {"name": name, "type": avro, "doc": f"{name}.", "grade": 1, "kind": "none", **attributes}


def reading_fields() -> list[dict[str, Any]]:
    """Return the fields of `demo.reading` behind the envelope."""
    status = {"type": "enum", "name": "Status", "symbols": ["ok", "faulty"]}
    part = {
        "type": "record",
        "name": "Part",
        "doc": "One part.",
        "fields": [
            field("code", "string"),
            field("amount", ["null", "double"], default=None, unit="kg"),
        ],
    }
    return [
        field("station", "string"),
        field("value", ["null", "double"], default=None, unit="mg/L"),
        field("status", status, default="ok"),
        field("operator", ["null", "string"], default=None, grade=3, kind="personal"),
        field("note", "string", default=""),
        field("parts", {"type": "array", "items": part}, default=[]),
    ]


def schema(name: str = "demo.reading", fields: Iterable[Mapping[str, Any]] | None = None) -> str:
    """Return the Avro schema text of a contract: the envelope, then the fields."""
    domain, _, short = name.partition(".")
    record = {
        "type": "record",
        "name": "".join(part.capitalize() for part in short.split("_")),
        "namespace": f"cn.lingqu.{domain}",
        "doc": "An invented event.",
        "fields": [*ENVELOPE_FIELDS, *(reading_fields() if fields is None else fields)],
    }
    return json.dumps(record, ensure_ascii=False)


def contract_folder(
    tmp_path: Path,
    name: str = "demo.reading",
    *,
    versions: Mapping[str, str] | None = None,
    **settings: Any,
) -> Path:
    """Write a contract under `tmp_path/schemas` and return that folder, for `load_catalogue`.

    `versions` are schema texts by number; `settings` go into contract.yaml, where None removes one.
    """
    domain, _, short = name.partition(".")
    root = tmp_path / "schemas"
    folder = root / domain / short
    folder.mkdir(parents=True, exist_ok=True)
    titles = {"title_zh": "演示", "title_en": "Demonstration", "steward": "Nobody"}
    (folder.parent / "domain.yaml").write_text(_yaml(titles), "utf-8")
    contract = {
        **titles,
        "legal_basis": "none",
        "key": ["station"],
        "partitions": 2,
        "rules": [RULE],
        **settings,
    }
    kept = {setting: value for setting, value in contract.items() if value is not None}
    (folder / "contract.yaml").write_text(_yaml(kept), "utf-8")
    for number, text in (versions or {"1.0": schema(name)}).items():
        (folder / f"v{number}.avsc").write_text(text, "utf-8")
    return root


def _yaml(document: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(document), allow_unicode=True, sort_keys=False)
