"""Golden events read from their files, and judged as admission judges them."""

from __future__ import annotations

import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import fastavro
import pyarrow as pa
import pyruhvro

from lingqu.contracts.model import Contract, ContractVersion
from lingqu.contracts.rules import compile_rule


def read_event(path: Path, version: ContractVersion) -> dict[str, Any]:
    """Return the event, its ISO 8601 instants as datetimes."""
    event: dict[str, Any] = json.loads(path.read_text("utf-8"))
    for spec in version.fields:
        if spec.type_name == "timestamp-millis" and isinstance(event.get(spec.path), str):
            event[spec.path] = datetime.fromisoformat(event[spec.path])
    return event


def encode(event: dict[str, Any], version: ContractVersion) -> bytes:
    body = io.BytesIO()
    parsed = fastavro.parse_schema(json.loads(version.schema))
    fastavro.schemaless_writer(body, parsed, event, strict_allow_default=True)
    return body.getvalue()


def decode(body: bytes, version: ContractVersion) -> Any:
    parsed = fastavro.parse_schema(json.loads(version.schema))
    return fastavro.schemaless_reader(io.BytesIO(body), parsed, None)


def columns(bodies: list[bytes], version: ContractVersion) -> pa.RecordBatch:
    return pyruhvro.deserialize_array(bodies, version.schema)


def broken_rules(event: dict[str, Any], contract: Contract, version: ContractVersion) -> list[str]:
    """Return the names of the rules that the event breaks."""
    batch = columns([encode(event, version)], version)
    rules = (compile_rule(spec.name, spec.expression) for spec in contract.rules)
    return [rule.name for rule in rules if not rule.passes(batch)[0].as_py()]
