"""An invented record with a field of every kind that a form can hold, and its form."""

from __future__ import annotations

import json
from typing import Any

from lingqu.contracts.envelope import ENVELOPE_FIELDS
from lingqu.contracts.model import ContractVersion
from lingqu.contracts.schema_file import parse_version
from lingqu.domain_service.imports.contract_columns import columns_of
from lingqu.domain_service.imports.record_form import RecordForm

STATUS = {"type": "enum", "name": "Status", "symbols": ["valid", "ended"], "default": "valid"}
LOGICAL_DAY = {"type": "int", "logicalType": "date"}
INSTANT = {"type": "long", "logicalType": "timestamp-millis"}


def field(name: str, avro: Any, doc: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": avro, "doc": doc, "grade": 1, "kind": "none", **more}


FIELDS = (
    field("licence_no", "string", "证照编号。Number of the licence."),
    field("holder_name", "string", "持有人(姓名或名称)。Holder.", kind="personal"),
    field("granted_on", LOGICAL_DAY, "发证日期。Day of issue."),
    field("heard_at", ["null", INSTANT], "受理时间。When it was heard.", default=None),
    field("fee_fen", ["null", "long"], "收费金额。Fee.", default=None, unit="fen"),
    field("pages", ["null", "int"], "页数。Pages.", default=None),
    field("area", ["null", "double"], "面积。Area.", default=None, unit="m²"),
    field("status", STATUS, "状态:有效=valid、终止=ended。State.", default="valid"),
    field("before", "Status", "此前状态:有效=valid、终止=ended。Before.", default="valid"),
    field("public", "boolean", "是否公开。Whether it is public.", default=False),
    field("scope", {"type": "array", "items": "string"}, "范围。Scope.", default=[]),
    field(
        "parts",
        {"type": "array", "items": {"type": "record", "name": "Part", "fields": []}},
        "附件。Parts.",
        default=[],
    ),
)


def version() -> ContractVersion:
    record = {
        "type": "record",
        "name": "Licence",
        "namespace": "cn.lingqu.trial",
        "fields": [*ENVELOPE_FIELDS, *FIELDS],
    }
    return parse_version("1.0", json.dumps(record, ensure_ascii=False))


def licence_form(**more: Any) -> RecordForm:
    return RecordForm("licence", "证照", columns_of(version()), **more)
