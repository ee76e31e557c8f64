"""The HTTP sink against a partner's endpoint: what it sends, and what it makes of each answer."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.support.moods import MOODS, Moody
from tests.support.partner import SECRET, HttpPartner, Reply

from lingqu.connect.api import Delivered, Outcome, Refused, Verdicts
from lingqu.connect.samples import Lane, sample_batch
from lingqu.errors import ConfigurationError, ForbiddenError, UnavailableError
from lingqu_connectors.http.options import HttpSinkOptions
from lingqu_connectors.http.sink import HttpSinkTask

pytestmark = pytest.mark.integration

# An answer that keeps the connection, whatever the partner then does.
KEPT = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
LANE = Lane("feed", "trial.reading.v1", secrets={"partner-key": SECRET})


@pytest.fixture
def partner() -> Iterator[HttpPartner]:
    with HttpPartner().serving() as serving:
        yield serving


@contextmanager
def started(url: str, **options: Any) -> Iterator[Callable[[int], Outcome]]:
    """Yield a function that puts ten events, whose numbers begin at its argument."""
    task = HttpSinkTask()
    said = HttpSinkOptions.model_validate({"url": url, "secret": "partner-key", **options})
    task.start(LANE.context(said))

    def put(first: int = 1) -> Outcome:
        batch = sample_batch(LANE, first, 10)
        return task.put(batch, LANE.progress(batch))

    try:
        yield put
    finally:
        task.stop()


def test_requests_are_signed_and_go_over_one_kept_connection(partner: HttpPartner) -> None:
    with started(partner.url, headers={"x-note": "from 43"}) as put:
        assert [put(first) for first in (1, 11, 21)] == [Delivered()] * 3
    assert [request.numbers[0] for request in partner.requests] == [1, 11, 21]
    assert partner.unsigned == 0
    headers = partner.requests[0].headers
    assert headers["content-type"] == "application/cloudevents-batch+json"
    assert headers["x-note"] == "from 43"


def test_the_same_batch_again_has_the_same_webhook_id_and_another_has_not(
    partner: HttpPartner,
) -> None:
    with started(partner.url) as put:
        put(1)
        put(1)
        put(11)
    first, again, other = partner.requests
    assert (first.message_id, first.body) == (again.message_id, again.body)
    assert other.message_id != first.message_id


def test_verdicts_and_refusals_are_told_apart(partner: HttpPartner) -> None:
    ids = [event["id"] for event in _events()]
    results = dict.fromkeys(ids, "accepted") | {ids[3]: "retry", ids[5]: "rejected"}
    replies = iter([Reply(207, results, {"Retry-After": "3"}), Reply(400, body=b"no"), Reply()])
    partner.decide = lambda _request: next(replies)
    with started(partner.url) as put:
        outcome = put(1)
        assert isinstance(outcome, Verdicts)
        assert [(each.index, each.status) for each in outcome.verdicts] == [
            (3, "retry"),
            (5, "rejected"),
        ]
        assert outcome.retry_after_s == 3
        assert isinstance(put(1), Refused)
        assert put(1) == Delivered()


@pytest.mark.parametrize("mood", [mood for mood in MOODS if mood not in ("accept", "verdicts")])
def test_whatever_is_no_whole_answer_means_the_same_again(partner: HttpPartner, mood: str) -> None:
    with started(partner.url, timeout_s=0.3) as put:
        put(1)
        partner.decide = Moody(1, {mood: 1})
        for _ in range(3):
            with pytest.raises(UnavailableError, match="the same batch is sent again"):
                put(11)
        partner.decide = lambda _request: Reply()
        assert put(11) == Delivered()


def test_a_kept_connection_that_the_partner_closed_is_made_anew_at_once(
    partner: HttpPartner,
) -> None:
    partner = HttpPartner()
    with (
        started("http://127.0.0.1:1/") as put,
        pytest.raises(UnavailableError, match="not reached"),
    ):
        put(1)
    with partner.serving():
        port = partner.port
        with started(partner.url) as put:
            put(1)
            partner.decide = lambda _request: Reply(raw=KEPT)
            put(11)
            partner.decide = lambda _request: Reply()
            assert put(21) == Delivered()
    assert port
    assert [request.numbers[0] for request in partner.requests] == [1, 11, 21]


KEPT = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"  # and hangs up, though it says it stays


def test_an_answer_that_drips_is_given_up_in_time() -> None:
    stop = threading.Event()
    with _server(lambda peer: _drip(peer, stop)) as port:
        late = pytest.raises(UnavailableError, match=r"no whole answer in 0\.3 s")
        with started(f"http://127.0.0.1:{port}/", timeout_s=0.3) as put, late:
            put(1)
        stop.set()


def test_nothing_is_sent_to_an_address_that_the_hub_may_not_call(partner: HttpPartner) -> None:
    def forbid(address: str) -> None:
        raise ForbiddenError(f"{address} is not approved")

    options = HttpSinkOptions(url=partner.url, secret="partner-key")
    task, batch = HttpSinkTask(), sample_batch(LANE, 1, 10)
    task.start(replace(LANE.context(options), permit=forbid))
    with pytest.raises(ForbiddenError, match=r"127.0.0.1 is not approved"):
        task.put(batch, LANE.progress(batch))
    task.stop()
    assert partner.log == []


def test_https_needs_a_certificate_that_the_bundle_signed(tmp_path: Path) -> None:
    ours, others = _certificate(tmp_path, "ours"), _certificate(tmp_path, "others")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ours, ours.with_suffix(".key"))

    def answer(peer: socket.socket) -> None:
        with context.wrap_socket(peer, server_side=True) as secured:
            _read_request(secured)
            secured.sendall(KEPT)

    with _server(answer) as port:
        url = f"https://localhost:{port}/"
        with started(url, ca_file=str(ours)) as put:
            assert put(1) == Delivered()
        untrusted = pytest.raises(UnavailableError, match="no secure connection")
        with started(url, ca_file=str(others)) as put, untrusted:
            put(1)
    missing = str(tmp_path / "missing.pem")
    no_bundle = pytest.raises(ConfigurationError, match="not a bundle of certificates")
    with no_bundle, started("https://localhost/", ca_file=missing):
        pass


def _events() -> list[dict[str, str]]:
    columns = sample_batch(LANE, 1, 10).columns()
    return [{"id": event_id} for event_id in columns.column("event_id").to_pylist()]


@contextmanager
def _server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.05)
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            try:
                peer, _ = listening.accept()
            except TimeoutError:
                continue
            peer.settimeout(5)
            try:
                talk(peer)
            except OSError:
                peer.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        stop.set()
        thread.join(10)
        listening.close()


def _read_request(peer: socket.socket) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        data += peer.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    size = int(next(line for line in head.split(b"\r\n") if b"Content-Length" in line)[16:])
    while len(body) < size:
        body += peer.recv(65_536)


def _drip(peer: socket.socket, stop: threading.Event) -> None:
    with peer:
        _read_request(peer)
        peer.sendall(b"HTTP/1.1 200 OK\r\n")
        while not stop.wait(0.05):
            peer.sendall(b"x-drop: a\r\n")


def _certificate(folder: Path, name: str) -> Path:
    """Write a certificate for localhost that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(built.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.with_suffix(".key").write_bytes(secret)
    return file
