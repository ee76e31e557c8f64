"""An invented contract, and views and agreements over it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lingqu.agreements.model import Agreement, ViewTerms
from lingqu.contracts.envelope import ENVELOPE_FIELDS
from lingqu.contracts.model import Contract, ContractVersion, RuleSpec
from lingqu.contracts.schema_file import parse_version


def field(name: str, avro: Any, grade: Any = 1, kind: str = "none", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": avro, "doc": name, "grade": grade, "kind": kind, **more}


ITEM = {
    "type": "record",
    "name": "Item",
    "doc": "One part.",
    "fields": [
        field("code", "string"),
        field("value", ["null", "double"], default=None),
        field("checked_by", "string", 3, "personal", default=""),
    ],
}

OWN_FIELDS = (
    field("site", "string"),
    field("count", "long", default=0),
    field("keeper", ["null", "string"], 2, "personal", default=None),
    field("serial", "string", 3),
    field("level", {"type": "enum", "name": "Level", "symbols": ["LOW", "HIGH"]}),
    field("level_before", "Level", default="LOW"),
    field("items", {"type": "array", "items": ITEM}, default=[]),
    field("notes", {"type": "map", "values": "string"}, default={}),
    field("tags", {"type": "array", "items": "string"}, default=[]),
    field("day", {"type": "int", "logicalType": "date"}, default=0),
)


def schema(*fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "record",
        "name": "Reading",
        "namespace": "cn.lingqu.demo",
        "doc": "A reading.",
        "fields": [*ENVELOPE_FIELDS, *(fields or OWN_FIELDS)],
    }


def version(*fields: Mapping[str, Any]) -> ContractVersion:
    text = json.dumps(schema(*fields), ensure_ascii=False, separators=(",", ":"))
    return parse_version("1.0", text)


def contract(
    one: ContractVersion | None = None,
    key: tuple[str, ...] = ("site",),
    rules: tuple[RuleSpec, ...] = (),
) -> Contract:
    return Contract(
        name="demo.reading",
        domain="demo",
        event="reading",
        title_zh="示例",
        title_en="Sample",
        steward="Steward",
        key=key,
        partitions=6,
        retention_ms=86_400_000,
        compatibility="FULL_TRANSITIVE",
        status="draft",
        on_reject="dead_letter",
        legal_basis="Article 1",
        rules=rules,
        versions=(one or version(),),
        folder=Path("demo/reading"),
    )


def terms(grade: Any = 3, kinds: Any = ("personal",), **more: Any) -> ViewTerms:
    clearance = {"grade": grade, "kinds": list(kinds)}
    return ViewTerms.model_validate({"clearance": clearance, "fields": "all", **more})


def agreement_document(**more: Any) -> dict[str, Any]:
    return {
        "id": "reading-to-south",
        "title": "Readings for the south",
        "contract": "demo.reading",
        "contract_version": "1.0",
        "provider": {"partner": "north-office", "region": "43"},
        "recipient": {"partner": "south-office", "region": "44"},
        "purpose": "joint warning",
        "legal_basis": "Article 1",
        "valid_from": "2026-01-01",
        "valid_until": "2027-12-31",
        "feed": "reading-south",
        "view": {"clearance": {"grade": 3, "kinds": ["personal"]}, "fields": "all"},
        "delivery": {"connector": "file-sink", "options": {"folder": "/srv/out"}},
        **more,
    }


def agreement(**more: Any) -> Agreement:
    return Agreement.model_validate(agreement_document(**more))
