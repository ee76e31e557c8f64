"""An HTTP partner that answers at random, while the worker is killed: counted by its journal."""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace

import orjson
from tests.faults.load import Pulses, columns_of
from tests.faults.partners.certificates import Certificates
from tests.faults.partners.chapter import Chapter, Size, Tell
from tests.faults.partners.journal import Journal
from tests.faults.process import Process
from tests.faults.proxy import AILMENTS, Line, to_port
from tests.faults.rig import Rig, RigError, wait
from tests.support.agreements import agreement_state
from tests.support.dealings import Dealings
from tests.support.partner import SECRET
from tests.support.ports import free_port
from tests.support.topics import TopicReader

from lingqu.agreements.state import AgreementState
from lingqu.kafka.bulk import BulkProducer
from lingqu.kafka.topics import DEAD_LETTER_TOPIC, Topics, TopicSpec
from lingqu.wire.codec import AvroCodec

_FEED = "http-partner"
_CHUNK = 5_000
_STALLED_S = 240.0
_DEATHS, _CALLS_BETWEEN = 5, 10
_TIMES, _ILL_S = 2, 3.0
_EXPIRED = "expired certificate"
_PLAYED = (
    "200, 207 with verdicts, 429 and 503 with Retry-After, 500, 502, 504, bytes that are not HTTP, "
    "a 207 that names other events or too few, no answer, half an answer and a closed connection, "
    "by chance. It speaks HTTPS at the end of a line that is cut, reset, slow or held, and now and "
    "then its certificate expires and is renewed. Meanwhile the worker is killed with -9 and "
    "started again."
)


def play(rig: Rig, size: Size, tell: Tell) -> Chapter:
    """Deliver everything through kills of the worker, then judge by what the partner saw."""
    trial = HttpTrial(rig, size, tell)
    try:
        trial.run()
    finally:
        trial.end()
    return trial.chapter()


