"""Golden events read from their files, and judged as admission judges them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import fastavro
import pyarrow as pa
import pyruhvro

from lingqu.contracts.model import Contract, ContractVersion
from lingqu.contracts.rules import compile_rule

TIMES = {"timestamp-millis": datetime.fromisoformat, "date": date.fromisoformat}


def read_event(path: Path, version: ContractVersion) -> dict[str, Any]:
    """Return the event, its ISO 8601 instants and days as datetimes and dates."""
    event: dict[str, Any] = json.loads(path.read_text("utf-8"))
    for spec in version.fields:
        if spec.type_name in TIMES:
            *outer, name = spec.path.split(".")
            for record in _records(event, outer):
                if isinstance(record.get(name), str):
                    record[name] = TIMES[spec.type_name](record[name])
    return event


def _records(record: dict[str, Any], outer: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the records that stand at a path of lists inside the record."""
    if not outer:
        yield record
        return
    inner = record.get(outer[0]) or []
    for one in inner if isinstance(inner, list) else [inner]:
        yield from _records(one, outer[1:])


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
