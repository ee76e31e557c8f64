"""A statement made ready: codes and law checked, its record named, its period reckoned."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Self

from lingqu.contracts.model import ContractVersion
from lingqu.domain_service.identities.citizen import citizen_id_problem
from lingqu.domain_service.identities.uscc import RULE as USCC_RULE
from lingqu.domain_service.identities.uscc import uscc_problem
from lingqu.domain_service.statements.noun import Document
from lingqu.errors import Reason
from lingqu.instants import day_at, days
from lingqu_credit.measures.closed_list import ClosedList, load_closed_list
from lingqu_credit.periods.reckoning import Decided, reckon
from lingqu_credit.periods.rules import PeriodRules, load_periods
from lingqu_credit.records.kinds import Kind, defaults_of
from lingqu_credit.records.record_id import belongs, record_id
from lingqu_credit.records.states import ENDED
from lingqu_credit.subjects.masking import HIDDEN, MASKS
from lingqu_credit.subjects.persons import Persons, load_persons

_USCC_FIELDS = ("uscc", "authority_uscc", "source_organisation_uscc")
_DOCUMENTS = (
    ("person_id_no", "person_id_type"),
    ("legal_representative_id_no", "legal_representative_id_type"),
)
_IDENTITY_CARDS = frozenset({"身份证", "居民身份证", "公民身份证", "", None})
# Only acts of their own change these, no new statement does.
SET_BY_ACTS: Final = ("state", "end_reason", "state_reason", "repair_state")
_CODES = ("uscc", "registration_no", "organisation_code", "person_id_no", "subject_name")


@dataclass(frozen=True, slots=True)
class Tables:
    """What law and practice give."""

    periods: PeriodRules
    measures: ClosedList
    persons: Persons

    @classmethod
    def load(cls, folder: Path | None = None) -> Self:
        """Return the operator's tables where the folder holds them, else those that ship."""
        return cls(load_periods(folder), load_closed_list(folder), load_persons(folder))


class _RefusedError(Exception):
    def __init__(self, rule: str, field: str | None, detail: str) -> None:
        told = detail if field is None else f"{field}: {detail}"
        super().__init__(told)
        self.reason = Reason("rule_broken", told, rule, field)


