from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lingqu.errors import ContractError
from lingqu.signing.documents import (
    Signature,
    canonical,
    countersign,
    sign,
    verify,
    verify_countersignature,
)
from lingqu.signing.suites import SigningKey, suite

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
DOCUMENT = {"title": "共享", "version": 1, "view": {"fields": ["b", "a"]}}
PROVIDER = SigningKey("provider-1", suite("ed25519").generate())
RECIPIENT = SigningKey("recipient-1", suite("ed25519").generate())


def signed() -> Signature:
    return sign(DOCUMENT, PROVIDER, signer="provider", now=NOW)


def test_one_document_has_one_form_however_it_is_written() -> None:
    assert (
        canonical({"b": 1.0, "a": "é"})
        == canonical({"a": "é", "b": 1})
        == '{"a":"é","b":1}'.encode()
    )


def test_a_signature_holds_for_the_document_in_any_order_of_members() -> None:
    reordered = dict(reversed(DOCUMENT.items()))
    assert verify(reordered, signed(), PROVIDER.public_pem)


def test_a_changed_document_is_noticed() -> None:
    assert not verify({**DOCUMENT, "version": 2}, signed(), PROVIDER.public_pem)


def test_another_s_key_does_not_verify() -> None:
    assert not verify(DOCUMENT, signed(), RECIPIENT.public_pem)


@pytest.mark.parametrize(
    "change",
    [
        {"signer": "recipient"},
        {"key_id": "provider-2"},
        {"signed_at": (NOW + timedelta(days=1)).isoformat()},
        {"value": "AAAA"},
        {"value": "not base64!"},
    ],
)
def test_who_signed_and_when_cannot_be_changed_afterwards(change: dict[str, str]) -> None:
    changed = signed().model_copy(update=change)
    assert not verify(DOCUMENT, changed, PROVIDER.public_pem)


def test_a_countersignature_holds_for_the_document_and_the_first_signature() -> None:
    first = signed()
    second = countersign(DOCUMENT, first, RECIPIENT, signer="recipient", now=NOW)

    assert verify_countersignature(DOCUMENT, first, second, RECIPIENT.public_pem)


def test_a_countersignature_does_not_hold_for_another_first_signature() -> None:
    first, later = signed(), sign(DOCUMENT, PROVIDER, signer="provider", now=NOW.replace(hour=9))
    second = countersign(DOCUMENT, first, RECIPIENT, signer="recipient", now=NOW)

    assert not verify_countersignature(DOCUMENT, later, second, RECIPIENT.public_pem)


def test_a_signature_is_no_countersignature_nor_the_reverse() -> None:
    first = signed()
    second = countersign(DOCUMENT, first, PROVIDER, signer="provider", now=NOW)

    assert not verify(DOCUMENT, second, PROVIDER.public_pem)
    assert not verify_countersignature(DOCUMENT, first, first, PROVIDER.public_pem)


@pytest.mark.parametrize("value", [float("nan"), 2**60, "\ud800", {1: "number as name"}, object()])
def test_what_json_cannot_say_in_one_way_is_refused(value: object) -> None:
    with pytest.raises(ContractError, match="canonical"):
        canonical({"value": value})
