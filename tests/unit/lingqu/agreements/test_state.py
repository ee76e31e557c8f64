"""The compiled state on its topic."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lingqu.agreements.masks import FieldMask, MaskStep
from lingqu.agreements.model import Limits
from lingqu.agreements.state import (
    AgreementState,
    DeliveryState,
    PartyState,
    RuleState,
)
from lingqu.errors import ContractError

STATE = AgreementState(
    agreement="reading-to-south",
    version=2,
    state="active",
    valid_from_ms=1000,
    valid_until_ms=2000,
    provider=PartyState("north-office", "43"),
    recipient=PartyState("south-office", "44"),
    contract="demo.reading",
    contract_version="1.0",
    topic="demo.reading.v1",
    subject="demo.reading.v1-value",
    key=("site",),
    partitions=6,
    rules=(RuleState("positive", "count > 0", "count must be positive"),),
    schema='{"type":"record"}',
    feed="reading-south",
    paused=False,
    filter=None,
    view={"fields": "all"},
    derived_schema='{"type":"record"}',
    masks=(FieldMask("serial", (MaskStep("keep_first", 1), MaskStep("keep_last", 2))),),
    withheld=("keeper",),
    hidden_key_fields=(),
    discloses_all=False,
    view_digest="00",
    skipped_rules=(),
    delivery=DeliveryState("file-sink", {"folder": "/srv"}, "exactly_once", "earliest"),
    pseudonym_key="sealed",
    dead_letter_key="sealed",
    transit=False,
)


def test_a_state_comes_back_from_its_topic_as_it_went() -> None:
    assert AgreementState.decode(STATE.encode()) == STATE


def test_limits_are_part_of_a_state_only_where_there_are_any() -> None:
    held = replace(STATE, delivery=replace(STATE.delivery, limits=Limits(events_per_s=100)))

    assert "limits" not in json.loads(STATE.encode())["delivery"]
    assert json.loads(held.encode())["delivery"]["limits"] == {"events_per_s": 100}
    assert AgreementState.decode(held.encode()) == held


def test_a_state_with_an_unknown_member_is_refused_since_it_may_be_a_restriction() -> None:
    later = json.dumps({**json.loads(STATE.encode()), "quota": 10})

    with pytest.raises(ContractError, match=r"quota.*different versions of lingqu"):
        AgreementState.decode(later.encode())


@pytest.mark.parametrize("payload", [b"", b"null", b"{}", b"\xff"])
def test_a_state_that_is_none_is_refused(payload: bytes) -> None:
    with pytest.raises(ContractError, match=r"lingqu\.agreement\.v1"):
        AgreementState.decode(payload)


@pytest.mark.parametrize(
    ("now_ms", "change", "flows"),
    [
        (1000, {}, True),
        (1999, {}, True),
        (999, {}, False),
        (2000, {}, False),
        (1500, {"paused": True}, False),
        (1500, {"state": "suspended"}, False),
        (1500, {"state": "countersigned"}, False),
    ],
)
def test_data_flows_only_under_an_active_agreement_within_its_term(
    now_ms: int, change: dict[str, object], flows: bool
) -> None:
    state = replace(STATE, **change)  # type: ignore[arg-type]  # members of the table above

    assert state.flows_at(now_ms) is flows
