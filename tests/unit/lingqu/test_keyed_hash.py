from __future__ import annotations

import hmac

import pytest

from lingqu.keyed_hash import keyed_hash


@pytest.mark.parametrize("octets", [0, 1, 63, 64, 65, 200])
@pytest.mark.parametrize("text", [b"", "湘江".encode(), b"x" * 1_000])
def test_it_is_what_the_standard_library_calls_hmac(octets: int, text: bytes) -> None:
    key = bytes(range(octets))
    assert keyed_hash(key, text) == hmac.new(key, text, "sha256").hexdigest()
