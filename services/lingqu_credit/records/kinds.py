"""The kinds of credit record: topic, table, what names one, and what ends it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Table

from lingqu.contracts.model import ContractVersion
from lingqu.domain_service.statements.noun import ENVELOPE, Noun
from lingqu_credit.tables import ABNORMAL, DISHONESTY, LICENCE, PENALTY, RATING


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind; `naming` are the fields that, with the subject's code, name a record.

    `end` is the field of its last day. Only what is dishonest has a period by the rules, and can be
    repaired; only that can state measures.
    """

    name: str
    title: str
    letters: str
    table: Table
    naming: tuple[str, ...]
    end: str
    dishonest: bool = True

    @property
    def topic(self) -> str:
        return f"credit.{self.name}.v1"

    @property
    def contract(self) -> str:
        return f"credit.{self.name}"


LICENCE_KIND: Final = Kind(
    "licence",
    "行政许可",
    "XK",
    LICENCE,
    ("authority", "document_no", "certificate_no"),
    "valid_until",
    dishonest=False,
)
PENALTY_KIND: Final = Kind(
    "penalty", "行政处罚", "CF", PENALTY, ("authority", "document_no"), "max_until"
)
RATING_KIND: Final = Kind(
    "rating",
    "信用评价",
    "PJ",
    RATING,
    ("authority", "rating_type", "scheme", "decided_on"),
    "valid_until",
    dishonest=False,
)
DISHONESTY_KIND: Final = Kind(
    "dishonesty",
    "严重失信主体名单",
    "SX",
    DISHONESTY,
    ("authority", "list_type", "decision_no"),
    "max_until",
)
ABNORMAL_KIND: Final = Kind(
    "abnormal",
    "经营异常名录",
    "YC",
    ABNORMAL,
    ("authority", "decision_no", "reason", "decided_on"),
    "max_until",
)
KINDS: Final[Mapping[str, Kind]] = {
    each.name: each
    for each in (LICENCE_KIND, PENALTY_KIND, RATING_KIND, DISHONESTY_KIND, ABNORMAL_KIND)
}
DISHONEST: Final = tuple(each.name for each in KINDS.values() if each.dishonest)

# What the hub fills in itself: periods by the rules, states by acts.
SET_BY_HUB: Final = frozenset(
    {
        "publish_from",
        "min_until",
        "max_until",
        "repair_state",
        "period_rule",
        "state",
        "end_reason",
        "state_reason",
    }
)
# What a withdrawal keeps beside envelope and id: without a default, and telling of nobody.
_KEPT: Final = frozenset({"record_id", "subject_type", "list_type", "rating_type", "purpose"})


def defaults_of(version: ContractVersion) -> dict[str, Any]:
    """Return the default of each of the contract's own fields that has one."""
    return {
        each["name"]: each["default"]
        for each in json.loads(version.schema)["fields"]
        if "default" in each and each["name"] not in ENVELOPE
    }


def days_of(version: ContractVersion) -> tuple[str, ...]:
    """Return the top-level fields that are days."""
    return tuple(
        spec.path for spec in version.fields if spec.type_name == "date" and "." not in spec.path
    )


def noun_of(kind: Kind, version: ContractVersion) -> Noun:
    """Return the noun; a withdrawal leaves nothing of the subject."""
    emptied = {name: told for name, told in defaults_of(version).items() if name not in _KEPT}
    return Noun(
        name=kind.name,
        topic=kind.topic,
        table=kind.table,
        key=("record_id",),
        emptied=emptied | {"state": "revoked", "end_reason": "listed_in_error"},
        reason="state_reason",
        days=days_of(version),
    )


def repaired(noun: Noun) -> dict[str, Any]:
    """Return what a granted repair leaves of a record on its topic."""
    return dict(noun.emptied) | {
        "state": "repaired",
        "end_reason": "repaired",
        "repair_state": "granted",
    }
