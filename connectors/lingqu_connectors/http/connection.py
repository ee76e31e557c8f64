"""One kept HTTP connection to the partner, and answers that are whole or none."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from httptools import HttpParserError

from lingqu.errors import ConfigurationError, UnavailableError
from lingqu_connectors.http.answer import Answer, AnswerReader, BrokenAnswerError

_CHUNK = 65_536
_GONE = (BrokenPipeError, ConnectionResetError, ConnectionAbortedError)


class Connection:
    """Posts to one address, or gets pages beside it, one request at a time.

    A kept connection that the partner has closed meanwhile is made anew, once, and the same request
    sent again. Redirects and proxies are not followed. All that is no whole answer in time is an
    UnavailableError: whether the partner has taken the request is unknown. `then` says what
    follows.
    """

    def __init__(
        self,
        url: str,
        timeout_s: float,
        ca_file: Path | None,
        permit: Callable[[str], None],
        then: str = "the same batch is sent again",
    ) -> None:
        parts = urlsplit(url)
        self._url = url
        self._host, self._tls = parts.hostname or "", parts.scheme == "https"
        self._port = parts.port or (443 if self._tls else 80)
        self._target = target_of(url)
        self._host_header = parts.netloc.rpartition("@")[2]
        self._then = then
        self._timeout_s = timeout_s
        self._trust = _trust(ca_file) if self._tls else None
        self._permit = permit
        self._socket: socket.socket | None = None

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send the body and return the answer, whatever its status."""
        length = {"Content-Length": str(len(body))}
        return self._request("POST", self._target, {**headers, **length}, body)

    def get(self, target: str, headers: Mapping[str, str]) -> Answer:
        """Ask for a path and query at the same host; return the answer, whatever its status."""
        return self._request("GET", target, headers, b"")

    def _request(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"{method} {target} HTTP/1.1\r\nHost: {self._host_header}\r\n{lines}\r\n"
        request = head.encode() + body
        kept = self._socket is not None
        try:
            return self._exchange(request)
        except _GONE as error:
            self.close()
            if not kept:
                raise self._unavailable("closed the connection without an answer") from error
        return self._request(method, target, headers, body)

    def close(self) -> None:
        """Let the connection go."""
        held, self._socket = self._socket, None
        if held is not None:
            with contextlib.suppress(OSError):
                held.close()

    def _exchange(self, request: bytes) -> Answer:
        try:
            held = self._socket = self._socket or self._connect()
            held.settimeout(self._timeout_s)
            held.sendall(request)
            answer = self._read(held)
        except _GONE:
            raise
        except ssl.SSLError as error:
            self.close()
            raise self._unavailable(f"has no secure connection for us ({error.reason})") from error
        except TimeoutError as error:
            self.close()
            raise self._unavailable(f"gave no whole answer in {self._timeout_s:g} s") from error
        except (BrokenAnswerError, HttpParserError) as error:
            self.close()
            raise self._unavailable(f"gave an answer that is none ({error})") from error
        except OSError as error:
            self.close()
            raise self._unavailable(f"is not reached ({error.strerror or error})") from error
        if not answer.keeps_open:
            self.close()
        return answer

    def _connect(self) -> socket.socket:
        plain = socket.create_connection((self._host, self._port), self._timeout_s)
        try:
            self._permit(plain.getpeername()[0])
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._trust is None:
                return plain
            return self._trust.wrap_socket(plain, server_hostname=self._host)
        except BaseException:
            plain.close()
            raise

    def _read(self, held: socket.socket) -> Answer:
        reader = AnswerReader()
        deadline = time.monotonic() + self._timeout_s
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            held.settimeout(left)
            chunk = held.recv(_CHUNK)
            if not chunk and not reader.begun:
                raise ConnectionResetError
            if (answer := reader.feed(chunk)) is not None:
                return answer

    def _unavailable(self, what: str) -> UnavailableError:
        return UnavailableError(f"{self._url} {what}; {self._then}")


def target_of(url: str) -> str:
    """Return what a request line says of an address: path and query."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"ca_file {ca_file} is not a bundle of certificates in PEM that the worker may read"
        ) from error
