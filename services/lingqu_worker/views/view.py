"""One agreement's view on the events of a feed, by columns where it can and by rows elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache

import pyarrow as pa

from lingqu.agreements.state import AgreementState
from lingqu.connect.binary import Binary
from lingqu.errors import PermanentError
from lingqu.wire.arrow_types import OPAQUE
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import HEADER_BYTES, header
from lingqu_worker.views.columns import ColumnView
from lingqu_worker.views.pseudonyms import Pseudonyms
from lingqu_worker.views.rows import RowView

logger = logging.getLogger(__name__)

# Inside the hub a derived schema needs no id; sinks put their own registry's.
_NO_SCHEMA_ID = 0
_ONE_IN = 20_000


class ViewBroken(PermanentError):  # noqa: N818 - named as what happened
    """Two ways to the same view disagree; nothing of the batch may leave."""

    def __init__(self, feed: str) -> None:
        super().__init__(
            f"feed {feed!r}: what the view makes of an event by columns and by rows differs, so"
            " that neither can be trusted; nothing was sent of this batch: report it with the"
            " agreement and the schema version"
        )


class View:
    """What leaves: derived columns, payloads and keys.

    One event in 20,000, and the first of all, is made again by fastavro and must come to the same
    bytes, valid by the derived schema; else nothing leaves. Raises PermanentError, and delivers
    nothing, where a value does not fit the derived schema.
    """

    def __init__(self, state: AgreementState, derived: AvroCodec, pseudonym_key: bytes) -> None:
        self._state = state
        self._derived = derived
        self._pseudonyms = Pseudonyms(pseudonym_key)
        self._columns = ColumnView(state, self._pseudonyms)
        self._rows = lru_cache(maxsize=64)(self._row_view)
        self._since_check = _ONE_IN

    def keys(self, columns: pa.RecordBatch) -> Binary | None:
        """Return the keys as the partner may see them, or None where the producer's own may go."""
        return self._columns.keys(columns)

    def apply(
        self, columns: pa.RecordBatch, given: AvroCodec
    ) -> tuple[pa.RecordBatch, Sequence[bytes]]:
        """Return the derived columns and framed payloads of events in columns of `given`."""
        if not (given.columnar and self._derived.columnar) or _opaque(columns.schema):
            return self._by_rows(columns, given)
        shown = self._columns.apply(columns)
        payloads = Binary(self._derived.encode_column(shown, _NO_SCHEMA_ID))
        self._check(columns, given, payloads)
        return shown, payloads

    def _by_rows(
        self, columns: pa.RecordBatch, given: AvroCodec
    ) -> tuple[pa.RecordBatch, Sequence[bytes]]:
        view = self._rows(given.schema)
        bodies = [view.event(body) for body in given.encode(columns)]
        frame = header(_NO_SCHEMA_ID)
        shown = self._derived.decode(bodies, trusted=True).columns
        return shown, [frame + body for body in bodies]

    def _check(self, columns: pa.RecordBatch, given: AvroCodec, payloads: Binary) -> None:
        self._since_check += len(payloads)
        if self._since_check < _ONE_IN or not len(payloads):
            return
        place = self._since_check % len(payloads)
        self._since_check = 0
        view = self._rows(given.schema)
        wanted = view.event(given.encode(columns.slice(place, 1))[0])
        found = payloads[place][HEADER_BYTES:]
        # Only a map that holds a key twice is written in two ways.
        if found != wanted and view.canonical(found) != wanted:
            raise ViewBroken(self._state.feed)

    def _row_view(self, given: str) -> RowView:
        return RowView(given, self._state, self._pseudonyms)


def _opaque(schema: pa.Schema) -> bool:
    return any(field.metadata == OPAQUE for field in schema)
