"""An invented record with a field of every kind that a form can hold: its form, its noun."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Column, Engine, Integer, MetaData, Table, Text
from tests.support.builders import contract_folder
from tests.support.clock import FakeClock
from tests.support.outbox_events import waiting_in

from lingqu.admission import RegionScope
from lingqu.admission.gates import Gates
from lingqu.contracts.envelope import ENVELOPE_FIELDS
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Catalogue, ContractVersion
from lingqu.contracts.schema_file import parse_version
from lingqu.domain_service.imports.contract_columns import columns_of
from lingqu.domain_service.imports.record_form import RecordForm
from lingqu.domain_service.statements.declarations import Declarations, Taken
from lingqu.domain_service.statements.follow import Follower
from lingqu.domain_service.statements.noun import Document, Noun
from lingqu.domain_service.statements.tables import statement_columns
from lingqu.errors import Reason
from lingqu.inbox.handler import Received
from lingqu.outbox.events import Events
from lingqu.outbox.model import OUTBOX
from lingqu.service.database import make_engine, session_factory
from lingqu.wire.codec import AvroCodec
from lingqu.wire.registry import RegistryClient

STATUS = {"type": "enum", "name": "Status", "symbols": ["valid", "ended"], "default": "valid"}
LOGICAL_DAY = {"type": "int", "logicalType": "date"}
INSTANT = {"type": "long", "logicalType": "timestamp-millis"}


def field(name: str, avro: Any, doc: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": avro, "doc": doc, "grade": 1, "kind": "none", **more}


PART = {
    "type": "record",
    "name": "Part",
    "doc": "附件。",
    "fields": [
        field("name", "string", "名称。Name."),
        field("copies", "int", "份数。Copies.", default=1),
        field("remark", ["null", "string"], "备注。Remark.", default=None),
        field("made_on", ["null", LOGICAL_DAY], "制作日期。Made on.", default=None),
        field("state", "Status", "状态。State.", default="valid"),
        field("states", {"type": "array", "items": "Status"}, "状态。States.", default=[]),
        field("marks", {"type": "array", "items": "string"}, "标记。Marks.", default=[]),
    ],
}
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
        {"type": "array", "items": PART},
        "附件。Parts.",
        default=[],
    ),
    field("first_part", ["null", "Part"], "首个附件。First part.", default=None),
    field("note", ["null", "string"], "备注。Remark.", default=None),
)


TOPIC = "trial.licence.v1"
KEY = b"k" * 32
RULE = {
    "name": "fee_is_no_refund",
    "expression": "fee_fen == null || fee_fen >= 0",
    "message": "a fee is never below zero",
}
LICENCE_TABLE = Table(
    "licence",
    MetaData(),
    Column("licence_no", Text, primary_key=True),
    Column("granted_on", Integer, nullable=False),
    Column("status", Text, nullable=False),
    *statement_columns(),
)
LICENCE = Noun(
    "licence",
    TOPIC,
    LICENCE_TABLE,
    ("licence_no",),
    emptied={"scope": []},
    reason="note",
    instants=("heard_at",),
    days=("granted_on",),
)


def avro() -> str:
    record = {
        "type": "record",
        "name": "Licence",
        "namespace": "cn.lingqu.trial",
        "doc": "证照。A licence.",
        "fields": [*ENVELOPE_FIELDS, *FIELDS],
    }
    return json.dumps(record, ensure_ascii=False)


def version() -> ContractVersion:
    return parse_version("1.0", avro())


def licence_form(**more: Any) -> RecordForm:
    return RecordForm("licence", "证照", columns_of(version()), **more)


def licence(number: str = "A-1", **more: Any) -> Document:
    """Return a statement as a form reads it."""
    told = {
        "licence_no": number,
        "holder_name": "某甲",
        "granted_on": 19783,
        "heard_at": None,
        "fee_fen": 1250,
        "pages": None,
        "area": None,
        "status": "valid",
        "before": "valid",
        "public": False,
        "scope": ["零售"],
        "note": None,
    }
    return told | more


class Ids:
    """A registry that knows each schema under the same id."""

    def lookup(self, _subject: str, _schema: str) -> int:
        return 7

    def schema(self, schema_id: int) -> str:
        raise NotImplementedError(schema_id)


def trial_catalogue(tmp_path: Path) -> Catalogue:
    settings = {"key": ["licence_no"], "rules": [RULE]}
    folder = contract_folder(tmp_path, "trial.licence", versions={"1.0": avro()}, **settings)
    return load_catalogue(folder)


def trial_events(catalogue: Catalogue, region: str = "43") -> Events:
    gates = Gates(
        catalogue,
        cast("RegistryClient", Ids()),
        scope=RegionScope((region,)),
        environment="prod",
        id_key=KEY,
    )
    return Events(gates, "trial")


@dataclass(frozen=True)
class Declaring:
    """Declarations of licences over a fresh database, and what came of them."""

    engine: Engine
    declarations: Declarations
    catalogue: Catalogue

    def take(self, *statements: Document | Reason, mode: str = "live") -> Taken:
        with session_factory(self.engine).begin() as session:
            return self.declarations.take(session, statements, mode=mode)

    def outcomes(self, *statements: Document) -> list[str]:
        return list(self.take(*statements).outcomes)

    def arrive(self, *events: Document) -> None:
        with session_factory(self.engine).begin() as session:
            received = [Received(each, 0, place) for place, each in enumerate(events)]
            self.declarations.shelf.handle(session, TOPIC, received)

    def standing(self) -> list[Document]:
        with session_factory(self.engine, read_only=True)() as session:
            return list(self.declarations.shelf.all(session))

    def published(self) -> list[Document]:
        """Return the events that wait in the outbox, in order."""
        with session_factory(self.engine, read_only=True)() as session:
            bodies = [each.payload[5:] for each in waiting_in(session)]
        schema = self.catalogue.contract("trial.licence").latest().schema
        return AvroCodec(schema).decode_rows(bodies)


@contextmanager
def declaring(
    tmp_path: Path, url: str, *followers: Follower, region: str = "43"
) -> Iterator[Declaring]:
    """Yield declarations over a database whose tables are made now."""
    engine = make_engine(url)
    with engine.begin() as connection:
        LICENCE_TABLE.metadata.create_all(connection)
        OUTBOX.create_all(connection)
    catalogue = trial_catalogue(tmp_path)
    events = trial_events(catalogue, region)
    clock = FakeClock()
    found = Declarations(
        engine, events, LICENCE, region, clock, id_key=KEY, version=version(), followers=followers
    )
    try:
        yield Declaring(engine, found, catalogue)
    finally:
        engine.dispose()
