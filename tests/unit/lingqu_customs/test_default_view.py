"""What a partner sees unless more is agreed: status, office, time, and goods by heading."""

from __future__ import annotations

from pathlib import Path

import pytest

from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import Contract, FieldSpec
from lingqu_customs.declarations.statuses import OF_OTHERS

CATALOGUE = load_catalogue(Path(__file__).parents[3] / "schemas")
CONTRACTS = [each for each in CATALOGUE if each.domain == "customs"]
SECRETS = {"counterparty", "contract_no", "bill_no", "total_fen", "currency", "trade_terms"}


def fields(name: str) -> list[FieldSpec]:
    found = CATALOGUE.contract(f"customs.{name}").latest().fields
    return [spec for spec in found if "." not in spec.path]


def is_open(spec: FieldSpec) -> bool:
    return spec.grade == 1 and spec.kind == "none"


def test_the_open_fields_are_status_office_time_and_heading() -> None:
    envelope = 7
    assert [spec.path for spec in fields("declaration")[envelope:] if is_open(spec)] == [
        "declaration_no",
        "statement",
        "document_kind",
        "customs_no",
        "direction",
        "source",
        "consignment_no",
        "state",
        "guaranteed",
        "anomaly",
        "receipt",
        "declare_office",
        "entry_exit_office",
        "clearance_mode",
        "declared_at",
        "transport_mode",
        "hs4",
    ]


def test_price_counterparty_and_contract_are_commercial_secrets() -> None:
    secret = {spec.path: spec for spec in fields("declaration") if spec.path in SECRETS}

    assert secret.keys() == SECRETS
    assert {(spec.grade, spec.kind) for spec in secret.values()} == {(3, "commercial")}


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda each: each.name)
def test_whatever_is_not_open_may_be_withheld(contract: Contract) -> None:
    closed = [spec for spec in fields(contract.event) if not is_open(spec)]

    assert [spec.path for spec in closed if not spec.has_default] == []


def test_what_another_region_declared_is_told_on_by_its_open_fields() -> None:
    open_fields = {spec.path for spec in fields("declaration") if is_open(spec)}

    assert set(OF_OTHERS) <= open_fields
