"""Applying documents: what is stored, signed and published, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.lingqu_control.desks import (
    CLEARED,
    agreement,
    apply,
    desk,
    document,
    partner,
    published,
)

from lingqu.agreements.lifecycle import TO_ACTIVE
from lingqu.errors import ConflictError, ContractError
from lingqu.signing.documents import Signature, verify, verify_countersignature


def test_the_demo_profile_signs_for_both_and_activates(tmp_path: Path) -> None:
    one = desk(tmp_path)

    applied = apply(one, document(agreement()))

    assert [each.change for each in applied.partners] == ["created", "created"]
    assert (applied.agreements[0].change, applied.agreements[0].state) == ("created", "active")
    detail = one.detail("reading-to-south")
    assert [move.to_state for move in detail.history] == ["draft", *TO_ACTIVE]
    provider, recipient = detail.signatures
    first = Signature.model_validate(provider.signature)
    second = Signature.model_validate(recipient.signature)
    assert verify(detail.document, first, provider.public_key)
    assert verify_countersignature(detail.document, first, second, recipient.public_key)


def test_an_active_agreement_is_published_with_its_view_and_keys(tmp_path: Path) -> None:
    one = desk(tmp_path)

    apply(one, document(agreement(filter="value > 5.0")))

    (state,) = published(one)
    assert (state.state, state.feed, state.topic) == ("active", "reading-south", "demo.reading.v1")
    assert state.withheld == ("operator",)
    assert state.flows_at(one.hub.now_ms())
    key = one.hub.key.open(state.pseudonym_key, state.pseudonym_context)
    assert key == one.hub.key.derive("pseudonym", "south-office")
    assert len(one.hub.key.open(state.dead_letter_key, state.dead_letter_context)) == 32


def test_the_same_document_twice_changes_nothing(tmp_path: Path) -> None:
    one = desk(tmp_path)
    apply(one, document(agreement()))

    again = apply(one, document(agreement()))

    assert [each.change for each in again.partners] == ["unchanged", "unchanged"]
    assert [each.change for each in again.agreements] == ["unchanged"]
    assert len(published(one)) == 1


def test_production_leaves_a_draft_and_says_what_is_next(tmp_path: Path) -> None:
    one = desk(tmp_path, demo=False)

    applied = apply(one, document(agreement())).agreements[0]

    assert (applied.state, applied.next) == (
        "draft",
        "the recipient submits it to its data authority",
    )
    assert published(one) == []
    assert one.detail("reading-to-south").signatures == []


def test_a_draft_may_be_rewritten_in_its_version(tmp_path: Path) -> None:
    one = desk(tmp_path, demo=False)
    apply(one, document(agreement()))

    applied = apply(one, document(agreement(purpose="another"))).agreements[0]

    assert (applied.change, applied.version, applied.state) == ("updated", 1, "draft")
    assert one.detail("reading-to-south").document["purpose"] == "another"


def test_a_changed_active_agreement_needs_the_next_version(tmp_path: Path) -> None:
    one = desk(tmp_path)
    apply(one, document(agreement()))

    with pytest.raises(ConflictError, match=r"agreements\[0\].*active; write the change.*: 2"):
        apply(one, document(agreement(view=CLEARED)))
    amended = apply(one, document(agreement(view=CLEARED, version=2))).agreements[0]

    assert (amended.change, amended.state) == ("amended", "active")
    versions = one.detail("reading-to-south").versions
    assert [(each.version, each.state) for each in versions] == [(1, "expired"), (2, "active")]
    assert [(each.version, each.withheld) for each in published(one)] == [
        (1, ("operator",)),
        (2, ()),
    ]


@pytest.mark.parametrize("version", [1, 3])
def test_versions_count_by_one(tmp_path: Path, version: int) -> None:
    one = desk(tmp_path)
    apply(one, document(agreement()))

    with pytest.raises(ConflictError, match="version: 2"):
        apply(one, document(agreement(version=version, purpose="another")))


def test_the_feed_of_an_agreement_stays_its_own(tmp_path: Path) -> None:
    one = desk(tmp_path)
    apply(one, document(agreement()))

    with pytest.raises(ConflictError, match="feed cannot change"):
        apply(one, document(agreement(version=2, feed="other")))
    with pytest.raises(ConflictError, match="belongs to agreement 'reading-to-south'"):
        apply(one, document(agreement(id="second")))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"contract": "demo.unknown"}, "no contract named 'demo.unknown'"),
        ({"contract_version": "1.7"}, "has no version 1.7"),
        ({"filter": "valu > 1.0"}, "filter: no field 'valu'; do you mean value"),
        (
            {"filter": "parts.exists(part, part.amout > 1.0)"},
            "filter: no field 'amout' in 'parts'; do you mean amount",
        ),
        ({"filter": "value >"}, "filter: not a CEL expression"),
        ({"view": {**CLEARED, "fields": ["valve"]}}, "no field 'valve'; do you mean value"),
        ({"view": {**CLEARED, "masks": {"station": "redact"}}}, "record key"),
        ({"delivery": {"connector": "file-sink"}}, "option 'folder'"),
        ({"delivery": {"connector": "pigeon"}}, "no connector named 'pigeon'"),
        ({"valid_until": "2020-01-02"}, "valid_until: 2020-01-02 has passed"),
        ({"recipient": {"partner": "nobody", "region": "44"}}, "no partner 'nobody'"),
        ({"recipient": {"partner": "south-office", "region": "45"}}, "is in region 44"),
        (
            {
                "provider": {"partner": "north-office", "region": "46"},
                "recipient": {"partner": "south-office", "region": "44"},
            },
            "both foreign to this hub of 43",
        ),
    ],
)
def test_what_cannot_be_carried_out_is_refused_with_its_place(
    tmp_path: Path, wrong: dict[str, Any], said: str
) -> None:
    one = desk(tmp_path)

    with pytest.raises(ContractError, match=said) as caught:
        apply(one, document(agreement(**wrong)))

    assert str(caught.value).startswith("agreements[0] (reading-to-south): ")
    assert published(one) == []


def test_a_document_is_applied_whole_or_not_at_all(tmp_path: Path) -> None:
    one = desk(tmp_path)
    second = agreement(id="second", feed="second", contract="demo.unknown")

    with pytest.raises(ContractError, match=r"agreements\[1\] \(second\)"):
        apply(one, document(agreement(), second))

    assert apply(one, document(agreement())).partners[0].change == "created"


def test_a_document_for_another_hub_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConflictError, match="for the hub of 44, and this is the hub of 43"):
        apply(desk(tmp_path), document(region="44"))


def test_a_partner_may_be_renamed_but_not_moved(tmp_path: Path) -> None:
    one = desk(tmp_path)
    apply(one, document())
    renamed = {**partner("north-office", "43"), "name": "Office of the north"}

    assert apply(one, document(partners=[renamed])).partners[0].change == "updated"
    with pytest.raises(ConflictError, match="is in region 43, which cannot change"):
        apply(one, document(partners=[partner("north-office", "46")]))


def test_the_same_events_do_not_come_in_by_two_ways(tmp_path: Path) -> None:
    one = desk(tmp_path, region="44")
    apply(one, document(agreement(), region="44"))

    with pytest.raises(ConflictError, match="already comes in under agreement 'reading-to-south'"):
        apply(one, document(agreement(id="second", feed="second"), region="44"))


@pytest.mark.parametrize("wish", ["dead_letter", "park_key"])
def test_the_state_says_what_the_contract_wants_done_with_rejected_events(
    tmp_path: Path, wish: str
) -> None:
    one = desk(tmp_path, on_reject=wish)
    apply(one, document(agreement()))
    assert published(one)[-1].on_reject == wish
