"""A partner's HTTP endpoint that lists rows a page at a time, oldest first."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, and the status it was answered with."""

    target: str
    headers: Mapping[str, str]
    status: int


@dataclass
class Listing:
    """Serves `rows` while `serving`; `refusals` are answered first, status and headers, in order.

    The next page is named as `way` says: by a Link, by a member `next`, or by a member `cursor`.
    """

    page_size: int = 5
    way: Literal["link", "member", "cursor"] = "link"
    rows: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[tuple[int, Mapping[str, str]]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    elsewhere: str = ""
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/rows?of=all"

    @property
    def statuses(self) -> list[int]:
        return [each.status for each in list(self.asked)]

    @contextmanager
    def serving(self) -> Iterator[Listing]:
        server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        server.daemon_threads = True
        self.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join(10)

    def answer(self, target: str, known: str | None) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body."""
        if self.refusals:
            status, said = self.refusals.pop(0)
            return status, dict(said), b"not now"
        start = int(parse_qs(urlsplit(target).query).get("cursor", ["0"])[0])
        stop = start + self.page_size
        page, headers = list(self.rows)[start:stop], {}
        following = f"{self.elsewhere}/rows?cursor={stop}" if len(self.rows) > stop else None
        answer: Any = {"data": {"rows": page}}
        if self.way == "cursor":
            answer["cursor"] = start + len(page)
        elif self.way == "member":
            answer["next"] = following
        else:
            answer = page
            if following:
                headers["Link"] = f'</rows>; rel="first", <{following}>; title="a"; rel="next"'
        body = json.dumps(answer).encode()
        headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()}"'
        return (304, headers, b"") if known == headers["ETag"] else (200, headers, body)


def _handler(listing: Listing) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, said, body = listing.answer(self.path, headers.get("if-none-match"))
            listing.asked.append(Asked(self.path, headers, status))
            self.send_response(status)
            for name, value in said.items():
                self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    return Handler
