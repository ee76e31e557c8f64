"""A contract's golden examples, sent through admission as any event is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lingqu.admission.gate import Admission
from lingqu.admission.region import RegionScope
from lingqu.admission.results import Admitted
from lingqu.contracts.examples import examples
from lingqu.contracts.model import Contract, ContractVersion
from lingqu.errors import ContractError, LingquError, Reason
from lingqu.wire.codec import AvroCodec
from lingqu.wire.framing import HEADER_BYTES
from lingqu.wire.resolver import Resolver

_NOT_DECODED = ("undecodable", "missing_field")
_LATEST_ID, _OLDER_ID = 1, 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one example, and whether it is what its name promises."""

    example: Path
    passed: bool
    says: str


def try_examples(contract: Contract) -> Iterator[Outcome]:
    """Admit each example: valid ones enter, and `invalid-<why>.json` is refused for just that."""
    for path, major, valid in examples(contract):
        event = _read(path)
        if isinstance(event, Outcome):
            yield event
            continue
        admitted = _admission_of(contract, major, event).admit_rows([event])
        yield _accepted(path, admitted) if valid else _refused(path, admitted)


def try_round_trips(contract: Contract) -> Iterator[Outcome]:
    """Send each valid example to every older minor and back, and say what was lost on the way.

    Only the ways that the contract's compatibility level promises must be open.
    """
    for path, major, valid in examples(contract):
        event = _read(path)
        if not valid or isinstance(event, Outcome):
            continue
        latest = contract.latest(major)
        for older in contract.versions:
            if older.major == major and older != latest:
                yield _round_trip(contract, older, path, event)


def _admission_of(contract: Contract, major: int, event: Any, older: str = "") -> Admission:
    """Return the gate of the region and environment that the event says it is of."""
    said = event if isinstance(event, dict) else {}
    return Admission(
        contract,
        major,
        scope=RegionScope((str(said.get("origin", "43")),)),
        environment=str(said.get("environment", "prod")),
        schema_of=lambda _: older,
        schema_id=_LATEST_ID,
        id_key=b"examples",
    )


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        return Outcome(path, passed=False, says=f"is not JSON ({error}); mend the file")


def _accepted(path: Path, admitted: Admitted) -> Outcome:
    if admitted.accepted:
        return Outcome(path, passed=True, says="admitted")
    says = f"is refused: {_told(admitted.refused[0])}; mend it, or call it invalid-…"
    return Outcome(path, passed=False, says=says)


def _refused(path: Path, admitted: Admitted) -> Outcome:
    wanted = path.stem.removeprefix("invalid-").replace("-", "_")
    reason = admitted.refused.get(0)
    if reason is None:
        return Outcome(path, passed=False, says=f"is admitted, and should break {wanted}")
    if reason.rule == wanted or (wanted.startswith("schema_") and reason.code in _NOT_DECODED):
        return Outcome(path, passed=True, says=f"refused: {_told(reason)}")
    says = f"is refused for something else: {_told(reason)}; break only {wanted}"
    return Outcome(path, passed=False, says=says)


def _told(reason: Reason) -> str:
    place = f"rule {reason.rule}: " if reason.rule else ""
    return f"{place}{reason.detail}"


def _round_trip(contract: Contract, older: ContractVersion, path: Path, event: Any) -> Outcome:
    latest = contract.latest(older.major)
    gate = _admission_of(contract, older.major, event, older.schema)
    admitted = gate.admit_rows([event])
    ways = f"{latest.number} → {older.number} → {latest.number}"
    if not admitted.accepted:
        return Outcome(path, passed=False, says=f"{ways}: {_told(admitted.refused[0])}")
    there = admitted.accepted[0].payload
    try:
        sent = Resolver(latest.schema, older.schema).decode_framed([there])
        if sent.refused:
            raise ContractError(sent.refused[0].detail)
        body = AvroCodec(older.schema).encode_framed(sent.columns, _OLDER_ID)
    except LingquError as error:
        promised = contract.compatibility.startswith(("FORWARD", "FULL"))
        says = f"{latest.number} → {older.number}: {error}"
        return Outcome(path, passed=not promised, says=says)
    back = gate.admit_payloads(body, [admitted.accepted[0].key.encode()])
    if back.refused:
        promised = contract.compatibility.startswith(("BACKWARD", "FULL"))
        says = f"{older.number} → {latest.number}: {_told(back.refused[0])}"
        return Outcome(path, passed=not promised, says=says)
    lost = _differing(latest, there, back.payloads[0])
    return Outcome(path, passed=True, says=f"{ways}: {_lost(lost)}")


def _differing(version: ContractVersion, one: bytes, other: bytes) -> list[str]:
    codec = AvroCodec(version.schema)
    first, second = codec.decode_rows([one[HEADER_BYTES:], other[HEADER_BYTES:]])
    return [name for name in first if first[name] != second[name]]


def _lost(names: list[str]) -> str:
    return f"comes back without {', '.join(names)}" if names else "comes back whole"
