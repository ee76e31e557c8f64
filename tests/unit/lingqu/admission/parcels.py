"""A contract of an invented domain: parcels that a post office weighs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lingqu.admission import Admission, RegionScope
from lingqu.contracts.envelope import ENVELOPE_FIELDS
from lingqu.contracts.model import Contract, ContractVersion, FieldSpec, RuleSpec
from lingqu.errors import PermanentError
from lingqu.wire.schema_name import SchemaName

EVENT_ID = "018f0000-0000-7000-8000-{:012d}"
HUB_SCHEMA_ID = 7
ID_KEY = b"k" * 32

OWN_FIELDS: tuple[dict[str, Any], ...] = (
    {"name": "parcel", "type": "string"},
    {"name": "office", "type": "int"},
    {"name": "grams", "type": "double"},
    {
        "name": "weighed_on",
        "type": ["null", {"type": "int", "logicalType": "date"}],
        "default": None,
    },
    {"name": "fragile", "type": "boolean", "default": False},
    {
        "name": "stops",
        "type": {
            "type": "array",
            "items": {
                "type": "record",
                "name": "Stop",
                "fields": [
                    {"name": "town", "type": "string"},
                    {"name": "metres", "type": ["null", "long"], "default": None},
                ],
            },
        },
        "default": [],
    },
)
RULES = (
    RuleSpec("grams_positive", "grams > 0.0", "a parcel weighs something"),
    RuleSpec("office_known", "office in [1, 2, 3]", "the office is not one of the three"),
)


def schema(*, without: Sequence[str] = (), extra: Sequence[Mapping[str, Any]] = ()) -> str:
    fields = [f for f in (*ENVELOPE_FIELDS, *OWN_FIELDS, *extra) if f["name"] not in without]
    record = {"type": "record", "name": "Parcel", "namespace": "cn.lingqu.post", "fields": fields}
    return json.dumps(record)


def version(text: str) -> ContractVersion:
    specs = [
        FieldSpec(
            f["name"], "", nullable=False, has_default=False, doc="", unit="", grade=1, kind=""
        )
        for f in json.loads(text)["fields"]
    ]
    return ContractVersion("1.0", 1, 0, text, "cn.lingqu.post.Parcel", tuple(specs))


def contract(text: str) -> Contract:
    return Contract(
        name="post.parcel",
        domain="post",
        event="parcel",
        title_zh="包裹",
        title_en="Parcel",
        steward="post",
        key=("parcel", "office"),
        partitions=6,
        retention_ms=1,
        compatibility="FULL_TRANSITIVE",
        status="draft",
        on_reject="dead_letter",
        legal_basis="none",
        rules=RULES,
        versions=(version(text),),
        folder=Path(),
    )


def parcel(number: int = 0, **changes: Any) -> dict[str, Any]:
    row = {
        "event_id": EVENT_ID.format(number),
        "occurred_at": 1_617_220_800_000 + number,
        "origin": "4306",
        "parcel": f"P{number}",
        "office": 1,
        "grams": 12.5,
    }
    return row | changes


def gate(
    schemas: Mapping[Any, str] | None = None,
    *,
    scope: RegionScope | None = None,
    environment: str = "prod",
    id_key: bytes | None = ID_KEY,
    text: str | None = None,
    skipped_rules: tuple[str, ...] = (),
) -> Admission:
    """Return the gate of hub 43, to which these writers' schemas are known."""

    known: dict[SchemaName, str] = dict(schemas or {HUB_SCHEMA_ID: schema()})

    def schema_of(name: SchemaName) -> str:
        found = known.get(name)
        if found is None:
            raise PermanentError(f"no schema {name} in the registry")
        return found

    return Admission(
        contract(text or schema()),
        1,
        scope=scope or RegionScope.of_hub("43", ("X-POST",)),
        environment=environment,
        schema_of=schema_of,
        schema_id=HUB_SCHEMA_ID,
        skipped_rules=skipped_rules,
        id_key=id_key,
    )
