"""The address of a database: what may stand in it, and how it is called in sentences."""

from __future__ import annotations

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

_FORMS = "write postgresql://user@host:5432/name or sqlite:////absolute/path"

# All that says where and how safely; what could carry a password or run a command is left out.
_QUERY = {"host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs"}


def parse_address(url: str) -> URL:
    """Return the parsed address; raise ValueError, without quoting it, for one that is not safe."""
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError):
        raise ValueError(f"the address is not well formed; {_FORMS}") from None
    if parsed.password:
        raise ValueError(
            "the address holds a password, which an agreement must not; keep it as a secret of "
            "the hub and name it in password_secret"
        )
    if backend == "sqlite":
        return _sqlite(parsed)
    if backend != "postgresql":
        raise ValueError(f"no database of kind {backend!r} is known; {_FORMS}")
    return _postgresql(parsed)


def spoken(address: URL) -> str:
    """Return how sentences call the database: where it is, not who logs in."""
    if address.get_backend_name() == "sqlite":
        return f"database {address.database}"
    host = address.host or address.query.get("host") or "localhost"
    port = f":{address.port}" if address.port else ""
    return f"database {address.database!r} at {host}{port}"


def _sqlite(parsed: URL) -> URL:
    if parsed.query:
        raise ValueError("a SQLite address takes no options; leave out what follows '?'")
    if not (parsed.database or "").startswith("/"):
        raise ValueError("a SQLite address needs an absolute path: sqlite:////srv/exchange.sqlite")
    return parsed.set(drivername="sqlite")


def _postgresql(parsed: URL) -> URL:
    if not parsed.database:
        raise ValueError(f"the address names no database; {_FORMS}")
    if strange := sorted(set(parsed.query) - _QUERY):
        known = ", ".join(sorted(_QUERY))
        raise ValueError(f"the address has the option {strange[0]!r}; there may be {known}")
    return parsed.set(drivername="postgresql+psycopg")
