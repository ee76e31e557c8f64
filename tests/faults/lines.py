"""The lines of a rig: brokers that say they are at a line's end, a database behind one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import make_url
from tests.faults.plan import Part
from tests.faults.proxy import Line, to_port, to_socket
from tests.support.ports import free_port

from lingqu_embedded.broker import HOST, Broker

_ENDS: dict[str, Part] = {"source": "line to source", "target": "line to target"}


class Lines:
    """Draws a line to each server, or none at all: then all talk to each other directly."""

    def __init__(self, wanted: bool) -> None:
        self.drawn: dict[Part, Line] = {}
        self._wanted = wanted

    def to_broker(self, name: str, broker: Broker) -> str:
        """Return where clients find the broker."""
        if not self._wanted:
            return broker.bootstrap
        line = self.drawn[_ENDS[name]] = Line(to_port(broker.settings.port), free_port())
        return f"{HOST}:{line.port}"

    def command(self, broker: Broker, bootstrap: str) -> Callable[[], Sequence[str]]:
        """Return the broker's command, once its settings name that address to clients."""

        def prepare() -> Sequence[str]:
            command = broker.prepare()
            settings = broker.settings.home / "server.properties"
            said = "advertised.listeners=PLAINTEXT://"
            text = settings.read_text("utf-8")
            settings.write_text(text.replace(said + broker.bootstrap, said + bootstrap), "utf-8")
            return command

        return prepare

    def to_database(self, url: str) -> str:
        """Return the URL of a PostgreSQL by way of a line; another database has none."""
        parts = make_url(url)
        if not self._wanted or not parts.drivername.startswith("postgresql"):
            return url
        folder = parts.query.get("host")
        if isinstance(folder, str):
            server = to_socket(f"{folder}/.s.PGSQL.{parts.port or 5432}")
        else:
            server = to_port(parts.port or 5432)
        line = self.drawn["line to database"] = Line(server, free_port())
        direct = parts.set(host=HOST, port=line.port).difference_update_query(["host"])
        return direct.render_as_string(hide_password=False)

    def close(self) -> None:
        for line in self.drawn.values():
            line.close()
