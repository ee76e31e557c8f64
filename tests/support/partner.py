"""A partner's HTTP endpoint: it reads what it is sent, checks the signature, answers as told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "whsec_" + base64.b64encode(b"a key of the partner and the hub").decode()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the partner says; with `raw` it writes those bytes and hangs up, `silent` nothing."""

    status: int = 200
    results: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    raw: bytes | None = None
    silent: bool = False

    @property
    def whole(self) -> bool:
        """Whether the hub can know what was said."""
        return self.raw is None and not self.silent

    def content(self) -> bytes:
        if self.results is None:
            return self.body
        named = [{"id": name, "status": status} for name, status in self.results.items()]
        return json.dumps({"results": named}).encode()


@dataclass(frozen=True, slots=True)
class Request:
    """One signed batch, as it came."""

    message_id: str
    headers: Mapping[str, str]
    body: bytes
    events: Sequence[Mapping[str, Any]]

    @property
    def numbers(self) -> list[int]:
        return [event["lqseq"] for event in self.events]

    @property
    def ids(self) -> list[str]:
        return [event["id"] for event in self.events]


Decide = Callable[[Request], Reply]


@dataclass
class HttpPartner:
    """Serves while `serving`; `log` has each request with what was answered, in order."""

    decide: Decide = field(default=lambda _request: Reply())
    log: list[tuple[Request, Reply]] = field(default_factory=list)
    unsigned: int = 0
    port: int = 0
    most_at_once: int = 0
    _at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/events"

    @property
    def requests(self) -> list[Request]:
        return [request for request, _ in list(self.log)]

    @property
    def taken(self) -> dict[str, Mapping[str, Any]]:
        """Return the events whose taking the hub could know, in the order they were taken."""
        found: dict[str, Mapping[str, Any]] = {}
        for request, reply in list(self.log):
            if reply.whole and 200 <= reply.status < 300:
                accepted = dict.fromkeys(request.ids, "accepted") | dict(reply.results or {})
                for event in request.events:
                    if accepted[event["id"]] == "accepted":
                        found.setdefault(event["id"], event)
        return found

    @contextmanager
    def serving(self) -> Iterator[HttpPartner]:
        server = _Server(("127.0.0.1", self.port), _handler(self))
        self.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.close_all()
            thread.join(10)

    def answer(self, headers: Mapping[str, str], body: bytes) -> Reply:
        """Decide on one request, one after the other; they are counted as they come."""
        with self._counting:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        with self._lock:
            if not _signed(headers, body):
                self.unsigned += 1
            request = Request(headers["webhook-id"], headers, body, json.loads(body))
            reply = self.decide(request)
            self.log.append((request, reply))
            return reply

    def answered(self) -> None:
        with self._counting:
            self._at_once -= 1


class _Server(ThreadingHTTPServer):
    """Knows its connections, to end those that wait for nothing."""

    daemon_threads = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._open: set[Any] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def close_all(self) -> None:
        for request in list(self._open):
            self.shutdown_request(request)
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is what this server is for."""


def _handler(partner: HttpPartner) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                reply = partner.answer(headers, body)
            finally:
                partner.answered()
            if reply.silent:
                self.rfile.read(1)  # until the hub gives up
                self.close_connection = True
            elif reply.raw is not None:
                self.wfile.write(reply.raw)
                self.close_connection = True
            else:
                self._say(reply)

        def _say(self, reply: Reply) -> None:
            content = reply.content()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return

    return Handler


def _signed(headers: Mapping[str, str], body: bytes) -> bool:
    """Verify as any Standard Webhooks library does."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    message = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
    return f"v1,{digest}" in headers["webhook-signature"].split(" ")
