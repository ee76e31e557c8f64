"""A partner's HTTP endpoint: takes signed batches of CloudEvents, and answers event by event."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from lingqu.errors import ConfigurationError, LingquError
from lingqu.sealing import write_private
from lingqu_embedded.demo.holdings import Held

PATH = "/v1/events"
_BACKLOG = 64
_SKEW_S = 300
_KEY_BYTES = 32
_POLL_S = 0.1
_STEP, _TRIES = 200, 20
# Partners have rules of their own, which no contract knows: this one's do not let one event of
# each topic in.
_REFUSED = 13


@dataclass(slots=True)
class Desk:
    """What the partner has taken and refused so far, each event once; shared by threads.

    It refuses none of the topics it `spares`: there an event that is refused holds up its key.
    """

    key: bytes = field(repr=False)
    spares: frozenset[str] = frozenset()
    taken: dict[str, tuple[str, Held]] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    seen: Counter[str] = field(default_factory=Counter)
    unsigned: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def signed(self, headers: Message, body: bytes) -> bool:
        """Tell whether a request is the hub's, and of now (Standard Webhooks)."""
        number, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        fresh = sent_at.isdigit() and abs(time.time() - int(sent_at)) < _SKEW_S
        digest = hmac.digest(self.key, f"{number}.{sent_at}.".encode() + body, "sha256")
        wanted = f"v1,{base64.b64encode(digest).decode()}"
        given = headers.get("webhook-signature", "").split()
        if fresh and any(hmac.compare_digest(wanted, each) for each in given):
            return True
        with self._lock:
            self.unsigned += 1
        return False

    def take(self, events: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the verdict on each event; one that comes again gets the same."""
        with self._lock:
            return {"results": [self._verdict(event) for event in events]}

    def held(self, topic: str) -> list[Held]:
        """Return what was taken of a topic, in the order in which it first came."""
        with self._lock:
            return [held for of_topic, held in self.taken.values() if of_topic == topic]

    def _verdict(self, event: dict[str, Any]) -> dict[str, Any]:
        name, topic = event["id"], event["type"]
        if name not in self.taken and name not in self.refused:
            self.seen[topic] += 1
            if self.seen[topic] == _REFUSED and topic not in self.spares:
                self.refused.add(name)
            else:
                # A key keeps to one lane, whose numbers rise; HTTP does not tell the lane itself.
                lane = hash(event.get("subject", name))
                held = Held(name, lane, event["lqseq"], frozenset(event["data"]))
                self.taken[name] = (topic, held)
        if name in self.refused:
            return {"id": name, "status": "rejected", "reason": "not_in_our_books"}
        return {"id": name, "status": "accepted"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint that is up."""

    url: str
    desk: Desk


@contextmanager
def endpoint(first_port: int, secret_file: Path, spares: frozenset[str]) -> Iterator[Endpoint]:
    """Serve while the block runs, on the first port that is free from that one on in steps.

    The key that signs is the secret's file, made where it is missing: both sides hold it.
    """
    desk = Desk(_key(secret_file), spares)
    server = _listening(first_port, desk)
    serving = threading.Thread(target=server.serve_forever, args=(_POLL_S,), daemon=True)
    serving.start()
    try:
        yield Endpoint(f"http://127.0.0.1:{server.server_port}{PATH}", desk)
    finally:
        server.shutdown()
        server.server_close()
        serving.join()


def _key(file: Path) -> bytes:
    if not file.exists():
        write_private(file, b"whsec_" + base64.b64encode(secrets.token_bytes(_KEY_BYTES)))
    try:
        text = file.read_text("ascii").strip()
        return base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{file} holds no key that signs; remove it, and the demo makes a new one"
        ) from error


def _listening(first_port: int, desk: Desk) -> ThreadingHTTPServer:
    for port in range(first_port, first_port + _TRIES * _STEP, _STEP):
        try:
            return _server(port, desk)
        except OSError:
            continue
    raise LingquError("no free port was found for a partner's endpoint; stop some programs")


def _server(port: int, desk: Desk) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if self.path != PATH:
                self._answer(404, {})
            elif not desk.signed(self.headers, body):
                self._answer(401, {})
            else:
                self._answer(207, desk.take(json.loads(body)))

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing: the demo counts."""

        def _answer(self, status: int, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = _BACKLOG

    return Server(("127.0.0.1", port), Handler)
