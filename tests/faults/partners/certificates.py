"""Certificates of an HTTPS partner: one authority, and what it signs for a while."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

_DAY_S = 86_400.0


class Certificates:
    """Signs for this machine; `context` takes each new one without a restart of the server."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.bundle = folder / "authority.pem"
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._folder = folder
        self._authority = ec.generate_private_key(ec.SECP256R1())
        self._name = _named("authority of a fault run")
        itself = self._built(self._name, self._authority, _DAY_S).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        signed = itself.sign(self._authority, hashes.SHA256())
        self.bundle.write_bytes(signed.public_bytes(Encoding.PEM))
        self.renew()

    def renew(self, valid_s: float = _DAY_S) -> None:
        """Serve a new certificate, which expires in so many seconds."""
        key = ec.generate_private_key(ec.SECP256R1())
        host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        built = self._built(_named("partner"), key, valid_s).add_extension(host, critical=False)
        signed = built.sign(self._authority, hashes.SHA256())
        file, secret = self._folder / "partner.pem", self._folder / "partner.key"
        file.write_bytes(signed.public_bytes(Encoding.PEM))
        plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        secret.write_bytes(plain)
        self.context.load_cert_chain(file, secret)

    def _built(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, valid_s: float
    ) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(seconds=valid_s))
        )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
