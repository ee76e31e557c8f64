"""Signatures that any Standard Webhooks library verifies."""

from __future__ import annotations

import base64

import pytest

from lingqu.connect.samples import Lane, sample_batch
from lingqu.errors import ConfigurationError
from lingqu_connectors.http.signature import Signer, message_id

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_signature_is_that_of_the_specifications_own_example() -> None:
    headers = Signer.of(SECRET, "s").headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_two_keys_sign_side_by_side_while_the_partner_changes_from_one_to_the_other() -> None:
    new = "whsec_" + base64.b64encode(b"n" * 32).decode()
    both = Signer.of(f"{new}\n{SECRET}\n", "s").headers("msg_1", 1, b"x")["webhook-signature"]
    alone = [Signer.of(key, "s").headers("msg_1", 1, b"x") for key in (new, SECRET)]
    assert both.split(" ") == [headers["webhook-signature"] for headers in alone]


@pytest.mark.parametrize("text", [" ", "whsec_c2hvcnQ=", "not base64!", "whsec_" + "A" * 200])
def test_a_secret_that_is_no_key_is_named_and_not_shown(text: str) -> None:
    with pytest.raises(ConfigurationError, match="'partner-52' does not sign") as caught:
        Signer.of(text, "partner-52")
    assert not text.strip() or text not in str(caught.value)


def test_a_signer_shows_nothing_of_its_keys() -> None:
    assert "keys" not in repr(Signer.of(SECRET, "s"))


def test_a_request_has_the_same_id_if_and_only_if_feed_lane_and_bytes_are_the_same() -> None:
    batch = sample_batch(Lane("feed", "trial.reading.v1"), 1, 3)
    others = [
        sample_batch(Lane("other", "trial.reading.v1"), 1, 3),
        sample_batch(Lane("feed", "trial.reading.v2"), 1, 3),
        sample_batch(Lane("feed", "trial.reading.v1", partition=1), 1, 3),
    ]
    ids = {message_id(batch, b"a"), message_id(batch, b"b")}
    ids |= {message_id(other, b"a") for other in others}
    assert len(ids) == 5
    assert message_id(batch, b"a") in ids