class Preparing:
    """Prepares statements of one kind for one hub; pure, and for any number of threads."""

    def __init__(
        self, kind: Kind, version: ContractVersion, tables: Tables, region: str, id_key: bytes
    ) -> None:
        self._kind = kind
        self._defaults = defaults_of(version)
        if "measures" in self._defaults:
            self._defaults["measures"] = None  # nothing is said of them
        self._fields = {spec.path for spec in version.fields}
        self._masks = [(field, mask) for field, mask in MASKS.items() if field in self._defaults]
        self._tables = tables
        self._region = region
        self._id_key = id_key

    def named(self, statement: Document) -> Document:
        """Return the statement with all its fields and its record's id."""
        told = self._defaults | statement
        if not told.get("record_id"):
            code = next((told[name] for name in _CODES if told.get(name)), "")
            parts = [str(told.get(name) or "") for name in self._kind.naming]
            told["record_id"] = record_id(
                self._region, self._kind.letters, self._id_key, [*parts, code]
            )
        return told

    def ready(self, named: Document, stands: Document | None, today: int) -> Document | Reason:
        """Return the statement as it may be declared, or why not; `today` is a day since 1970.

        What `stands` of the record keeps its state, its measures where the statement says nothing
        of them, and what the statement repeats as this hub masks it.
        """
        try:
            self._check_id(named)
            told = self._with_state(named, stands)
            self._unmask(told, stands)
            self._check_codes(told)
            self._check_person(told)
            if "measures" in told:
                told["measures"] = self._measures(told["measures"], stands)
            if self._kind.dishonest:
                self._add_period(told)
            self._check_end(told, today)
        except _RefusedError as refused:
            return refused.reason
        return told

    def _check_id(self, told: Mapping[str, Any]) -> None:
        if not belongs(told["record_id"], self._region):
            raise _RefusedError(
                "record_of_this_region",
                "record_id",
                f"ids of this hub's records begin with {self._region}-; leave it out of a new"
                " record, and another region's record to that region",
            )

    def _check_codes(self, told: Mapping[str, Any]) -> None:
        for field in _USCC_FIELDS:
            code = told.get(field)
            if code is not None and (problem := uscc_problem(code)) is not None:
                raise _RefusedError(USCC_RULE, field, problem)
        for field, document in _DOCUMENTS:
            number = told.get(field)
            if number is None or told.get(document) not in _IDENTITY_CARDS:
                continue
            if (problem := citizen_id_problem(number)) is not None:
                raise _RefusedError("identity_number", field, problem)

    def _check_person(self, told: Mapping[str, Any]) -> None:
        if told.get("subject_type") != "natural_person" or "person_basis" not in self._fields:
            return
        problem = self._tables.persons.problem(
            self._kind.name, told.get("list_type") or "", told["person_basis"]
        )
        if problem is not None:
            raise _RefusedError("person_allowed_by_law", "person_basis", problem)

    def _with_state(self, told: Document, stands: Document | None) -> Document:
        if stands is None:
            return told | {"state": "effective", "end_reason": None, "repair_state": "none"}
        if stands["state"] in ENDED:
            raise _RefusedError(
                "record_has_ended",
                "state",
                f"the record is {stands['state']}; what has ended is not stated again",
            )
        return told | {name: stands[name] for name in SET_BY_ACTS}

    def _unmask(self, told: Document, stands: Document | None) -> None:
        """Put in clear what comes back as answers and exports show it.

        What is masked never takes the place of something that is in clear.
        """
        if stands is None:
            return
        for field, mask in self._masks:
            said, clear = told[field], stands.get(field)
            if not said or HIDDEN not in said or not clear:
                continue
            if mask(clear) != said:
                raise _RefusedError(
                    "nothing_masked", field, "is masked with *, and not what stands; write it out"
                )
            told[field] = clear

    def _measures(
        self, stated: Sequence[Mapping[str, Any]] | None, stands: Document | None
    ) -> list[dict[str, Any]]:
        if stated is None:
            stated = stands["measures"] if stands else ()
        return [self._measure(each) for each in stated]

    def _measure(self, told: Mapping[str, Any]) -> dict[str, Any]:
        edition, code = told["edition"], told["measure_code"]
        problem = self._tables.measures.problem(edition, code)
        if problem is not None:
            raise _RefusedError("measure_in_the_closed_list", "measures", problem)
        item = self._tables.measures.item(edition, code)
        return {**told, "item": item, "until": told.get("until")}

    def _add_period(self, told: Document) -> None:
        decided_on = told.get("decided_on")
        if decided_on is None:
            raise _RefusedError("decision_has_a_day", "decided_on", "the decision has no day")
        grade, until = told.get("grade"), told.get("publish_until")
        period = reckon(
            self._tables.periods,
            Decided(
                self._kind.name,
                day_at(decided_on),
                None if grade in {None, "none"} else grade,
                None if until is None else day_at(until),
                told.get("penalty_type") or "",
                (told.get("fine_fen") or 0) + (told.get("confiscated_fen") or 0),
                told.get("procedure") or "ordinary",
                told.get("list_type") or "",
            ),
        )
        if isinstance(period, str):
            raise _RefusedError("publication_has_an_end", "decided_on", period)
        told |= {
            "grade": period.grade,
            "publish_from": _number(period.publish_from),
            "min_until": _number(period.min_until),
            "max_until": _number(period.max_until),
            "period_rule": period.rule,
        }

    def _check_end(self, told: Document, today: int) -> None:
        end = told.get(self._kind.end)
        if self._kind.dishonest and end is not None and end < today:
            raise _RefusedError(
                "publication_not_over",
                self._kind.end,
                f"its publication ended on {day_at(end)}; it may not be shared any more",
            )


def no_longer_shared(tombstoned: Collection[str]) -> dict[str, Reason]:
    """Return why what was repaired is not taken again, by record."""
    detail = "the record was repaired and its content removed; it may not be stated again"
    return {each: Reason("rule_broken", detail, "repaired_is_gone") for each in tombstoned}


def _number(day: date | None) -> int | None:
    return None if day is None else days(day)
