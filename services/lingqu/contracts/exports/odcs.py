"""A contract by the Open Data Contract Standard 3.1 (Bitol, LF AI & Data)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from lingqu.contracts.exports.avro_tree import AvroField, AvroType, event_type
from lingqu.contracts.model import Contract

Tree = dict[str, Any]

API_VERSION: Final = "v3.1.0"
_DAY_MS = 86_400_000
_LOGICAL: Mapping[str, Tree] = {
    "string": {"logicalType": "string"},
    "enum": {"logicalType": "string"},
    "boolean": {"logicalType": "boolean"},
    "int": {"logicalType": "integer", "logicalTypeOptions": {"format": "i32"}},
    "long": {"logicalType": "integer", "logicalTypeOptions": {"format": "i64"}},
    "double": {"logicalType": "number", "logicalTypeOptions": {"format": "f64"}},
    "timestamp-millis": {"logicalType": "timestamp", "logicalTypeOptions": {"timezone": True}},
    "date": {"logicalType": "date"},
    "array": {"logicalType": "array"},
    "map": {"logicalType": "object"},
    "record": {"logicalType": "object"},
}


def odcs(contract: Contract) -> Tree:
    """Return the document of the latest version. It names no server: an agreement does."""
    version, entry = contract.latest(), contract.entry
    described = {"purpose": entry.abstract, "usage": entry.share_condition}
    return {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": f"urn:lingqu:{contract.name}",
        "name": f"{contract.title_zh} {contract.title_en}",
        "version": version.number,
        "status": "active" if contract.status == "released" else "draft",
        "domain": contract.domain,
        "description": {name: text for name, text in described.items() if text},
        "schema": [_schema(contract, event_type(version.schema))],
        "team": {"name": contract.steward, "description": "数据责任单位 steward"},
        "slaProperties": _sla(contract),
        "customProperties": _custom(_facts(contract)),
    }


def _schema(contract: Contract, record: AvroType) -> Tree:
    return {
        "name": record.name,
        "physicalName": contract.topic(),
        "logicalType": "object",
        "physicalType": "topic",
        "businessName": contract.title_zh,
        "description": record.doc,
        "properties": [_property(field, contract.key) for field in record.fields],
        "quality": [
            {
                "type": "custom",
                "name": rule.name,
                "description": rule.message,
                "dimension": "conformity",
                "severity": "error",
                "engine": "cel",
                "implementation": rule.expression,
            }
            for rule in contract.rules
        ],
    }


def _property(field: AvroField, key: tuple[str, ...] = ()) -> Tree:
    facts = {"grade": field.grade, "kind": field.kind, "unit": field.unit}
    return {
        "name": field.name,
        **_value(field.type),
        "physicalType": _physical(field.type),
        "description": field.doc,
        "required": not field.nullable,
        **({"primaryKey": True, "primaryKeyPosition": key.index(field.name) + 1}
           if field.name in key else {}),
        "classification": str(field.grade),
        "customProperties": _custom(facts),
    }  # fmt: skip


def _value(avro: AvroType) -> Tree:
    told = {**_LOGICAL[avro.kind]}
    if avro.kind == "enum":
        told["quality"] = [_symbols(avro)]
    elif avro.kind == "array" and avro.items is not None:
        told["items"] = {**_value(avro.items), "physicalType": _physical(avro.items)}
    elif avro.kind == "record":
        told["properties"] = [_property(field) for field in avro.fields]
    return told


def _symbols(avro: AvroType) -> Tree:
    return {
        "type": "library",
        "metric": "invalidValues",
        "arguments": {"validValues": list(avro.symbols)},
        "mustBe": 0,
    }


def _physical(avro: AvroType) -> str:
    """Return the Avro type in words; the standard has no maps, so this says what is in one."""
    if avro.kind in {"array", "map"} and avro.items is not None:
        return f"{avro.kind}<{_physical(avro.items)}>"
    return f"{avro.kind} {avro.name}".strip()


def _sla(contract: Contract) -> list[Tree]:
    found: list[Tree] = [
        {"property": "retention", "value": contract.retention_ms // _DAY_MS, "unit": "d"}
    ]
    if contract.sla.latency_s is not None:
        found.append(
            {
                "property": "latency",
                "value": contract.sla.latency_s,
                "unit": "s",
                "description": "from occurred_at to the topic",
            }
        )
    if contract.sla.completeness_percent is not None:
        told = {"property": "completeness", "value": contract.sla.completeness_percent}
        found.append({**told, "unit": "percent"})
    if contract.entry.update_cycle:
        found.append({"property": "frequency", "value": contract.entry.update_cycle})
    return found


def _facts(contract: Contract) -> Mapping[str, Any]:
    return {
        "titleZh": contract.title_zh,
        "titleEn": contract.title_en,
        "legalBasis": contract.legal_basis,
        "recordKey": list(contract.key),
        "topics": [contract.topic(major) for major in contract.majors],
        "partitions": contract.partitions,
        "compatibility": contract.compatibility,
        "onReject": contract.on_reject,
        **{_camel(name): value for name, value in asdict(contract.entry).items()},
    }


def _custom(facts: Mapping[str, Any]) -> list[Tree]:
    return [
        {"property": name, "value": list(value) if isinstance(value, tuple) else value}
        for name, value in facts.items()
        if value not in ("", (), [])
    ]


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
