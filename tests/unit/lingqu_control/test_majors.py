"""Agreements on a contract that serves two majors for a while."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.builders import schema
from tests.unit.lingqu_control.desks import agreement, apply, desk, document, published

from lingqu.errors import ConflictError, ContractError
from lingqu_control.desk import Desk


@pytest.fixture
def one(tmp_path: Path) -> Desk:
    majors = {1: {"served_until": "2098-06-30"}}
    return desk(tmp_path, versions={"1.0": schema(), "2.0": schema()}, majors=majors)


def test_an_agreement_may_not_outlive_the_major_it_is_signed_for(one: Desk) -> None:
    with pytest.raises(ContractError, match=r"2099-12-31 lies after 2098-06-30, until which demo"):
        apply(one, document(agreement()))

    apply(one, document(agreement(valid_until="2098-06-30")))
    apply(one, document(agreement(id="newer", feed="newer", contract_version="2.0")))

    assert [state.topic for state in published(one)] == ["demo.reading.v1", "demo.reading.v2"]


def test_a_new_version_of_an_agreement_stays_with_its_major(one: Desk) -> None:
    apply(one, document(agreement(valid_until="2098-06-30")))

    with pytest.raises(ConflictError, match="cannot go from major 1 to 2, which is another topic"):
        apply(one, document(agreement(version=2, contract_version="2.0")))
