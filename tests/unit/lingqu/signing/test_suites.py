from __future__ import annotations

from pathlib import Path

import pytest

from lingqu.errors import ConfigurationError, ContractError, NotFoundError
from lingqu.signing.suites import SUITES, SigningKey, suite

# RFC 8032, section 7.1, test 2: one byte signed.
RFC_PUBLIC = (
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n"
    "-----END PUBLIC KEY-----\n"
)
RFC_SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


@pytest.mark.parametrize("name", sorted(SUITES))
def test_a_suite_verifies_what_it_signed_and_nothing_else(name: str) -> None:
    chosen = suite(name)
    private, other = chosen.generate(), chosen.generate()
    signature = chosen.sign(private, b"message")
    public = chosen.public_key(private)

    assert chosen.verify(public, b"message", signature)
    assert not chosen.verify(public, b"massage", signature)
    assert not chosen.verify(public, b"message", signature[:-1])
    assert not chosen.verify(chosen.public_key(other), b"message", signature)


def test_ed25519_is_that_of_the_rfc() -> None:
    assert suite("ed25519").verify(RFC_PUBLIC, b"\x72", RFC_SIGNATURE)


def test_an_unknown_suite_is_named_with_the_known_ones() -> None:
    with pytest.raises(NotFoundError, match=r"'rot13', only ed25519"):
        suite("rot13")


@pytest.mark.parametrize(
    "pem", ["", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"]
)
def test_a_text_that_is_no_public_key_is_refused(pem: str) -> None:
    with pytest.raises(ContractError, match="PEM"):
        suite("ed25519").verify(pem, b"m", bytes(64))


def test_a_text_that_is_no_private_key_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="PEM"):
        suite("ed25519").sign("none", b"m")


def test_a_signing_key_is_made_once_kept_private_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "provider.pem"
    made = SigningKey.load("provider", file)

    assert SigningKey.load("provider", file) == made
    assert file.stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in repr(made)
