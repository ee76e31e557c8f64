"""A feed does not pour a topic into dead letters: where nothing can be read, it stops."""

from __future__ import annotations

from lingqu.errors import PermanentError
from lingqu_worker.feed import Staged
from lingqu_worker.records import Records

IN_A_ROW = 100


class Pouring:
    """Counts the events of a lane that could not be read while none could.

    So many in a row are no bad events but a wrong schema, a wrong producer or a wrong topic.
    """

    def __init__(self, feed: str) -> None:
        self._feed = feed
        self._in_a_row = 0

    def check(self, records: Records, staged: Staged) -> None:
        """Raise PermanentError before the dead letters of one batch too many are written."""
        if len(staged.batch) or staged.filtered or staged.foreign:
            self._in_a_row = 0
        elif self._in_a_row + len(staged.dead) >= IN_A_ROW:
            reason = staged.dead[0].reason
            raise PermanentError(
                f"topic {records.topic!r}, partition {records.partition}: {len(staged.dead)} events"
                f" from offset {records.offsets[0]} on cannot be read ({reason.code}:"
                f" {reason.detail}), and none that can: they become no dead letters;"
                f" register their schema, or go on behind them: lingqu feed stop {self._feed}, then"
                f" lingqu feed rewind {self._feed} {records.partition}={records.next_offset}"
            )
        else:
            self._in_a_row += len(staged.dead)
