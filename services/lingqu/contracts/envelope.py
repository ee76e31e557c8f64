"""The envelope every event begins with, and the two ways to make an event id."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from functools import lru_cache
from typing import Any


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


def uuid7(now: datetime) -> str:
    """Return a new UUID of version 7 (RFC 9562): ids made later sort later, to the millisecond."""
    value = int(now.timestamp() * 1000) << 80 | secrets.randbits(80)
    return _stamped(value, 7)


def keyed_event_id(key: bytes, source: str, record_key: str, time_ms: int, content: bytes) -> str:
    """Return the UUID of version 8 that the same imported row always gets under the same key.

    It is an HMAC-SHA-256, so that nobody without the hub's key can try contents against an id; each
    part goes in with its length, so that no two rows run together into one.
    """
    parts = (source.encode(), record_key.encode(), b"%d" % time_ms, content)
    code = _keyed(key).copy()
    code.update(b"".join([len(part).to_bytes(8, "big") + part for part in parts]))
    return _stamped(int.from_bytes(code.digest()[:16], "big"), 8)


@lru_cache(maxsize=16)
def _keyed(key: bytes) -> hmac.HMAC:
    """Return the code to copy. hmac.digest lets other threads run each time: far slower in bulk."""
    return hmac.new(key, digestmod="sha256")


def _stamped(value: int, version: int) -> str:
    value = value & ~(0xF << 76) | version << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
