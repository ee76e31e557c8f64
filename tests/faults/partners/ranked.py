"""What a feed has to deliver: each passing event by its lane and number, read from the topic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.topics import TopicReader

from lingqu.kafka.settings import KafkaSettings
from lingqu.wire.codec import AvroCodec

Place = tuple[int, int]
Row = dict[str, Any]


@dataclass(slots=True)
class Ranked:
    """Events by lane and number, and for each station the place of its last one."""

    events: dict[Place, Row] = field(default_factory=dict)
    last: dict[str, Place] = field(default_factory=dict)

    @classmethod
    def of_topic(
        cls, kafka: KafkaSettings, topic: str, codec: AvroCodec, passes: Callable[[Row], bool]
    ) -> Ranked:
        """Number what passes, in offset order, as the feed must."""
        ranked, ranks = cls(), dict[int, int]()
        for record in TopicReader(kafka, topic).read():
            (row,) = codec.decode_rows([bytes(record.value() or b"")[5:]])
            if passes(row):
                lane = int(record.partition() or 0)
                ranks[lane] = ranks.get(lane, 0) + 1
                ranked.events[lane, ranks[lane]] = row
                ranked.last[row["station"]] = lane, ranks[lane]
        return ranked
