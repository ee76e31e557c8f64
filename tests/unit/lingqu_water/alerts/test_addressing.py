from __future__ import annotations

import io
import json
from typing import Any

import fastavro
import pyruhvro
import pytest
from tests.support.readings import catalogue

from lingqu.contracts.rules import compile_rule

ALERT = {
    "event_id": "e",
    "occurred_at": 0,
    "origin": "43",
    "alert_id": "a",
    "section_code": "43-示例",
    "section_name": "示例",
    "reporting_region": "43",
    "item_code": "w01019",
    "level": "超标",
    "started_at": 0,
    "raised_at": 0,
}
INCIDENT = {
    "event_id": "e",
    "occurred_at": 0,
    "origin": "43",
    "incident_id": "i",
    "report_type": "初报",
    "sequence": 1,
    "emergency_level": "Ⅱ",
}


def columns(contract: str, *events: dict[str, Any]) -> Any:
    schema = catalogue().contract(contract).latest().schema
    bodies = []
    for event in events:
        body = io.BytesIO()
        fastavro.schemaless_writer(body, fastavro.parse_schema(json.loads(schema)), event)
        bodies.append(body.getvalue())
    return pyruhvro.deserialize_array(bodies, schema)


@pytest.mark.parametrize(
    ("contract", "event", "field"),
    [
        ("water.alert", ALERT, "downstream_regions"),
        ("water.incident", INCIDENT, "affected_regions"),
    ],
)
def test_an_agreement_can_choose_what_is_for_its_region_on_columns(
    contract: str, event: dict[str, Any], field: str
) -> None:
    addressed: tuple[list[str], ...] = ([], ["45"], ["45", "44"])
    batch = columns(contract, *({**event, field: regions} for regions in addressed))
    chosen = compile_rule("for_guangdong", f"{field}.exists(r, r == '44')")
    assert chosen.runs_on_arrow(batch.schema)
    assert chosen.passes(batch).to_pylist() == [False, False, True]
