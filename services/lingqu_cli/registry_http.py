"""Any registry that speaks Confluent's API, read and written as it is: JSON in, JSON out."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx2

from lingqu.closing import Closing
from lingqu.errors import InputError, UnavailableError
from lingqu.trust import trusted

CONTENT_TYPE = "application/vnd.schemaregistry.v1+json"
_MISSING = frozenset({404, 405, 501})


class RegistryRefusal(InputError):  # noqa: N818 - what the registry said, not a fault
    """The registry did not do what was asked; `said` are its own words."""

    def __init__(self, url: str, what: str, status: int, said: str) -> None:
        super().__init__(f"the registry at {url} refused {what} with {status}: {said}")
        self.said = said


class RegistryHttp(Closing):
    """One registry by its address; a context manager. Raises UnavailableError where it is away."""

    def __init__(self, url: str, *, timeout_s: float = 60) -> None:
        self._http = httpx2.Client(
            base_url=url.rstrip("/"),
            timeout=timeout_s,
            headers={"Content-Type": CONTENT_TYPE},
            verify=trusted(),
        )
        # A password in the address stays out of what is printed.
        self.url = str(httpx2.URL(url).copy_with(userinfo=b"")).rstrip("/")

    def find(self, path: str, **query: str | int) -> Any:
        """Return what stands there, or None where there is nothing, or no such path."""
        answer = self._send("GET", path, params=query)
        if answer.status_code in _MISSING or answer.status_code == 204:
            return None
        return self._parsed("GET", path, answer)

    def ask(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """Send a request and return its answer; raises RegistryRefusal."""
        return self._parsed(method, path, self._send(method, path, json=body, params=query))

    def _send(self, method: str, path: str, **options: Any) -> httpx2.Response:
        try:
            return self._http.request(method, path, **options)
        except httpx2.TransportError as error:
            raise UnavailableError(
                f"the registry at {self.url} does not answer ({type(error).__name__});"
                " is the address right, and is it running?"
            ) from error

    def _parsed(self, method: str, path: str, answer: httpx2.Response) -> Any:
        try:
            found = answer.json()
        except ValueError as error:
            raise UnavailableError(
                f"{self.url}{path} answers {answer.status_code} without JSON;"
                " is it a schema registry's address, with its path (/apis/ccompat/v7, say)?"
            ) from error
        if answer.is_success:
            return found
        said = found.get("message", "no reason given") if isinstance(found, dict) else str(found)
        raise RegistryRefusal(self.url, f"{method} {path}", answer.status_code, said)

    def close(self) -> None:
        self._http.close()


def subject_path(subject: str) -> str:
    return f"/subjects/{quote(subject, safe='')}"


def settings_path(kind: str, scope: str) -> str:
    """Return the path of `config` or `mode`: of everything ("") or of a context or subject."""
    return f"/{kind}/{quote(scope, safe='')}" if scope else f"/{kind}"
