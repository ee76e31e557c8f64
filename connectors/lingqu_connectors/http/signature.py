"""Standard Webhooks: an id, a time and a signature that let the partner trust a request."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lingqu.connect.batch import Batch
from lingqu.errors import ConfigurationError

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """Signs with one key, or with several while the partner changes from one to the other."""

    keys: Sequence[bytes]

    @classmethod
    def of(cls, text: str, name: str) -> Signer:
        """Return the signer of a secret's text: `whsec_` and base64, a line each."""
        return cls([_key(line.strip(), name) for line in text.strip().split("\n")])

    def headers(self, message_id: str, timestamp: int, body: bytes) -> Mapping[str, str]:
        """Return what goes with the body."""
        signed = b"%s.%d.%s" % (message_id.encode(), timestamp, body)
        digests = (hmac.digest(key, signed, "sha256") for key in self.keys)
        signatures = (f"v1,{base64.b64encode(digest).decode()}" for digest in digests)
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": " ".join(signatures),
        }


def message_id(batch: Batch, body: bytes) -> str:
    """Return the id of a request: the same feed, lane and bytes have the same, always."""
    digest = hashlib.sha256(f"{batch.feed}|{batch.topic}|{batch.partition}|".encode())
    digest.update(body)
    return f"msg_{digest.hexdigest()[:32]}"


def _key(line: str, name: str) -> bytes:
    try:
        key = base64.b64decode(line.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _wrong(name) from error
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise _wrong(name)
    return key


def _wrong(name: str) -> ConfigurationError:
    return ConfigurationError(
        f"the secret {name!r} does not sign: a line must be whsec_ and {_SHORTEST} to {_LONGEST} "
        "bytes in base64, as the partner has it"
    )
