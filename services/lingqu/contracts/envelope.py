"""The envelope every event begins with, and the two ways to make an event id."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from lingqu.keyed_hash import keyed_hash


def _field(name: str, avro: Any, doc: str, **default: Any) -> dict[str, Any]:
    return {"name": name, "type": avro, **default, "doc": doc, "grade": 1, "kind": "none"}


def _enum(name: str, *symbols: str) -> dict[str, Any]:
    return {"type": "enum", "name": name, "symbols": list(symbols)}


ENVELOPE_FIELDS: tuple[dict[str, Any], ...] = (
    _field("event_id", "string", "事件标识(UUID 文本)。UUID as text; never holds data in clear."),
    _field(
        "occurred_at",
        {"type": "long", "logicalType": "timestamp-millis"},
        "事件发生时间(UTC)。When it happened at the source.",
    ),
    _field("origin", "string", "来源区域代码。GB/T 2260 code, or X- for bodies without one."),
    _field(
        "change",
        _enum("Change", "first", "revision", "withdrawal"),
        "首次、更正或撤回。A first statement, a revision or a withdrawal of one.",
        default="first",
    ),
    _field(
        "supersedes",
        ["null", "string"],
        "被替代事件的标识。The event_id that a revision or withdrawal replaces.",
        default=None,
    ),
    _field(
        "mode",
        _enum("Mode", "live", "backfill", "snapshot"),
        "实时、历史补录或全量初始化。Live, a back-fill, or part of an initial load.",
        default="live",
    ),
    _field(
        "environment",
        _enum("Environment", "prod", "test", "drill"),
        "生产、测试或演练环境。Events of another environment are refused.",
        default="prod",
    ),
)

_VARIANT = {f"{digit:x}": f"{0x8 | digit & 0x3:x}" for digit in range(16)}


def uuid7(now: datetime) -> str:
    """Return a new UUID of version 7 (RFC 9562): ids made later sort later, to the millisecond."""
    value = int(now.timestamp() * 1000) << 80 | secrets.randbits(80)
    return _stamped(f"{value:032x}", 7)


def keyed_event_id(key: bytes, source: str, record_key: str, time_ms: int, content: bytes) -> str:
    """Return the UUID of version 8 that the same imported row always gets under the same key.

    It is an HMAC-SHA-256, so that nobody without the hub's key can try contents against an id; each
    part goes in with its length, so that no two rows run together into one.
    """
    parts = (source.encode(), record_key.encode(), b"%d" % time_ms, content)
    text = b"".join([len(part).to_bytes(8, "big") + part for part in parts])
    return _stamped(keyed_hash(key, text)[:32], 8)


def _stamped(digits: str, version: int) -> str:
    """Return a UUID of 32 hexadecimal digits with version and variant (RFC 9562) written in."""
    third, fourth = f"{version}{digits[13:16]}", f"{_VARIANT[digits[16]]}{digits[17:20]}"
    return f"{digits[:8]}-{digits[8:12]}-{third}-{fourth}-{digits[20:]}"
