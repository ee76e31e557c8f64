"""Agreements whose connector is a source: they bring in, and are declared where they do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.lingqu_control.desks import CLEARED, agreement, apply, desk, document, published

from lingqu.errors import ContractError

FILES = {"connector": "file-source", "options": {"folder": "/srv/in"}}
OFFICE = {"partner": "north-office", "region": "43"}
SOUTH = {"partner": "south-office", "region": "44"}


def from_south(**more: Any) -> dict[str, Any]:
    return agreement(
        **{"provider": SOUTH, "recipient": OFFICE, "delivery": FILES, "view": CLEARED, **more}
    )


def test_a_partners_files_are_taken_in_for_this_hub(tmp_path: Path) -> None:
    one = desk(tmp_path)

    apply(one, document(from_south()))

    (state,) = published(one)
    assert (state.delivery.connector, state.recipient.region) == ("file-source", "43")


def test_offices_of_this_region_may_each_have_a_source_for_one_contract(tmp_path: Path) -> None:
    one = desk(tmp_path)
    own = {"provider": OFFICE, "recipient": OFFICE, "delivery": FILES, "view": CLEARED}

    applied = apply(one, document(agreement(**own), agreement(id="b", feed="b", **own)))

    assert [each.state for each in applied.agreements] == ["active", "active"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (agreement(recipient=OFFICE), "in one region; an agreement joins two, but for one whose"),
        (agreement(delivery=FILES), "brings events in, and recipient.region 44 is not this hub's"),
        (from_south(filter="value > 1.0"), "filter: .*takes in all that is there; leave"),
        (from_south(view=agreement()["view"]), "nothing hides operator; clear all fields"),
        (
            from_south(delivery={**FILES, "limits": {"events_per_s": 9}}),
            "limits: file-source takes in at its own pace, and limits hold what is sent; leave",
        ),
    ],
)
def test_terms_that_a_source_cannot_keep_are_refused(
    tmp_path: Path, wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(ContractError, match=said):
        apply(desk(tmp_path), document(wrong))


def test_what_a_partners_hub_sends_may_be_named_by_its_source_too(tmp_path: Path) -> None:
    kafka = {"connector": "kafka-source", "options": {"topic": "arrivals"}}
    view = agreement()["view"]

    applied = apply(desk(tmp_path), document(from_south(delivery=kafka, view=view)))

    assert applied.agreements[0].state == "active"
