"""What the events of one contract are measured by."""

from __future__ import annotations

from lingqu.contracts.catalogue.entry import update_period
from lingqu.contracts.envelope import ENVELOPE_FIELDS
from lingqu.contracts.model import Contract, FieldSpec

# Text and lists that are there and hold nothing are not filled.
SIZED = frozenset({"string", "bytes", "array", "map"})

_ENVELOPE = frozenset(field["name"] for field in ENVELOPE_FIELDS)


class Yardstick:
    """The optional fields of one major version, and the time within which its events shall come.

    Optional is what may be null, and text or a list that may be left out. The fields of the
    envelope are not: they are the hub's, or have no use for most events.
    """

    def __init__(self, contract: Contract, major: int) -> None:
        fields = contract.latest(major).fields
        optional = [each for each in fields if _is_optional(each)]
        self.contract = contract.name
        self.sized = tuple(each.path for each in optional if each.type_name in SIZED)
        self.nullable = tuple(each.path for each in optional if each.type_name not in SIZED)
        self.columns = ["origin", "change", "mode", "occurred_at", *self.sized, *self.nullable]
        self.deadline_s = deadline_s(contract)


def deadline_s(contract: Contract) -> int | None:
    """Return the seconds from `occurred_at` to admission that the contract allows, if any.

    They are the SLA's `latency_s`, else the period of the catalogue's update cycle (更新周期).
    """
    if contract.sla.latency_s is not None:
        return contract.sla.latency_s
    cycle = contract.entry.update_cycle
    period = update_period(cycle) if cycle else None
    return None if period is None else int(period.total_seconds())


def _is_optional(spec: FieldSpec) -> bool:
    if "." in spec.path or spec.path in _ENVELOPE:
        return False
    return spec.nullable or (spec.has_default and spec.type_name in SIZED)
