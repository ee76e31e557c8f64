"""The models of REST are those of the contracts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from lingqu.contracts.loader import load_catalogue
from lingqu.domain_service.endpoints.declaring import Stated
from lingqu_customs.declarations.complete import FOLDED
from lingqu_customs.endpoints.stated import stated_model

CATALOGUE = load_catalogue(Path(__file__).parents[4] / "schemas")


def model(event: str, *left_out: str) -> type[Stated]:
    return stated_model(CATALOGUE.contract(f"customs.{event}"), left_out=left_out)


DECLARATION = model("declaration", *FOLDED)
LEVEL = model("aeo")
DECLARED: dict[str, Any] = {
    "declaration_no": "E20260000000000001",
    "direction": "export",
    "source": "customs_notice",
    "declare_office": "4900",
}


EVENTS = ["declaration", "amendment", "transit", "inspection", "aeo"]


@pytest.mark.parametrize("event", EVENTS)
def test_the_example_that_is_shown_is_taken(event: str) -> None:
    made = model(event)
    (example,) = made.model_json_schema()["examples"]

    assert made.model_validate(example).document()


@pytest.mark.parametrize("event", EVENTS)
def test_every_contract_has_a_model_with_its_words(event: str) -> None:
    schema = model(event).model_json_schema()

    assert "event_id" not in schema["properties"]
    assert all(each["description"] for each in schema["properties"].values())


def test_what_is_left_out_takes_its_default() -> None:
    document = DECLARATION.model_validate(DECLARED).document()

    assert document["document_kind"] == "declaration"
    assert document["hs4"] == []
    assert document["total_fen"] is None
    assert not set(FOLDED) & document.keys()


def test_instants_and_days_become_numbers() -> None:
    declared = datetime(2026, 6, 1, tzinfo=UTC)
    level = {
        "enterprise_code": "91430102616831072Q",
        "valid_from": date(1970, 1, 11),
        "scheme": "251",
        "level": "other",
        "office": "4900",
        "decided_on": "1970-01-10",
    }

    one = DECLARATION.model_validate(DECLARED | {"declared_at": declared}).document()
    other = LEVEL.model_validate(level).document()

    assert one["declared_at"] == declared.timestamp() * 1000
    assert (other["valid_from"], other["decided_on"]) == (10, 9)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("direction", "sideways"),
        ("state", "cleared"),
        ("declare_office", None),
        ("declared_at", "2026-06-01T10:00:00"),
        ("declared_at", "9999-12-31T23:59:59Z"),
        ("total_fen", 2**63),
        ("gross_weight_kg", float("inf")),
        ("owner_name", "a\x00b"),
        ("hs4", ["0203"] * 501),
        ("goods", [{"hs": "1"}]),
        ("event_id", "1"),
    ],
)
def test_what_the_contract_does_not_take_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValidationError):
        DECLARATION.model_validate(DECLARED | {field: value})
