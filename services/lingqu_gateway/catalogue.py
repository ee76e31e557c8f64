"""What can be published, told from the contracts."""

from __future__ import annotations

from typing import Any

import orjson

from lingqu.contracts.examples import examples
from lingqu.contracts.model import Catalogue, Contract


def topics(catalogue: Catalogue) -> dict[str, Any]:
    """Return every topic with its links."""
    return {"topics": [_summary(each, major) for each in catalogue for major in each.majors]}


def topic(catalogue: Catalogue, name: str) -> dict[str, Any]:
    """Return one topic with its fields, its rules and an example to send."""
    contract, major = catalogue.by_topic(name)
    return {
        **_summary(contract, major),
        "rules": [
            {"name": rule.name, "expression": rule.expression, "message": rule.message}
            for rule in contract.rules
        ],
        "fields": [
            {
                "path": spec.path,
                "type": spec.type_name,
                "nullable": spec.nullable,
                "has_default": spec.has_default,
                "unit": spec.unit,
                "doc": spec.doc,
            }
            for spec in contract.latest(major).fields
        ],
        "example": _example(contract, major),
    }


def _summary(contract: Contract, major: int) -> dict[str, Any]:
    name = contract.topic(major)
    until = contract.served_until.get(major)
    return {
        "topic": name,
        "title_zh": contract.title_zh,
        "title_en": contract.title_en,
        "version": contract.latest(major).number,
        "status": contract.status,
        "served_until": None if until is None else until.isoformat(),
        "steward": contract.steward,
        "key": list(contract.key),
        "links": {"self": f"/v1/topics/{name}", "events": f"/v1/topics/{name}/events"},
    }


def _example(contract: Contract, major: int) -> Any:
    """Return the major's first golden record that is meant to be valid, if it has one."""
    for path, of, valid in examples(contract):
        if valid and of == major:
            return orjson.loads(path.read_bytes())
    return None