@dataclass
class HttpTrial:
    """One topic, one feed, one partner."""

    rig: Rig
    size: Size
    tell: Tell
    done: Counter[str] = field(default_factory=Counter)
    _began: float = field(default_factory=time.monotonic)
    _produced: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _ids: dict[tuple[int, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._topic = f"{self.rig.contract.topic()}.http"
        self._dice = random.Random(f"{self.size.seed}/http")
        self._dealings = Dealings(self._produced)
        self._journal = Journal(self.rig.home / "http-partner.journal")
        port = free_port()
        command = [sys.executable, "-m", "tests.faults.partners.http_partner"]
        said = [str(port), str(self._journal.path), str(self.size.seed)]
        log = self.rig.home / "http-partner.log"
        self._partner = Process("http-partner", lambda: [*command, *said], os.environ, log)
        self._certificates = Certificates(self.rig.home / "certificates")
        self._line = Line(to_port(port), free_port(), self._certificates.context)
        self._url = f"https://127.0.0.1:{self._line.port}/events"
        self._well_at = 0.0
        self._worker = self.rig.worker("http")

    def run(self) -> None:
        self._put_events()
        self._keep_secret()
        self._partner.start()
        wait(self._journal.path.exists, self._partner)
        self.rig.publish(self._agreement())
        self._deliver()
        self.rig.publish(replace(self._agreement(), state="revoked", version=2))

    def end(self) -> None:
        self._line.close()
        self._worker.kill()
        self._partner.kill()

    def chapter(self) -> Chapter:
        self._dealings.read(self._journal.new())
        broken, letters = list(self._dealings.broken), self._letters()
        if missing := self._ids.keys() - letters:
            lost = {self._ids[place] for place in missing} - self._dealings.taken
            broken += [f"{event_id} was lost" for event_id in sorted(lost)]
        return Chapter(
            "An HTTP partner that answers at random",
            _PLAYED,
            [
                ("events for the partner", len(self._ids)),
                ("requests that reached it", self._journal.requests),
                ("events in them, repeats included", self._dealings.seen),
                ("told accepted", self._journal.said["accepted"]),
                ("told retry: their keys parked", self._journal.said["retry"]),
                ("told rejected", self._journal.said["rejected"]),
                ("dead letters", len(letters)),
                ("workers killed", self.done["kill -9"]),
                ("certificates expired", self.done[_EXPIRED]),
                ("line cut, reset, slow or held", sum(self.done[each] for each in AILMENTS)),
                ("seconds", round(time.monotonic() - self._began)),
            ],
            broken,
            self._kinds(),
        )

    def _kinds(self) -> dict[str, int]:
        answers = {f"HTTP partner: {what}": n for what, n in self._journal.wrongs.items()}
        mine = {f"line to HTTPS partner: {what}": n for what, n in self.done.items()}
        kills = mine.pop("line to HTTPS partner: kill -9", 0)
        return {**answers, **mine, "worker: kill -9 amid a request": kills}

    def _put_events(self) -> None:
        contract, pulses = self.rig.contract, Pulses(self._dice)
        with Topics(self.rig.source) as topics:
            topics.ensure([TopicSpec(self._topic, contract.partitions)])
        codec, producer = AvroCodec(contract.latest().schema), BulkProducer(self.rig.source)
        for begun in range(0, self.size.events, _CHUNK):
            chunk = pulses.take(min(_CHUNK, self.size.events - begun))
            columns = columns_of(chunk, codec.arrow_schema)
            payloads = codec.encode_framed(columns, self.rig.schema_id)
            for pulse, payload in zip(chunk, payloads, strict=True):
                producer.produce(self._topic, payload, pulse.station.encode())
        producer.flush(60)
        producer.close()
        self._number(codec)

    def _number(self, codec: AvroCodec) -> None:
        """Find the number that each passing event must carry: its rank in its lane."""
        ranks: Counter[int] = Counter()
        for record in TopicReader(self.rig.source, self._topic).read():
            (row,) = codec.decode_rows([(record.value() or b"")[5:]])
            if row["weather"] != "storm":
                lane = record.partition() or 0
                ranks[lane] += 1
                self._produced[row["station"]].append(ranks[lane])
                self._ids[lane, ranks[lane]] = row["event_id"]

    def _keep_secret(self) -> None:
        folder = self.rig.home / "secrets"
        folder.mkdir(exist_ok=True)
        (folder / _FEED).write_text(SECRET, "utf-8")
        (folder / _FEED).chmod(0o600)

    def _agreement(self) -> AgreementState:
        return agreement_state(
            self.rig.contract,
            feed=_FEED,
            filter='weather != "storm"',
            connector="http-sink",
            options={
                "url": self._url,
                "secret": _FEED,
                "timeout_s": 2.0,
                "batch_size": 250,
                "ca_file": str(self._certificates.bundle),
            },
            topic=self._topic,
            subject=f"{self._topic}-value",
        )

    def _deliver(self) -> None:
        """Wait until every event has an end; kill the worker when so many have, by chance."""
        expected = len(self._ids)
        faults = self._drawn()
        self._asked = 0
        self._worker.start()
        known, changed_at = 0, time.monotonic()
        while known < expected:
            time.sleep(0.5)
            self._dealings.read(self._journal.new())
            count = len(self._dealings.taken | self._dealings.rejected)
            if count == expected:
                count = self._ended()
            if count != known:
                self.tell(f"http: {count:,} of {expected:,} events have an end")
                known, changed_at = count, time.monotonic()
            self._get_well()
            if faults and known >= faults[0][0] * expected and self._journal.requests > self._asked:
                self._do(faults.pop(0)[1])
            if not self._worker.alive or time.monotonic() - changed_at > _STALLED_S:
                raise RigError(f"nothing more arrives at {known}: {self._worker.last_words()}")

    def _ended(self) -> int:
        """Return how many events are taken or have a dead letter: told rejected is no end yet."""
        ended = {self._ids[place] for place in self._letters()}
        return len(self._dealings.taken | ended)

    def _drawn(self) -> list[tuple[float, str]]:
        whats = ["kill -9"] * _DEATHS + [*AILMENTS, _EXPIRED] * _TIMES
        return sorted((self._dice.uniform(0.02, 0.95), what) for what in whats)

    def _do(self, what: str) -> None:
        """Do it, and let some calls come through before the next one."""
        self.done[what] += 1
        self._asked = self._journal.requests + _CALLS_BETWEEN
        self.tell(f"http: {what}")
        if what == "kill -9":
            self._worker.kill()
            self._worker.start()
            return
        self._well_at = time.monotonic() + _ILL_S
        if what == _EXPIRED:
            self._certificates.renew(valid_s=0)
            self._line.begin("reset")  # a kept connection asks for no certificate again
        else:
            self._line.begin(what)

    def _get_well(self) -> None:
        if self._well_at and time.monotonic() > self._well_at:
            self._well_at = 0.0
            self._certificates.renew()
            self._line.end()

    def _letters(self) -> set[tuple[int, int]]:
        """Return lane and number of each dead letter of the feed."""
        records = TopicReader(self.rig.source, DEAD_LETTER_TOPIC).read()
        found = (orjson.loads(record.value() or b"") for record in records)
        return {
            (letter["partition"], letter["sequence"]) for letter in found if letter["feed"] == _FEED
        }
