"""Framing that travels in a record's header, put back before the body where readers look for it.

Confluent's newer serializers write the schema's GUID into a header and leave the payload bare
(HeaderSchemaIdSerializer); the last header of the name wins (DualSchemaIdDeserializer).
"""

from __future__ import annotations

from collections.abc import Sequence

from lingqu.wire.framing import GUID_HEADER_BYTES, GUID_MAGIC, HEADER_BYTES, MAGIC

VALUE_HEADER = "__value_schema_id"

Headers = Sequence[tuple[str, bytes | None]]
_WIDTHS = {MAGIC: HEADER_BYTES, GUID_MAGIC: GUID_HEADER_BYTES}


def in_payload(
    values: Sequence[bytes | None], headers: Sequence[Headers | None]
) -> Sequence[bytes | None]:
    """Return the values of records, each with its framing in front; the headers run parallel.

    Where no record has a header, which is the usual case, the values are returned as they are.
    """
    if not any(headers):
        return values
    return [_framed(value, said or ()) for value, said in zip(values, headers, strict=True)]


def _framed(value: bytes | None, headers: Headers) -> bytes | None:
    if value is None:
        return None
    for name, framing in reversed(headers):
        if name == VALUE_HEADER:
            return framing + value if framing and _is_framing(framing) else value
    return value


def _is_framing(header: bytes) -> bool:
    return _WIDTHS.get(header[0]) == len(header)
