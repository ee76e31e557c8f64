"""The partner of P4: takes signed batches and tells each event apart, in a process of its own.

`python -m tests.bench.http_partner` prints its port. `POST /` answers 200 when the signature holds
and every event of the batch is known by its id; `GET /` tells how many there are.
"""

from __future__ import annotations

import base64
import hmac
import json
import socket
import sys
import threading
from typing import Any, Protocol

import orjson

SECRET = "whsec_" + base64.b64encode(b"a key of the bench and its partner").decode()
_KEY = base64.b64decode(SECRET.removeprefix("whsec_"))
_CHUNK = 262_144


class Taker(Protocol):
    """What a partner makes of requests; called by many threads."""

    def take(self, headers: dict[bytes, bytes], body: bytes) -> None:
        """Take a request's body; the answer, 200, is sent after."""
        ...

    def told(self) -> bytes:
        """Return what `GET /` answers."""
        ...


class Book:
    """What has come: how many events, how many different ones, and what was wrong."""

    def __init__(self, *, parse: bool) -> None:
        self._lock = threading.Lock()
        self._ids: set[str] = set()
        self._parse = parse
        self.events = 0
        self.requests = 0
        self.unsigned = 0

    def take(self, headers: dict[bytes, bytes], body: bytes) -> None:
        signed = headers.get(b"webhook-signature")
        good = signed is None or _holds(headers, body, signed)
        ids = [event["id"] for event in orjson.loads(body)] if self._parse else ()
        with self._lock:
            self.requests += 1
            self.unsigned += not good
            self._ids.update(ids)
            self.events += len(ids) if self._parse else body.count(b'"specversion"')

    def told(self) -> bytes:
        with self._lock:
            found: dict[str, Any] = {
                "events": self.events,
                "distinct": len(self._ids),
                "requests": self.requests,
                "unsigned": self.unsigned,
            }
        return json.dumps(found).encode()


def serve(port: int, book: Taker) -> None:
    """Take one connection a thread until the process is ended."""
    listening = socket.create_server(("127.0.0.1", port), backlog=64)
    print(listening.getsockname()[1], flush=True)
    while True:
        peer, _ = listening.accept()
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_talk, args=(peer, book), daemon=True).start()


def _talk(peer: socket.socket, book: Taker) -> None:
    data = bytearray()
    while (request := _next(peer, data)) is not None:
        method, headers, body = request
        content = b""
        if method == b"POST":
            book.take(headers, body)
        else:
            content = book.told()
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(content), content))
    peer.close()


def _next(peer: socket.socket, data: bytearray) -> tuple[bytes, dict[bytes, bytes], bytes] | None:
    while (end := data.find(b"\r\n\r\n")) < 0:
        if not (chunk := peer.recv(_CHUNK)):
            return None
        data += chunk
    first, *lines = bytes(data[:end]).split(b"\r\n")
    headers = {name.lower(): value for name, value in (line.split(b": ", 1) for line in lines)}
    del data[: end + 4]
    size = int(headers.get(b"content-length", b"0"))
    while len(data) < size:
        if not (chunk := peer.recv(_CHUNK)):
            return None
        data += chunk
    body = bytes(data[:size])
    del data[:size]
    return first.split(b" ")[0], headers, body


def _holds(headers: dict[bytes, bytes], body: bytes, signed: bytes) -> bool:
    said = b"%s.%s.%s" % (headers[b"webhook-id"], headers[b"webhook-timestamp"], body)
    digest = base64.b64encode(hmac.digest(_KEY, said, "sha256"))
    return b"v1," + digest in signed.split(b" ")


if __name__ == "__main__":
    kept = Book(parse="--count" not in sys.argv)
    serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0, kept)
