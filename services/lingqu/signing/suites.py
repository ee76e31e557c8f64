"""Signature suites by name: what a signature says it was made with is what it is verified with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lingqu.errors import ConfigurationError, ContractError, NotFoundError
from lingqu.sealing import write_private


class Suite(Protocol):
    """A way to sign: private keys as PEM (PKCS 8), public keys as PEM (SubjectPublicKeyInfo)."""

    def generate(self) -> str:
        """Return a new private key."""
        ...

    def public_key(self, private_pem: str) -> str:
        """Return the public key that verifies what the private key signs."""
        ...

    def sign(self, private_pem: str, message: bytes) -> bytes:
        """Return the signature of the message."""
        ...

    def verify(self, public_pem: str, message: bytes, signature: bytes) -> bool:
        """Return whether the key's owner signed exactly this message."""
        ...


class Ed25519:
    """RFC 8032: short keys and signatures, nothing to choose."""

    def generate(self) -> str:
        return _private_pem(Ed25519PrivateKey.generate())

    def public_key(self, private_pem: str) -> str:
        public = _private(private_pem).public_key()
        return public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ).decode()

    def sign(self, private_pem: str, message: bytes) -> bytes:
        return _private(private_pem).sign(message)

    def verify(self, public_pem: str, message: bytes, signature: bytes) -> bool:
        try:
            _public(public_pem).verify(signature, message)
        except InvalidSignature:
            return False
        return True


SUITES: dict[str, Suite] = {"ed25519": Ed25519()}


def suite(name: str) -> Suite:
    """Return the suite of that name, or raise NotFoundError with the names there are."""
    if name not in SUITES:
        raise NotFoundError(f"no signature suite named {name!r}, only {', '.join(SUITES)}")
    return SUITES[name]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its suite and the name its owner's public key is known by."""

    key_id: str
    private_pem: str
    suite: str = "ed25519"

    def __repr__(self) -> str:
        return f"SigningKey({self.key_id!r}, ***, {self.suite!r})"

    @property
    def public_pem(self) -> str:
        return suite(self.suite).public_key(self.private_pem)

    @classmethod
    def load(cls, key_id: str, file: Path, *, suite_name: str = "ed25519") -> SigningKey:
        """Return the key of the file, or make one there with mode 0600."""
        try:
            if not file.exists():
                write_private(file, suite(suite_name).generate().encode())
            return cls(key_id, file.read_text("ascii"), suite_name)
        except OSError as error:
            raise ConfigurationError(
                f"the signing key {file} cannot be read or made: {error.strerror}"
            ) from error


def _private_pem(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def _private(pem: str) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise ConfigurationError("a private signing key is not PEM; restore it") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError("a private signing key is not an Ed25519 key; make a new one")
    return key


def _public(pem: str) -> Ed25519PublicKey:
    try:
        key = serialization.load_pem_public_key(pem.encode())
    except ValueError as error:
        raise ContractError("a public signing key is not PEM (SubjectPublicKeyInfo)") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ContractError("a public signing key is not an Ed25519 key, as suite 'ed25519' needs")
    return key
