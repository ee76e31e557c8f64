"""One contract under one random agreement: what it hides must be nowhere the partner can reach."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from tests.faults.views.planted import Plant, Planter
from tests.faults.views.reach import SECRETS, Places, Reach
from tests.faults.views.search import found_in, is_hidden, wrong_in
from tests.support.agreements import agreement_state
from tests.support.view_terms import Fate, fates, random_terms

from lingqu.admission.region import RegionScope
from lingqu.agreements.state import AgreementState
from lingqu.agreements.view import ENVELOPE
from lingqu.clock import SystemClock
from lingqu.connect.binary import Binary
from lingqu.connect.samples import Lane
from lingqu.contracts.envelope import uuid7
from lingqu.contracts.model import Contract
from lingqu.errors import ContractError, Reason
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import frame
from lingqu.wire.schema_name import SchemaName
from lingqu_worker.dead_letters import DeadLetters, Letter, dead_letter
from lingqu_worker.feed import FeedStage, Staged
from lingqu_worker.records import Records
from lingqu_worker.schemas import Schemas

_TRIES = 200
_NEWER_IN = 3
_REFUSED = Reason("rejected", "the partner's own rule")


class KnownSchemas(Schemas):
    """Schemas by id from a dict instead of over HTTP; parsed once for all agreements."""

    def __init__(self, texts: Mapping[Any, str]) -> None:
        super().__init__(registry=None)  # type: ignore[arg-type]
        self._texts = texts

    def text(self, name: SchemaName) -> str:
        return self._texts[name]


class Said(logging.Handler):
    """Keeps all that is logged, with every field and traceback."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{self.format(record)} {record.__dict__}")


@contextmanager
def listening() -> Iterator[Said]:
    """Keep the log of the whole process, down to DEBUG, while it is open."""
    root, said = logging.getLogger(), Said()
    level = root.level
    root.addHandler(said)
    root.setLevel(logging.DEBUG)
    try:
        yield said
    finally:
        root.removeHandler(said)
        root.setLevel(level)


@dataclass(frozen=True, slots=True)
class Produced:
    """The records of a source topic, the rows they were made of, and what is planted in each."""

    records: Records
    rows: Sequence[Mapping[str, Any]]
    plants: Sequence[Sequence[Plant]]
    more: Sequence[Plant]


@dataclass
class Told:
    """What the trials of a contract came to."""

    agreements: int = 0
    refused: int = 0
    delivered: int = 0
    hidden: int = 0
    looked_for: int = 0
    masks: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)


