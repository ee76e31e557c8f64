"""A database partner cut off and crashed in mid-transaction; workers killed and frozen too."""

from __future__ import annotations

import random
import time
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from typing import Literal

import psycopg
from tests.faults.load import Pulses, columns_of
from tests.faults.partners.chapter import Chapter, Size, Tell
from tests.faults.partners.database_partner import DatabasePartner
from tests.faults.partners.ranked import Ranked
from tests.faults.partners.tables import COLUMNS, judge_append, judge_upsert
from tests.faults.process import Process
from tests.faults.rig import Rig, RigError
from tests.support.agreements import agreement_state

from lingqu.agreements.state import AgreementState
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.topics import Topics, TopicSpec
from lingqu.wire.codec import AvroCodec

Fault = Literal["cut", "crash", "kill", "freeze"]

_FAULTS: tuple[tuple[Fault, int], ...] = (("cut", 10), ("crash", 3), ("kill", 5), ("freeze", 2))
_TABLES = ("every", "latest")
_VIEW = {
    "clearance": {"grade": 4, "kinds": ["personal"]},
    "fields": "all",
    "masks": {"keeper": [{"mask": "redact"}], "phone": [{"mask": "keep_last", "n": 2}]},
}
_CHUNK = 5_000
_BATCH = 250
_FROZEN_S, _AWAKE_S = 12.0, 4.0
_STALLED_S = 240.0

# A partner that takes its time: most faults then meet a transaction in the middle.
_SLOW = """
CREATE OR REPLACE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_sleep(0.05); RETURN NULL; END $$;
CREATE OR REPLACE TRIGGER slow AFTER INSERT ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION linger();
"""
_PLAYED = (
    "Two feeds of one topic into PostgreSQL, one table that keeps every event and one that keeps "
    "the last of each station, in transactions of 250. By chance, and only while one of them is "
    "open: sessions ended by the server, the server killed with -9 and started on what its disk "
    "has, the worker killed with -9, the worker frozen while another takes its place, and woken."
)


def play(rig: Rig, size: Size, tell: Tell) -> Chapter:
    """Deliver everything through the faults, then judge what stands in both tables."""
    trial = DatabaseTrial(rig, size, tell)
    try:
        trial.run()
        return trial.chapter()
    finally:
        trial.end()


