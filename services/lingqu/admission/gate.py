"""Admission of one contract's events: rows or payloads, one set of checks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import pyarrow as pa

from lingqu.admission.checks import Checks
from lingqu.admission.entry import Entered, Entry
from lingqu.admission.filling import Filling, Lists, count_of
from lingqu.admission.identity import Identity
from lingqu.admission.region import RegionScope
from lingqu.admission.results import Admitted, AdmittedBatch, EncodedRow
from lingqu.admission.rows import RowReader
from lingqu.admission.twins import Twin, Twins
from lingqu.admission.writers import Writers
from lingqu.contracts.model import Contract, RuleSpec
from lingqu.contracts.rules import Rule, compile_rule
from lingqu.errors import PermanentError, Reason, UnavailableError
from lingqu.wire.codec import AvroCodec
from lingqu.wire.decoded import Decoded
from lingqu.wire.framing import group_by_schema, header
from lingqu.wire.schema_name import SchemaName


class Admission:
    """The one gate to a contract's topic: what is refused gets a reason and harms no other event.

    The checks: it decodes completely (a row: it fits the schema), it resolves to the contract's
    version, and then environment, origin, identity, rules, record key and size. What is admitted is
    encoded anew, canonically, under the hub's own schema id. For one thread at a time.
    """

    def __init__(
        self,
        contract: Contract,
        major: int,
        *,
        scope: RegionScope,
        environment: str,
        schema_of: Callable[[SchemaName], str],
        schema_id: int,
        id_key: bytes | None = None,
        skipped_rules: Collection[str] = (),
        twins: Twins | None = None,
    ) -> None:
        """Compile. `schema_of` raises PermanentError for an id nobody knows; `id_key` makes ids.

        A rule that names a field which this major does not have says nothing of its events.
        `skipped_rules` name fields that the events' provider shows masked, so cannot be judged.
        """
        version = contract.latest(major)
        self.scope = scope
        self._twins = twins
        self._name = contract.name
        self._framing = header(schema_id)
        self._environment = environment
        self._codec = AvroCodec(version.schema)
        self._writers = Writers(version.schema, schema_of)
        self._reader = RowReader(version.schema, derived=frozenset({"event_id"}))
        self._filling = Filling(version.schema, self._codec)
        self._identity = Identity(contract, self._reader.defaults, id_key)
        rules = [_compiled(rule) for rule in contract.rules if rule.name not in skipped_rules]
        said = [(rule, reason) for rule, reason in rules if all(map(version.has, rule.paths))]
        checks = Checks(said, scope, environment)
        self._entry = Entry(self._codec, schema_id, contract.key, checks)

    def admit_rows(self, rows: Sequence[object], source: str = "gateway") -> Admitted:
        """Admit rows as JSON carries them; one without `event_id` gets the same one each time."""
        refused: dict[int, Reason] = {}
        read: dict[int, tuple[dict[str, Any], bytes]] = {}
        for place, row in enumerate(rows):
            converted = self._convert(row, source)
            if isinstance(converted, Reason):
                refused[place] = converted
            else:
                read[place] = converted
        places, decoded = self._decoded(read, refused)
        entered = self._entry.enter(decoded, places, self._reader.fields)
        accepted = [
            EncodedRow(place, event_id, key.decode(), payload, read[place][1])
            for place, event_id, key, payload in entered
        ]
        origins = {place: self._spoke(rows[place]) for place in refused}
        return self._admitted(accepted, entered, refused, origins)

    def admit_columns(self, columns: Mapping[str, Sequence[Any] | Lists]) -> Admitted:
        """Admit events that a service of the hub made, as columns; all have an `event_id`.

        A field that is left out takes its default, `environment` this hub's. Raises PermanentError
        where a value is not of its field's type. The rows have no digest: nobody sends them again.
        """
        own = {"environment": [self._environment] * count_of(columns)}
        filled = self._filling.of_columns({**own, **columns})
        places = range(filled.num_rows)
        entered = self._entry.enter(Decoded(filled), places, self._reader.fields)
        accepted = [
            EncodedRow(place, event_id, key.decode(), payload, b"")
            for place, event_id, key, payload in entered
        ]
        return self._admitted(accepted, entered, {}, {})

    def admit_payloads(
        self, payloads: Sequence[bytes | None], keys: Sequence[bytes | None] | None = None
    ) -> AdmittedBatch:
        """Admit framed Avro of any known schema, given in source order and returned so.

        A given key must be that of the event; where the writer's schema withholds a key field, the
        given key stands for it. Raises UnavailableError when a schema cannot be asked for.
        """
        grouped = group_by_schema(payloads)
        refused = dict(grouped.refused)
        admitted: list[tuple[int, str, bytes, bytes]] = []
        columns: list[pa.RecordBatch] = []
        origins: dict[int, str] = {}
        for name, places in grouped.ids.items():
            writer = self._writers.of(name)
            if isinstance(writer, Reason):
                refused.update(dict.fromkeys(places, writer))
                continue
            decoded = writer.decode([grouped.payloads[place] or b"" for place in places])
            given = None if keys is None else [keys[place] for place in places]
            entered = self._entry.enter(decoded, places, writer.fields, given)
            refused.update(entered.refused)
            origins.update(entered.origins)
            columns.append(entered.columns)
            admitted += entered
        if len(grouped.ids) > 1:
            admitted.sort(key=lambda each: each[0])
        indices, _, record_keys, encoded = zip(*admitted, strict=True) if admitted else ((),) * 4
        told = {place: origins.get(place, self.home) for place in refused}
        return AdmittedBatch(indices, record_keys, encoded, refused, columns, told)

    def twins(self, payloads: Sequence[bytes]) -> list[Twin]:
        """Return what admitted events are on the topics of the other majors served today.

        They belong into the transaction that publishes the events. Raises UnavailableError where a
        gate of another version admitted them: a new one was published on their way.
        """
        if self._twins is None:
            return []
        if payloads and not payloads[0].startswith(self._framing):
            raise UnavailableError(f"{self._name}: a new version came meanwhile; send it again")
        return self._twins.of(payloads)

    @property
    def home(self) -> str:
        """Return the region for which those speak who do not say it."""
        return self.scope.codes[0]

    def _admitted(
        self,
        accepted: Sequence[EncodedRow],
        entered: Entered,
        refused: Mapping[int, Reason],
        origins: Mapping[int, str],
    ) -> Admitted:
        every = {**refused, **entered.refused}
        known = {**origins, **entered.origins}
        told = {place: known.get(place, self.home) for place in every}
        return Admitted(accepted, every, entered.columns, told)

    def _spoke(self, row: object) -> str:
        origin = row.get("origin") if isinstance(row, dict) else None
        return origin if isinstance(origin, str) and self.scope.admits(origin) else self.home

    def _convert(self, row: object, source: str) -> tuple[dict[str, Any], bytes] | Reason:
        read = self._reader.read(row)
        if isinstance(read, Reason):
            return read
        digest, reason = self._identity.give(read, source)
        read.setdefault("environment", self._environment)
        return reason or (read, digest)

    def _decoded(
        self, read: Mapping[int, tuple[dict[str, Any], bytes]], refused: dict[int, Reason]
    ) -> tuple[list[int], Decoded]:
        """Return the rows as columns: filled at once, or where that fails, one by one."""
        filled = self._filling.of_rows([row for row, _ in read.values()])
        if filled is not None:
            return list(read), Decoded(filled)
        bodies: dict[int, bytes] = {}
        for place, (row, _) in read.items():
            try:
                bodies[place] = self._codec.encode_rows([row])[0]
            except PermanentError as error:
                refused[place] = Reason("undecodable", str(error))
        return list(bodies), self._codec.decode(list(bodies.values()), trusted=True)


def _compiled(rule: RuleSpec) -> tuple[Rule, Reason]:
    compiled = compile_rule(rule.name, rule.expression)
    field = next(iter(compiled.fields)) if len(compiled.fields) == 1 else None
    return compiled, Reason("rule_broken", rule.message, rule.name, field)
