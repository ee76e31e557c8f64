from __future__ import annotations

from datetime import UTC, date, datetime

import orjson
import pytest
from pydantic import AwareDatetime, BaseModel, ValidationError
from tests.support.licences import LICENCE, licence

from lingqu.domain_service.endpoints.declaring import Stated, Text, answer, shown
from lingqu.domain_service.statements.declarations import Declared
from lingqu.errors import Reason


class PartIn(BaseModel):
    """A part of what is stated."""

    made_on: date


class LicenceIn(Stated):
    """What is stated."""

    granted_on: date
    heard_at: AwareDatetime
    parts: list[PartIn]
    scope: Text | None = None


def test_what_is_stated_becomes_what_events_carry() -> None:
    stated = LicenceIn(
        granted_on=date(2024, 3, 1),
        heard_at=datetime(2024, 3, 1, tzinfo=UTC),
        parts=[PartIn(made_on=date(1970, 1, 2))],
    )
    assert stated.document() == {
        "granted_on": 19783,
        "heard_at": 1_709_251_200_000,
        "parts": [{"made_on": 1}],
        "scope": None,
    }


def test_a_name_that_is_not_known_is_refused() -> None:
    told = {"granted_on": "2024-03-01", "heard_at": "2024-03-01T00:00:00Z", "parts": []}
    with pytest.raises(ValidationError, match="extra_forbidden"):
        LicenceIn.model_validate({**told, "event_id": "mine"})


def test_a_text_that_no_database_keeps_is_refused() -> None:
    told = {"granted_on": "2024-03-01", "heard_at": "2024-03-01T00:00:00Z", "parts": []}
    assert LicenceIn.model_validate({**told, "scope": " 零售\n批发 "}).scope == "零售\n批发"
    with pytest.raises(ValidationError, match="string_pattern_mismatch"):
        LicenceIn.model_validate({**told, "scope": "a\x00b"})


def test_a_page_shows_days_and_instants_as_people_read_them() -> None:
    document = licence(occurred_at=0, heard_at=1_709_251_200_000)
    (item,) = shown(LICENCE, [document], None)["items"]
    assert (item["granted_on"], item["heard_at"], item["occurred_at"]) == (
        "2024-03-01",
        "2024-03-01T00:00:00+00:00",
        "1970-01-01T00:00:00+00:00",
    )


def test_the_answer_says_what_each_came_to_or_why_none_was_taken() -> None:
    taken = answer(Declared([("first", "e-1")], {}))
    assert orjson.loads(bytes(taken.body)) == {
        "results": [{"index": 0, "outcome": "first", "event_id": "e-1"}]
    }
    refused = answer(Declared((), {1: Reason("rule_broken", "no refund", "r", "fee_fen")}))
    told = orjson.loads(bytes(refused.body))
    assert (refused.status_code, told["refused"][0]["index"]) == (422, 1)
    assert "nothing was taken: no refund" in told["detail"]
