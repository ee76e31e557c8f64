"""Where a PostgreSQL client may go: it is told the addresses that the hub may call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

from sqlalchemy import Engine, event

from lingqu.connect.hosts import permitted
from lingqu.errors import UnavailableError

Permit = Callable[[str], None]

# A socket file is this machine itself.
_HERE = "127.0.0.1"


def keep_to(engine: Engine, permit: Permit) -> None:
    """Let the engine connect only where `permit` does not raise.

    Names are resolved here and libpq is given what was looked at (`hostaddr`), so that no answer of
    DNS in between leads elsewhere; `host` stays beside it, and certificates are checked against it.
    """

    def look(_dialect: Any, _record: Any, _arguments: Any, given: MutableMapping[str, Any]) -> None:
        hosts = str(given.get("host") or "").split(",")
        ports = str(given.get("port") or "").split(",")
        if len(ports) == 1:
            ports *= len(hosts)
        ways = list(_ways(zip(hosts, ports, strict=True), permit))
        for place, name in enumerate(("host", "port", "hostaddr")):
            given[name] = ",".join(way[place] for way in ways)

    event.listen(engine, "do_connect", look)


def _ways(places: Iterable[tuple[str, str]], permit: Permit) -> list[tuple[str, str, str]]:
    """Return host, port and address of every way to go; one name of several may be unknown."""
    ways: list[tuple[str, str, str]] = []
    unknown: UnavailableError | None = None
    for host, port in places:
        if not host or host.startswith(("/", "@")):
            permit(_HERE)
            ways.append((host, port, ""))
            continue
        try:
            ways += [(host, port, address) for address in permitted(host, permit)]
        except UnavailableError as error:
            unknown = error
    if unknown is not None and not ways:
        raise unknown
    return ways
