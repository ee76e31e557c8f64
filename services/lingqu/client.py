"""The hub's HTTP services as a program or the command line sees them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from lingqu.closing import Closing
from lingqu.errors import ConfigurationError, InputError, UnavailableError
from lingqu.trust import trusted

_USUAL = {
    "control": "http://127.0.0.1:8082",
    "gateway": "http://127.0.0.1:8080",
    "registry": "http://127.0.0.1:8081",
}


class RefusedError(InputError):
    """A service refused a request; `problem` holds all members of its answer (RFC 9457)."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(str(problem.get("detail") or f"the request was refused with {status}"))
        self.status = status  # type: ignore[misc]  # an answer's own, where a class has one for all
        self.problem = problem


@dataclass(frozen=True, slots=True)
class HubAddresses:
    """Where one hub's services and its Kafka are, and whose hub it is, as far as known."""

    control: str
    gateway: str
    registry: str
    kafka: str | None = None
    region: str | None = None

    @classmethod
    def find(cls, environ: Mapping[str, str]) -> HubAddresses:
        """Return what LINGQU_<SERVICE>_URL says, else the running hub of LINGQU_HOME, else usual.

        Raises ConfigurationError when the hub's `run/hub.json` is not readable.
        """
        running = _running_hub(Path(environ.get("LINGQU_HOME", ".lingqu")) / "run" / "hub.json")
        urls = {**_USUAL, **running.get("urls", {})}
        named = {name: environ.get(f"LINGQU_{name.upper()}_URL", urls[name]) for name in _USUAL}
        kafka = environ.get("LINGQU_KAFKA__BOOTSTRAP_SERVERS", running.get("kafka"))
        region = environ.get("LINGQU_REGION", running.get("region"))
        return cls(**named, kafka=kafka, region=region)


def service_url(name: str, environ: Mapping[str, str], usual: str) -> str:
    """Return where any service is: what LINGQU_<NAME>_URL says, else the running hub, else usual.

    Raises ConfigurationError when the hub's `run/hub.json` is not readable.
    """
    running = _running_hub(Path(environ.get("LINGQU_HOME", ".lingqu")) / "run" / "hub.json")
    found: str = running.get("urls", {}).get(name, usual)
    return environ.get(f"LINGQU_{name.upper()}_URL", found)


class ServiceClient(Closing):
    """One service: JSON in, JSON out, problem details as errors.

    Raises RefusedError for what the service refuses and UnavailableError when it does not answer.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        timeout_s: float = 30,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self.name = name
        self.url = url.rstrip("/")
        self._http = httpx2.Client(
            base_url=self.url, timeout=timeout_s, transport=transport, verify=trusted()
        )

    def get(self, path: str, **query: str | int) -> Any:
        return self.request("GET", path, params=query)

    def post(self, path: str, body: Any = None) -> Any:
        return self.request("POST", path, json=body)

    def request(self, method: str, path: str, **options: Any) -> Any:
        """Send a request with httpx's options and return the parsed answer."""
        with self._reached():
            answer = self._http.request(method, path, **options)
        if answer.is_success:
            return answer.json() if answer.content else None
        raise _error(self, answer)

    def lines(self, method: str, path: str, **options: Any) -> Iterator[Any]:
        """Send a request and yield the parsed lines of its answer (JSON lines) as they come."""
        with self._reached(), self._http.stream(method, path, **options) as answer:
            _raise_unless_success(self, answer)
            yield from (json.loads(line) for line in answer.iter_lines() if line)

    def content(self, path: str, **query: str) -> Iterator[bytes]:
        """Yield what stands there, in pieces, as it is."""
        with self._reached(), self._http.stream("GET", path, params=query) as answer:
            _raise_unless_success(self, answer)
            yield from answer.iter_bytes()

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except httpx2.TransportError as error:
            raise UnavailableError(
                f"{self.name} at {self.url} does not answer ({type(error).__name__});"
                " is the hub up (lingqu status), and LINGQU_HOME the right one?"
            ) from error

    def close(self) -> None:
        self._http.close()


class HubClient(Closing):
    """A hub's services by name; a context manager."""

    def __init__(self, addresses: HubAddresses) -> None:
        self.addresses = addresses
        self.control = ServiceClient("control", addresses.control)
        self.gateway = ServiceClient("gateway", addresses.gateway)
        self.registry = ServiceClient("registry", addresses.registry)

    def close(self) -> None:
        for service in (self.control, self.gateway, self.registry):
            service.close()


def _raise_unless_success(service: ServiceClient, answer: httpx2.Response) -> None:
    if not answer.is_success:
        answer.read()
        raise _error(service, answer)


def _error(service: ServiceClient, answer: httpx2.Response) -> Exception:
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    if not isinstance(problem, dict):
        problem = {}
    if answer.is_server_error:
        said = problem.get("detail", f"answered {answer.status_code}")
        return UnavailableError(f"{service.name} at {service.url}: {said}")
    return RefusedError(answer.status_code, problem)


def _running_hub(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} is not readable ({error}); restart the hub") from error
    return found if isinstance(found, dict) else {}