@dataclass
class DatabaseTrial:
    """One topic, two feeds, one partner."""

    rig: Rig
    size: Size
    tell: Tell
    done: Counter[str] = field(default_factory=Counter)
    sessions_ended: int = 0
    _began: float = field(default_factory=time.monotonic)
    _at: int = -1
    _asleep: deque[tuple[float, Process]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self._topic = f"{self.rig.contract.topic()}.database"
        self._dice = random.Random(f"{self.size.seed}/database")
        self._codec = AvroCodec(self.rig.contract.latest().schema)
        self._partner = DatabasePartner(self.rig.home / "partner-database")
        self._worker = self.rig.worker("database")

    def run(self) -> None:
        self._put_events()
        self._ranked = Ranked.of_topic(
            self.rig.source, self._topic, self._codec, lambda row: row["weather"] != "storm"
        )
        states = [self._agreement(table) for table in _TABLES]
        self.rig.publish(*states)
        self._deliver()
        self.rig.publish(*(replace(each, state="revoked", version=2) for each in states))

    def end(self) -> None:
        for _, zombie in self._asleep:
            zombie.kill()
        self._worker.kill()
        self._partner.stop()

    def chapter(self) -> Chapter:
        every, latest = (self._partner.ask(f"SELECT {COLUMNS} FROM {table}") for table in _TABLES)
        broken = [*judge_append(every, self._ranked), *judge_upsert(latest, self._ranked)]
        return Chapter(
            "A database partner killed in mid-transaction",
            _PLAYED,
            [
                ("events for the partner, by each feed", len(self._ranked.events)),
                ("rows in the table of every event", len(every)),
                ("rows in the table of stations", len(latest)),
                ("sessions ended in mid-transaction", self.sessions_ended),
                ("servers killed in mid-transaction", self.done["crash"]),
                ("workers killed in mid-transaction", self.done["kill"]),
                ("workers frozen in mid-transaction, and woken", self.done["freeze"]),
                ("seconds", round(time.monotonic() - self._began)),
            ],
            broken,
            {
                "database partner: session ended in mid-transaction": self.sessions_ended,
                "database partner: kill -9 in mid-transaction": self.done["crash"],
                "worker: kill -9 in mid-transaction": self.done["kill"],
                "worker: frozen in mid-transaction and woken": self.done["freeze"],
            },
        )

    def _put_events(self) -> None:
        with Topics(self.rig.source) as topics:
            topics.ensure([TopicSpec(self._topic, self.rig.contract.partitions)])
        pulses, producer = Pulses(self._dice), BulkProducer(self.rig.source)
        for begun in range(0, self.size.events, _CHUNK):
            chunk = pulses.take(min(_CHUNK, self.size.events - begun))
            columns = columns_of(chunk, self._codec.arrow_schema)
            payloads = self._codec.encode_framed(columns, self.rig.schema_id)
            for pulse, payload in zip(chunk, payloads, strict=True):
                producer.produce(self._topic, payload, pulse.station.encode())
        producer.flush(60)
        producer.close()

    def _agreement(self, table: str) -> AgreementState:
        mode = "append" if table == "every" else "upsert"
        options = {"url": self._partner.url, "table": table, "mode": mode, "max_events": _BATCH}
        return agreement_state(
            self.rig.contract,
            feed=f"database-{mode}",
            view=_VIEW,
            filter='weather != "storm"',
            connector="database-sink",
            options=options,
            topic=self._topic,
            subject=f"{self._topic}-value",
        )

    def _deliver(self) -> None:
        """Let everything arrive; do each fault when so much of it has."""
        faults = deque(self._faults())
        expected, known, changed_at = 2 * len(self._ranked.events), -1, time.monotonic()
        self._worker.start()
        while known < expected:
            time.sleep(0.1)
            self._wake_who_slept()
            count = self._count()
            if count > known:
                known, changed_at = count, time.monotonic()
            if faults and known >= faults[0][0] * expected and known > self._at:
                self._do(faults.popleft()[1], known)
                changed_at = time.monotonic()
            if not self._worker.alive or time.monotonic() - changed_at > _STALLED_S:
                raise RigError(f"nothing more arrives at {known}: {self._worker.last_words()}")
        while self._asleep:
            self._wake_who_slept()
            time.sleep(0.1)

    def _faults(self) -> list[tuple[float, Fault]]:
        chosen = [fault for fault, count in _FAULTS for _ in range(count)]
        return sorted((self._dice.uniform(0.02, 0.95), fault) for fault in chosen)

    def _count(self) -> int:
        """Return how many events both feeds have behind them, by the partner's own table."""
        try:
            self._slow_down()
            (found,) = self._partner.ask("SELECT sum(last_seq) FROM lingqu_progress")
        except psycopg.Error:
            return -1  # not there yet, or just coming back
        return int(found[0] or 0)

    def _slow_down(self) -> None:
        """Make the tables slow as soon as they are there."""
        if not self.done["slow"]:
            for table in _TABLES:
                self._partner.ask(_SLOW.format(table=table))
            self.done["slow"] = 1

    def _do(self, fault: Fault, known: int) -> None:
        """Do it, and let something arrive before the next one."""
        self.tell(f"database: {fault} at {known:,}")
        self._at = known
        match fault:
            case "cut":
                self.sessions_ended += self._partner.cut_off()
            case "crash":
                self._partner.crash()
            case "kill":
                self._partner.await_transaction()
                self._worker.kill()
                self._worker.start()
            case "freeze":
                self._freeze()
        self.done[fault] += 1

    def _freeze(self) -> None:
        """Stop the worker in mid-transaction; another one of its name takes its place."""
        self._partner.await_transaction()
        self._worker.freeze()
        self._asleep.append((time.monotonic() + _FROZEN_S, self._worker))
        self._worker = self.rig.worker("database")
        self._worker.start()

    def _wake_who_slept(self) -> None:
        """Wake a frozen worker after its time, and end it a while later."""
        if not self._asleep or time.monotonic() < self._asleep[0][0]:
            return
        _, zombie = self._asleep.popleft()
        self.tell("database: the frozen worker wakes up")
        zombie.thaw()
        time.sleep(_AWAKE_S)
        zombie.kill()
