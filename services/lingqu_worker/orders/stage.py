"""What an order makes of consumed records: today's view of those it means, under their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from lingqu.connect.batch import Batch
from lingqu.connect.binary import Binary
from lingqu.wire.codec import AvroCodec
from lingqu_worker.feed import FeedStage, Staged
from lingqu_worker.orders.numbers import LetterNumbers, Numbered, Numbers
from lingqu_worker.records import Records

# Sinks put their own registry's id here.
_NO_SCHEMA_ID = 0


@dataclass(frozen=True, slots=True)
class Chosen(Staged):
    """Staged records of an order; `offsets` are of all that it means, whatever became of them.

    `unread` are those that cannot be read.
    """

    offsets: Sequence[int] = ()
    unread: Sequence[int] = ()

    def counts(self, first: int, end: int) -> tuple[int, int, int]:
        """Return how many of those offsets are sent, withheld by today's terms, and dead."""
        sent = _within(self.batch.offsets, first, end)
        dead = _within(self.unread, first, end)
        return sent, _within(self.offsets, first, end) - sent - dead, dead


class OrderStage:
    """Today's filter and view on the events that an order means.

    What today's agreement does not let out stays in, and is counted. An event that cannot be read
    is a dead letter again where it was redriven; a replay leaves it, since it has its letter.
    """

    def __init__(
        self, today: FeedStage, name: str, numbers: Numbers | None, *, keeps_dead: bool
    ) -> None:
        self.today = today
        self._name = name
        self._numbers = numbers
        self._keeps_dead = keeps_dead

    @classmethod
    def of_nothing(cls, today: FeedStage) -> OrderStage:
        """Return the stage of an order that means no event here."""
        return cls(today, "", LetterNumbers({}), keeps_dead=False)

    def apply(self, records: Records, first_sequence: int) -> Chosen:
        """Return what goes out, under the numbers of the first time, and the next number."""
        chosen = self._chosen(records, first_sequence)
        meant = _at(records, chosen.places)
        staged = self.today.apply(meant, first_sequence)
        places = {offset: place for place, offset in enumerate(meant.offsets)}
        numbers = [chosen.sequences[places[offset]] for offset in staged.batch.offsets]
        dead = [
            replace(each, index=chosen.places[each.index], sequence=chosen.sequences[each.index])
            for each in staged.dead
        ]
        return Chosen(
            batch=self._marked(replace(staged.batch, feed=self._name, sequences=numbers)),
            dead=dead if self._keeps_dead else [],
            filtered=0,
            foreign=0,
            next_sequence=chosen.next_sequence,
            offsets=meant.offsets,
            unread=[records.offsets[each.index] for each in dead],
        )

    def _chosen(self, records: Records, first_sequence: int) -> Numbered:
        assert self._numbers is not None  # noqa: S101 - only a backfill has none
        return self._numbers.of(records, first_sequence)

    def _marked(self, batch: Batch) -> Batch:
        return batch


class BackfillStage(OrderStage):
    """Today's filter and view on events from before the feed began; each says it is a backfill.

    What was published as live then is none now: nobody shall raise an alert over it (`mode`).
    """

    def __init__(self, today: FeedStage, name: str, codec: AvroCodec) -> None:
        super().__init__(today, name, None, keeps_dead=True)
        self._codec = codec

    def _chosen(self, records: Records, first_sequence: int) -> Numbered:
        """Give numbers to what passes today's filter, as the feed's own lane would."""
        staged = self.today.apply(records, first_sequence)
        given = dict(zip(staged.batch.offsets, staged.batch.sequences, strict=True))
        given |= {records.offsets[dead.index]: dead.sequence for dead in staged.dead}
        places = [place for place, offset in enumerate(records.offsets) if offset in given]
        sequences = [given[records.offsets[place]] for place in places]
        return Numbered(places, sequences, staged.next_sequence)

    def _marked(self, batch: Batch) -> Batch:
        if not len(batch):
            return batch
        columns = batch.columns()
        place = columns.schema.get_field_index("mode")
        mode = columns.column(place)
        live = pc.equal(mode.cast(pa.string()), "live")
        said = pc.if_else(live, "backfill", mode.cast(pa.string())).cast(mode.type)
        columns = columns.set_column(place, columns.schema.field(place), said)
        payloads = Binary(self._codec.encode_column(columns, _NO_SCHEMA_ID))
        return replace(batch, payloads=payloads, decode=lambda: columns, _columns=[])


def _at(records: Records, places: Sequence[int]) -> Records:
    if len(places) == len(records):
        return records
    return replace(
        records,
        offsets=[records.offsets[place] for place in places],
        keys=records.keys.at(places),
        values=records.values.at(places),
    )


def _within(offsets: Sequence[int], first: int, end: int) -> int:
    return sum(first <= offset < end for offset in offsets)
