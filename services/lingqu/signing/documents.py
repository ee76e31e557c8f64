"""Documents signed over their canonical JSON (RFC 8785), so that no re-formatting breaks them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import rfc8785
from pydantic import BaseModel, ConfigDict

from lingqu.errors import ContractError
from lingqu.signing.suites import SigningKey, suite

_DOMAIN = b"lingqu.document.v1\x00"
_COUNTERSIGN_DOMAIN = b"lingqu.countersignature.v1\x00"


class Signature(BaseModel):
    """Who signed a document, with which key and suite, and when; all of it is signed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    suite: str
    key_id: str
    signer: str
    signed_at: str
    value: str


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return the one byte form of the document, or raise ContractError where JSON has none."""
    try:
        return rfc8785.dumps(dict(document))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise ContractError(f"the document has no canonical JSON: {error}") from error


def sign(document: Mapping[str, Any], key: SigningKey, *, signer: str, now: datetime) -> Signature:
    """Return the signer's signature of the document."""
    return _signed(_DOMAIN, canonical(document), key, signer, now)


def verify(document: Mapping[str, Any], signature: Signature, public_pem: str) -> bool:
    """Return whether the key's owner signed exactly this document, as this signer, at this time."""
    return _verified(_DOMAIN, canonical(document), signature, public_pem)


def countersign(
    document: Mapping[str, Any],
    first: Signature,
    key: SigningKey,
    *,
    signer: str,
    now: datetime,
) -> Signature:
    """Return a signature of the document together with the first signature of it."""
    return _signed(_COUNTERSIGN_DOMAIN, _both(document, first), key, signer, now)


def verify_countersignature(
    document: Mapping[str, Any], first: Signature, second: Signature, public_pem: str
) -> bool:
    """Return whether the key's owner countersigned this document with this first signature."""
    return _verified(_COUNTERSIGN_DOMAIN, _both(document, first), second, public_pem)


def _both(document: Mapping[str, Any], first: Signature) -> bytes:
    return canonical({"document": dict(document), "signature": first.model_dump()})


def _signed(domain: bytes, body: bytes, key: SigningKey, signer: str, now: datetime) -> Signature:
    members = {
        "suite": key.suite,
        "key_id": key.key_id,
        "signer": signer,
        "signed_at": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    value = suite(key.suite).sign(key.private_pem, _message(domain, members, body))
    return Signature(**members, value=base64.urlsafe_b64encode(value).decode())


def _verified(domain: bytes, body: bytes, signature: Signature, public_pem: str) -> bool:
    try:
        value = base64.b64decode(signature.value, altchars=b"-_", validate=True)
    except ValueError:
        return False
    members = signature.model_dump(exclude={"value"})
    message = _message(domain, members, body)
    return suite(signature.suite).verify(public_pem, message, value)


def _message(domain: bytes, members: Mapping[str, str], body: bytes) -> bytes:
    """Join what is signed; canonical JSON holds no NUL byte, so the parts cannot shift."""
    return domain + canonical(members) + b"\x00" + body
