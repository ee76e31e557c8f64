"""What an agreement promises for an outage and for replay, against what the topic keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.lingqu_control.desks import agreement, apply, desk, document
from tests.unit.lingqu_control.test_apply_sources import from_south

from lingqu.agreements.model import Agreement
from lingqu.errors import ContractError

FOLDER = agreement()["delivery"]


def promising(**days: int) -> dict[str, Any]:
    return agreement(delivery={**FOLDER, **days})


@pytest.mark.parametrize(
    ("kept", "wanted", "said"),
    [
        (30, promising(outage_days=14, replay_days=17), "14 days of outage and 17 of replay need"),
        (30, promising(outage_days=14, replay_days=17), "for 31 days, and demo.reading keeps them"),
        (30, promising(replay_days=27), "keeps them for 30; raise its retention_days to 31, or"),
        (3, agreement(), "4 days of outage and 0 of replay need the events for 4 days"),
    ],
)
def test_more_than_the_topic_keeps_is_not_promised(
    tmp_path: Path, kept: int, wanted: dict[str, Any], said: str
) -> None:
    with pytest.raises(ContractError, match=said):
        apply(desk(tmp_path, retention_days=kept), document(wanted))


@pytest.mark.parametrize(
    "wanted", [promising(outage_days=14, replay_days=16), from_south()], ids=["sink", "source"]
)
def test_what_the_topic_keeps_may_be_promised(tmp_path: Path, wanted: dict[str, Any]) -> None:
    applied = apply(desk(tmp_path, retention_days=30), document(wanted))

    assert applied.agreements[0].state == "active"


def test_what_is_not_promised_is_not_in_what_is_signed() -> None:
    silent = Agreement.model_validate(agreement()).document()["delivery"]
    told = Agreement.model_validate(promising(outage_days=7)).document()["delivery"]

    assert silent.keys() == {"connector", "options", "guarantee", "start"}
    assert told == {**silent, "outage_days": 7}
