"""The table that a database sink makes of a contract that is disclosed as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from lingqu.contracts.exports.avro_tree import AvroField, AvroType, event_type
from lingqu.contracts.model import Contract
from lingqu.table_columns import FEED, LANE_COLUMNS, PART, SEQUENCE, Column, Kind, column_type

Dialect = Literal["postgresql", "sqlite"]

_KINDS: Mapping[str, Kind] = {
    "string": "text",
    "enum": "text",
    "boolean": "boolean",
    "int": "int",
    "long": "long",
    "double": "double",
    "timestamp-millis": "instant",
    "date": "day",
    "array": "json",
    "map": "json",
    "record": "json",
}
_LANE_DOCS = {
    FEED: "共享通道。The feed that delivered the row.",
    PART: "源分区。The source partition of its lane.",
    SEQUENCE: "通道内序号。Its number within the lane, without gaps.",
}


def sql_ddl(contract: Contract, dialect: Dialect) -> str:
    """Return the statements for the latest version: one row a record key (mode upsert).

    An agreement's view may withhold or mask fields, and its options name the table. SQLite has no
    comments on columns; they stand in the statement, which the database keeps.
    """
    record = event_type(contract.latest().schema)
    columns = [
        Column(field.name, _KINDS[field.type.kind], field.nullable) for field in record.fields
    ]
    docs = {field.name: _doc(field) for field in record.fields} | _LANE_DOCS
    defined = [(_column(each, contract, dialect), docs[each.name]) for each in columns]
    defined += [(_column(each, contract, dialect), docs[each.name]) for each in LANE_COLUMNS]
    key = f"PRIMARY KEY ({', '.join(map(_name, contract.key))})"
    head = [f"-- {line}" for line in _head(contract, record)]
    table = _table(contract)
    if dialect == "sqlite":
        body = "\n".join(f"  -- {doc}\n  {text}," for text, doc in defined)
        return "\n".join([*head, f"CREATE TABLE {table} (", body, f"  {key}", ");", ""])
    body = ",\n".join(f"  {text}" for text in [*(text for text, _ in defined), key])
    return "\n".join([*head, f"CREATE TABLE {table} (", body, ");", *_comments(contract, docs), ""])


def _comments(contract: Contract, docs: Mapping[str, str]) -> Iterator[str]:
    table = _table(contract)
    yield f"COMMENT ON TABLE {table} IS {_text(_title(contract))};"
    for name, doc in docs.items():
        yield f"COMMENT ON COLUMN {table}.{_name(name)} IS {_text(doc)};"


def _head(contract: Contract, record: AvroType) -> list[str]:
    place = f"{contract.topic()}, {contract.latest().number}"
    return [_title(contract), f"{place}: {_line(record.doc)}"]


def _title(contract: Contract) -> str:
    return f"{_line(contract.title_zh)} {_line(contract.title_en)}"


def _column(column: Column, contract: Contract, dialect: Dialect) -> str:
    kind = column_type(column.kind, dialect, key=column.name in contract.key)
    return f"{_name(column.name)} {kind}{'' if column.nullable else ' NOT NULL'}"


def _doc(field: AvroField) -> str:
    unit = f"unit {field.unit}; " if field.unit else ""
    return f"{_line(field.doc)} [{unit}grade {field.grade}; kind {field.kind}]"


def _table(contract: Contract) -> str:
    return _name(f"{contract.domain}_{contract.event}")


def _line(text: str) -> str:
    return " ".join(text.split())


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