class Subject:
    """A contract whose fields' docs can be told apart, and its next version with a field more."""

    def __init__(self, contract: Contract, dice: random.Random) -> None:
        tree = json.loads(contract.latest().schema)
        planter = Planter(tree, dice)
        _mark(tree, planter)
        text = json.dumps(tree, ensure_ascii=False)
        self.contract = replace(contract, versions=(replace(contract.latest(), schema=text),))
        self.schema = tree
        later = {
            "name": "added_later",
            "type": "string",
            "default": "",
            "doc": "Of a next version.",
        }
        newer = {**tree, "fields": [*tree["fields"], {**later, "grade": 1, "kind": "none"}]}
        self.newer = AvroCodec(json.dumps(newer, ensure_ascii=False))
        self.codec = AvroCodec(text)
        self.schemas = KnownSchemas({1: text, 2: self.newer.schema})
        self._planter = planter

    def agree(
        self, dice: random.Random, feed: str, told: Told
    ) -> tuple[AgreementState, list[Fate]]:
        """Return a random agreement that can be compiled, and what its terms say of each field."""
        for _ in range(_TRIES):
            terms = random_terms(self.schema, self.contract.key, ENVELOPE, dice)
            try:
                state = agreement_state(
                    self.contract, feed=feed, filter="mode == 'live'", view=terms
                )
            except ContractError:
                told.refused += 1
                continue
            return state, list(fates(self.schema, terms, ENVELOPE))
        raise AssertionError(f"no agreement of {_TRIES} on {self.contract.name} can be compiled")

    def produce(self, *, spoil_key: bool, newer: bool) -> Produced:
        """Return events to deliver, one of a newer version, and four that must not leave at all."""
        made = [self._planter.event(self._envelope(number)) for number in range(7)]
        rows, plants = [row for row, _ in made], [planted for _, planted in made]
        added = Plant("added_later", "string", f"湘A{self._planter.token()}尾B")
        bodies = self.codec.encode_rows(rows)
        values = [frame(1, body) for body in bodies]
        if newer:
            row = {**rows[3], "added_later": added.value}
            values[3] = frame(2, self.newer.encode_rows([row])[0])
        values[5] = values[5][: len(values[5]) * 2 // 3]
        values[6] += frame(2, b"xyz")
        keys = ["|".join(str(row[name]) for name in self.contract.key).encode() for row in rows]
        rogue = Plant("key", "string", f"湘C{self._planter.token()}尾D")
        if spoil_key:
            keys[1] += b"|" + str(rogue.value).encode()
        topic = self.contract.topic()
        records = Records(topic, 0, range(7), Binary.of(keys), Binary.of(values))
        return Produced(records, rows, plants, [added, *([rogue] if spoil_key else [])])

    def _envelope(self, number: int) -> dict[str, Any]:
        now = SystemClock().now()
        return {
            "event_id": uuid7(now),
            "occurred_at": int(now.timestamp() * 1000),
            "origin": "11" if number == 4 else "43",
            "change": "first",
            "supersedes": None,
            "mode": "backfill" if number == 2 else "live",
            "environment": "prod",
        }


def play(subject: Subject, number: int, dice: random.Random, reach: Reach, told: Told) -> None:
    """Deliver under one agreement, and look everywhere for what it hides."""
    contract = subject.contract
    feed = f"{contract.name}-{number}".replace(".", "-").replace("_", "-")[-40:].lstrip("-")
    state, terms = subject.agree(dice, feed, told)
    with listening() as said:
        produced = subject.produce(spoil_key=not state.discloses_all, newer=number % _NEWER_IN == 0)
        stage = FeedStage(state, RegionScope(("43",)), subject.schemas, b"k" * 32)
        staged = stage.apply(produced.records, 1)
        way = reach.way()
        lane = Lane(feed, contract.topic(), partitions=1, key=contract.key, secrets=SECRETS)
        places = dict(reach.deliver(way, lane, staged.batch))
        letters = _letters(state, produced, staged)
    logged = {"a log line": "\n".join(said.lines).encode()}
    _judge(told, f"{contract.name} {number} by {way}", produced, staged, places, terms)
    everything = [plant for planted in produced.plants for plant in planted]
    _note(told, f"{contract.name} {number}", found_in(everything, {**letters, **logged}))
    told.agreements += 1
    for step in (step for mask in state.masks for step in mask.steps):
        told.masks[step.mask] = told.masks.get(step.mask, 0) + 1


def _judge(
    told: Told,
    where: str,
    produced: Produced,
    staged: Staged,
    places: Places,
    terms: Sequence[Fate],
) -> None:
    went = list(staged.batch.offsets)
    if went != [0, 1, 3]:
        told.broken.append(f"{where}: the events {went} went out instead of 0, 1 and 3")
    own = {
        f"payload {place}": body for place, body in zip(went, staged.batch.payloads, strict=True)
    }
    keys = {f"key {place}": key or b"" for place, key in zip(went, staged.batch.keys, strict=True)}
    hidden = list(produced.more)
    for number, planted in enumerate(produced.plants):
        kept_back = number not in went
        hidden += [plant for plant in planted if kept_back or is_hidden(plant, terms)]
    _note(told, where, found_in(hidden, {**places, **own, **keys}))
    for fate in terms:
        if fate.how == "withheld" and _marker(fate.field).encode() in places["schema"]:
            told.broken.append(f"{where}: the schema tells of {fate.path}")
    for number, payload in zip(went, staged.batch.payloads, strict=True):
        wrong = wrong_in(produced.rows[number], payload[5:], staged.batch.schema, terms)
        _note(told, f"{where}, event {number}", wrong)
    told.delivered += len(went)
    told.hidden += len(hidden)
    told.looked_for += len(hidden) * (len(places) + len(own) + len(keys))


def _letters(state: AgreementState, produced: Produced, staged: Staged) -> Places:
    """Return the dead letters of what cannot be read, and of one that the partner refuses."""
    writer = DeadLetters(state.feed, state.agreement, "partner", b"s" * 32, SystemClock())
    letters = [dead_letter(produced.records, dead) for dead in staged.dead]
    batch, said = staged.batch, str(produced.rows[0])
    letters.append(
        Letter(batch.topic, 0, 0, 1, batch.keys[0], batch.payloads[0], _REFUSED, said=said)
    )
    records = [writer.record(letter) for letter in letters]
    return {
        f"dead letter {number}": record.key + (record.value or b"")
        for number, record in enumerate(records)
    }


def _note(told: Told, where: str, wrong: Iterator[str]) -> None:
    told.broken += [f"{where}: {each}" for each in wrong]


def _mark(node: Any, planter: Planter) -> None:
    """Write something of its own into the doc of each field behind the envelope."""
    if isinstance(node, list):
        for each in node:
            _mark(each, planter)
    elif isinstance(node, dict):
        if "name" in node and "grade" in node and node["name"] not in ENVELOPE:
            node["doc"] = f"{node.get('doc', '')} #{planter.token()}"
        for part in ("fields", "type", "items", "values"):
            _mark(node.get(part), planter)


def _marker(field: Mapping[str, Any]) -> str:
    return str(field["doc"]).rpartition("#")[2]
