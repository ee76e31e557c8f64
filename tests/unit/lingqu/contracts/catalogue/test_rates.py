from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.support.builders import NOON, contract_folder

from lingqu.contracts.catalogue.rates import Rate, mounting_rate, timeliness_rate
from lingqu.contracts.loader import load_catalogue
from lingqu.contracts.model import CatalogueEntry, Contract, Sla


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    return load_catalogue(contract_folder(tmp_path)).contract("demo.reading")


def named(contract: Contract, name: str, cycle: str = "", share_type: str = "") -> Contract:
    return replace(
        contract, name=name, entry=CatalogueEntry(update_cycle=cycle, share_type=share_type)
    )


def test_an_entry_is_mounted_by_its_release_or_by_an_agreement(contract: Contract) -> None:
    entries = [
        replace(named(contract, "a.released"), status="released"),
        named(contract, "a.agreed"),
        named(contract, "a.alone"),
        named(contract, "a.secret", share_type="不予"),
    ]
    rate = mounting_rate(entries, {"a.agreed", "a.secret"})
    assert rate == Rate(2, 3, ("a.alone",))
    assert rate.percent == 66.7


def test_an_entry_is_in_time_within_its_cycle_and_latency(contract: Contract) -> None:
    entries = [
        named(contract, "a.fresh", "每日"),
        replace(named(contract, "a.borne", "每日"), sla=Sla(latency_s=3600)),
        named(contract, "a.late", "每日"),
        named(contract, "a.silent", "每月"),
        named(contract, "a.live", "实时"),
        named(contract, "a.unsaid"),
    ]
    newest = {
        "a.fresh": NOON - timedelta(days=1),
        "a.borne": NOON - timedelta(days=1, hours=1),
        "a.late": NOON - timedelta(days=1, seconds=1),
        "a.live": NOON - timedelta(days=100),
    }
    assert timeliness_rate(entries, newest, NOON) == Rate(2, 4, ("a.late", "a.silent"))


def test_of_nothing_there_is_no_share() -> None:
    assert mounting_rate([], ()).percent is None
