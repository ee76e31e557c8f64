"""Suspending, ending, pausing and expiring: each is published, and nothing happens twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.support.clock import FakeClock
from tests.unit.lingqu_control.desks import CLEARED, agreement, apply, desk, document, published

from lingqu.contracts.model import Catalogue
from lingqu.errors import ConflictError, InputError, NotFoundError
from lingqu_control.desk import Desk
from lingqu_control.hub import Hub
from lingqu_control.moves import expire_agreements, publish_all

ID, FEED = "reading-to-south", "reading-south"


@pytest.fixture
def one(tmp_path: Path) -> Desk:
    made = desk(tmp_path)
    apply(made, document(agreement()))
    return made


def test_a_suspended_agreement_flows_no_more_until_it_is_resumed(one: Desk) -> None:
    one.move(ID, "suspended", None)
    one.move(ID, "active", None)

    states = published(one)
    assert [state.flows_at(one.hub.now_ms()) for state in states] == [True, False, True]


def test_a_move_to_where_it_is_changes_nothing(one: Desk) -> None:
    one.move(ID, "suspended", None)
    one.move(ID, "suspended", None)

    assert len(published(one)) == 2


def test_ending_needs_a_reason_and_is_final(one: Desk) -> None:
    with pytest.raises(InputError, match="needs a reason"):
        one.move(ID, "revoked", None)
    assert one.move(ID, "revoked", "no longer lawful").state == "revoked"

    with pytest.raises(ConflictError, match="it can become nothing any more"):
        one.move(ID, "active", None)
    with pytest.raises(ConflictError, match="is revoked, which is final"):
        apply(one, document(agreement(version=2, view=CLEARED)))
    assert one.detail(ID).history[-1].reason == "no longer lawful"


def test_a_pending_amendment_ends_with_the_agreement(tmp_path: Path) -> None:
    one = desk(tmp_path)
    apply(one, document(agreement()))
    production = Desk(_without_signer(one), one.store)
    apply(production, document(agreement(version=2, view=CLEARED)))

    production.move(ID, "revoked", "no longer lawful")

    versions = one.detail(ID).versions
    assert [(each.version, each.state) for each in versions] == [(1, "revoked"), (2, "withdrawn")]


def test_an_amendment_under_way_leaves_the_active_version_in_force(tmp_path: Path) -> None:
    one = desk(tmp_path)
    apply(one, document(agreement()))
    production = Desk(_without_signer(one), one.store)

    applied = apply(production, document(agreement(version=2, view=CLEARED))).agreements[0]

    assert (applied.version, applied.state) == (2, "draft")
    assert one.detail(ID).agreement.version == 1
    assert [state.version for state in published(one)] == [1]


def test_a_paused_feed_is_published_once_and_resumes(one: Desk) -> None:
    assert one.pause(FEED, paused=True).flows is False
    one.pause(FEED, paused=True)
    assert one.pause(FEED, paused=False).flows is True

    assert [state.paused for state in published(one)] == [False, True, False]


def test_what_does_not_exist_is_said_with_what_does(one: Desk) -> None:
    with pytest.raises(NotFoundError, match=f"no feed named 'x'; there are: {FEED}"):
        one.pause("x", paused=True)
    with pytest.raises(NotFoundError, match=f"no agreement named 'x'; there are: {ID}"):
        one.move("x", "suspended", None)


def test_a_term_that_has_ended_expires_the_agreement(one: Desk) -> None:
    assert isinstance(one.hub.clock, FakeClock)
    one.hub.clock.advance(
        (datetime(2099, 12, 31, 16, tzinfo=UTC) - one.hub.clock.now()).total_seconds()
    )

    with one.writing() as records:
        assert expire_agreements(records, one.hub) == 1
        assert expire_agreements(records, one.hub) == 0

    assert published(one)[-1].state == "expired"


def test_everything_can_be_published_again(one: Desk) -> None:
    one.move(ID, "suspended", None)

    with one.writing() as records:
        assert publish_all(records) == 1

    assert [state.state for state in published(one)] == ["active", "suspended", "suspended"]


def test_an_agreement_can_be_stopped_when_its_contract_has_gone(one: Desk) -> None:
    bare = Desk(_with_contracts(one, Catalogue({})), one.store)

    bare.move(ID, "revoked", "its contract is gone")

    last = published(one)[-1]
    assert (last.state, last.contract) == ("revoked", "demo.reading")


def _without_signer(one: Desk) -> Hub:
    return replace(one.hub, signer=None)


def _with_contracts(one: Desk, catalogue: Catalogue) -> Hub:
    return replace(one.hub, catalogue=catalogue)
