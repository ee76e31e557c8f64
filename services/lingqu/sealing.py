"""Secrets at rest: one hub key, keys derived from it, and what is sealed under them.

A sealed text is base64url of version byte, 96-bit nonce, ciphertext and tag (AES-256-GCM). Its
context is authenticated: what was sealed for one agreement does not open as another's.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lingqu.errors import ConfigurationError, PermanentError

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12
_SALT = b"lingqu.hub-key.v1"


class SealError(PermanentError):
    """A sealed text was changed, belongs to another context, or was sealed by another hub."""

    def __init__(self, context: str) -> None:
        super().__init__(
            f"what is sealed for {context!r} does not open: it was changed, or this is not the hub "
            "key it was sealed under; restore keys/hub.key from the backup"
        )


class HubKey:
    """The hub's root secret; it never leaves this object, only what is derived from it does."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ConfigurationError(
                f"the hub key has {len(secret)} bytes; it must have {KEY_BYTES}"
            )
        self._secret = secret

    def __repr__(self) -> str:
        return "HubKey(***)"

    @classmethod
    def load(cls, file: Path, setting: str | None = None) -> HubKey:
        """Return the key of the setting (base64url), else of the file, which is made if new."""
        if setting is not None:
            return cls(_decoded(setting, "LINGQU_HUB_KEY"))
        try:
            if not file.exists():
                write_private(file, base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)))
            _check_private(file)
            return cls(_decoded(file.read_text("ascii").strip(), str(file)))
        except OSError as error:
            raise ConfigurationError(
                f"the hub key {file} cannot be read or made: {error.strerror}; check its folder"
            ) from error

    def derive(self, purpose: str, name: str) -> bytes:
        """Return 32 bytes that only this hub can make again for the purpose and name."""
        info = purpose.encode() + b"\x00" + name.encode()
        return HKDF(SHA256(), KEY_BYTES, _SALT, info).derive(self._secret)

    def seal(self, plaintext: bytes, context: str) -> str:
        """Return the plaintext encrypted for the context."""
        return seal_under(self.derive("seal", context), plaintext, context)

    def open(self, sealed: str, context: str) -> bytes:
        """Return what was sealed for the context, or raise SealError."""
        return open_under(self.derive("seal", context), sealed, context)

    def new_wrapped_key(self, context: str) -> str:
        """Return a fresh random key, sealed for the context: to be stored beside what it guards."""
        return self.seal(secrets.token_bytes(KEY_BYTES), context)


def seal_under(key: bytes, plaintext: bytes, context: str) -> str:
    """Return the plaintext encrypted under a 32-byte key of its own, such as an unwrapped one."""
    nonce = os.urandom(_NONCE_BYTES)
    body = AESGCM(key).encrypt(nonce, plaintext, _VERSION + context.encode())
    return base64.urlsafe_b64encode(_VERSION + nonce + body).decode().rstrip("=")


def open_under(key: bytes, sealed: str, context: str) -> bytes:
    """Return what `seal_under` sealed with the same key and context, or raise SealError."""
    try:
        raw = _base64(sealed)
        version, nonce, body = raw[:1], raw[1 : 1 + _NONCE_BYTES], raw[1 + _NONCE_BYTES :]
        return AESGCM(key).decrypt(nonce, body, version + context.encode())
    except (InvalidTag, ValueError) as error:
        raise SealError(context) from error


def write_private(file: Path, content: bytes) -> None:
    """Make the file (0600) whole and durable under its name, or leave the one made before."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)  # unlike a rename, never over what a neighbour made meanwhile
    finally:
        draft.unlink()
    _sync_folder(file.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_private(file: Path) -> None:
    if file.stat().st_mode & 0o077:
        raise ConfigurationError(f"the hub key {file} is open to others; say chmod 600 {file}")


def _decoded(text: str, place: str) -> bytes:
    try:
        return _base64(text)
    except (binascii.Error, ValueError) as error:
        raise ConfigurationError(f"the hub key in {place} is not base64url of 32 bytes") from error


def _base64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
