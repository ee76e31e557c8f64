"""Invented enterprises and people of a region, and the ids of their records."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

from lingqu.domain_service.identities.citizen import check_character as citizen_check
from lingqu.domain_service.identities.uscc import ALPHABET, check_character
from lingqu_credit.periods.reckoning import Decided, Period, last_day, reckon
from lingqu_credit.periods.rules import PeriodRules, load_periods
from lingqu_credit.records.record_id import record_id

# No district has this code, so that nobody has such an identity number.
_NOWHERE = "000000"


class Cast:
    """The subjects of one scene; some codes have a wrong check digit."""

    def __init__(self, region: str, seed: int, count: int, wrong: float) -> None:
        self._region = region
        self._seed = seed
        self._wrong = wrong
        chance = random.Random(f"{seed} {region} cast")  # noqa: S311
        self._codes = [self._code(chance) for _ in range(count)]

    def enterprise(self, chance: random.Random) -> dict[str, Any]:
        """Return the fields of an enterprise."""
        place = chance.randrange(len(self._codes))
        code = self._codes[place]
        if chance.random() < self._wrong:
            code = code[:-1] + ALPHABET[(ALPHABET.index(code[-1]) + 1) % len(ALPHABET)]
        name = f"示例企业{place + 1}号有限公司"
        return {"subject_type": "legal_person", "subject_name": name, "uscc": code}

    def person(self, chance: random.Random, basis: str) -> dict[str, Any]:
        """Return the fields of a natural person, whose record stands on that law."""
        born = f"{chance.randint(1955, 2000)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
        first = f"{_NOWHERE}{born}{chance.randrange(1000):03}"
        return {
            "subject_type": "natural_person",
            "person_name": f"示例{chance.choice('甲乙丙丁戊己庚辛')}",
            "person_id_type": "身份证",
            "person_id_no": first + citizen_check(first),
            "person_basis": basis,
        }

    def record_id(self, letters: str, number: int) -> str:
        """Return the same id for the same number of the same scene."""
        key = f"simulated {self._seed} {self._region}".encode()
        return record_id(self._region, letters, key, [str(number)])

    def _code(self, chance: random.Random) -> str:
        first = "91" + (self._region + "0100")[:6]
        first += "".join(chance.choice(ALPHABET) for _ in range(9))
        return first + check_character(first)


@cache
def _rules() -> PeriodRules:
    return load_periods()


def period_of(decided: Decided, stated_months: int) -> dict[str, Any]:
    """Return the fields of a record's period.

    Before the first rules that ship, its source states the end, so many months after the decision.
    """
    if _rules().on(decided.decided_on) is None:
        decided = decided._replace(stated_until=last_day(decided.decided_on, stated_months))
    period = reckon(_rules(), decided)
    if not isinstance(period, Period):
        raise TypeError(period)
    days = (period.publish_from, period.min_until, period.max_until)
    publish_from, min_until, max_until = (each and each.isoformat() for each in days)
    return {
        "grade": period.grade,
        "publish_from": publish_from,
        "min_until": min_until,
        "max_until": max_until,
        "period_rule": period.rule,
    }
