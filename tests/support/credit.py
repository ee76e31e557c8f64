"""A credit service with its real database, beside a registry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from tests.support.service import ServiceUnderTest, service_under_test

from lingqu.clock import china_day
from lingqu.domain_service.identities.uscc import check_character
from lingqu_credit.app import create_app
from lingqu_credit.endpoints.examples import example_of
from lingqu_credit.settings import CreditSettings


def code(number: int) -> str:
    """Return a valid social credit code that no other number has."""
    first = f"91430100MA{number:07d}"
    return first + check_character(first)


def recent(days: int = 30) -> str:
    """Return a day so many before today, as rules and clocks of the service see it."""
    return (china_day(datetime.now(UTC)) - timedelta(days=days)).isoformat()


def statement(kind: str, number: int, **told: Any) -> dict[str, Any]:
    """Return a statement of the kind about a subject of its own, decided not long ago."""
    made = example_of(kind) | {"uscc": code(number), "decided_on": recent()}
    if "valid_until" in made:
        made["valid_until"] = recent(-300)
    if "measures" in made:
        made["measures"] = [made["measures"][0] | {"from": recent(), "until": recent(-300)}]
    return made | told


class CreditUnderTest(ServiceUnderTest):
    """A credit service over HTTP."""

    def state(self, kind: str, *statements: dict[str, Any]) -> list[str]:
        """State records; return their ids."""
        results = self.post(f"records/{kind}", list(statements))["results"]
        assert len(results) == len(statements)
        wanted = {each["event_id"] for each in results}
        listed = self.pages(f"records/{kind}")
        by_event = {each["event_id"]: each["record_id"] for each in listed}
        assert wanted <= by_event.keys()
        return [by_event[each["event_id"]] for each in results]

    def restrictions(self, uscc: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"subjects/{uscc}/restrictions")["restrictions"]
        return found


credit_under_test = partial(service_under_test, CreditUnderTest, create_app, CreditSettings)
