from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.support.http import http
from tests.support.outbox import until
from tests.support.ports import free_ports

pytestmark = pytest.mark.integration

ROOM = """
import asyncio, os, sys
from contextlib import asynccontextmanager
from pydantic_settings import SettingsConfigDict
from lingqu.errors import UnavailableError
from lingqu.metrics import Metrics
from lingqu.service.app import Service, make_app
from lingqu.service.settings import HubSettings


class RiverSettings(HubSettings):
    model_config = SettingsConfigDict(env_prefix="LINGQU_RIVER_")
    depth_m: int = 3


def create(name):
    settings = RiverSettings.load()

    @asynccontextmanager
    async def lifespan(_app):
        if os.environ.get("FAILS") == name:
            raise UnavailableError("its source has run dry; wait for rain")
        print(name, "up", flush=True)
        yield
        print(name, "down", flush=True)

    app = make_app(name, metrics=Metrics(), ready=list, lifespan=lifespan)

    @app.get("/slow")
    async def slow() -> str:
        print("asked", flush=True)
        await asyncio.sleep(1)
        return f"{name} {settings.depth_m}"

    return app


RIVER = Service("river", int(os.environ["RIVER"]), lambda: create("river"))
LAKE = Service("lake", int(os.environ["LAKE"]), lambda: create("lake"))
"""
SERVE = "import sys; from lingqu.service.run import serve; sys.exit(serve(sys.argv[1:]))"


class Served:
    """A process that serves rooms of an installed distribution."""

    def __init__(self, folder: Path, names: list[str], environ: dict[str, str]) -> None:
        self.out = folder / "out"
        self.err = folder / "err"
        command = [sys.executable, "-c", SERVE, *names]
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(command, env=environ, stdout=out, stderr=err)

    def said(self, words: str) -> bool:
        return words in self.out.read_text()

    def end(self) -> tuple[int, list[str]]:
        """Return the exit code and the lines said for a person."""
        code = self.process.wait(30)
        return code, [line for line in self.err.read_text().splitlines() if "lingqu:" in line]


class Rooms:
    """Two rooms on free ports, installed where only these processes see them."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self._stack = folder, stack
        self.river, self.lake = free_ports(2)
        (folder / "rooms.py").write_text(ROOM)
        installed = folder / "rooms-1.0.dist-info"
        installed.mkdir()
        (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: rooms\nVersion: 1.0\n")
        points = "[lingqu.services]\nriver = rooms:RIVER\nlake = rooms:LAKE\n"
        (installed / "entry_points.txt").write_text(points)

    def serve(self, *names: str, **environ: str) -> Served:
        ports = {"RIVER": str(self.river), "LAKE": str(self.lake)}
        base = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        base |= {"PYTHONPATH": str(self.folder), "LINGQU_REGION": "43"}
        served = Served(self.folder, list(names), base | ports | environ)
        self._stack.callback(served.process.wait, 10)
        self._stack.callback(served.process.kill)
        return served


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    with ExitStack() as stack:
        yield Rooms(tmp_path, stack)


def test_rooms_of_one_process_answer_on_their_own_ports_and_stop_together(rooms: Rooms) -> None:
    served = rooms.serve("river", "lake", LINGQU_HOME=str(rooms.folder / "home"))
    until(lambda: served.said("river up") and served.said("lake up"))
    scraped = rooms.folder / "home" / "run" / "scrape"
    for name, port in (("river", rooms.river), ("lake", rooms.lake)):
        document = http.get(f"http://127.0.0.1:{port}/openapi.json").json()
        assert document["info"]["title"] == name
        (target,) = json.loads((scraped / f"{name}-{port}.json").read_text())
        assert target == {
            "targets": [f"127.0.0.1:{port}"],
            "labels": {"job": name, "hub": "43"},
        }
    served.process.send_signal(signal.SIGTERM)

    assert served.end() == (0, [])
    assert served.said("river down")
    assert served.said("lake down")
    assert list(scraped.iterdir()) == []


def test_a_request_in_flight_is_answered_before_the_end(rooms: Rooms) -> None:
    served = rooms.serve("river", LINGQU_RIVER_DEPTH_M="8")
    until(lambda: served.said("river up"))
    answers: list[str] = []
    url = f"http://127.0.0.1:{rooms.river}/slow"
    asking = threading.Thread(target=lambda: answers.append(http.get(url).json()))
    asking.start()
    until(lambda: served.said("asked"))
    served.process.send_signal(signal.SIGTERM)
    asking.join(20)

    assert served.end() == (0, [])
    assert answers == ["river 8"]


def test_a_taken_port_is_one_sentence_with_who_holds_it_and_the_cure(rooms: Rooms) -> None:
    with socket.create_server(("127.0.0.1", rooms.lake)):
        served = rooms.serve("river", "lake")
        code, said = served.end()

    assert code == 1
    assert len(said) == 1
    assert f"port {rooms.lake} of service 'lake' is taken by" in said[0]
    assert f"process {os.getpid()}" in said[0]
    assert "LINGQU_PORT_OFFSET" in said[0]
    assert "Traceback" not in served.err.read_text()
    assert not served.said("river up")


def test_one_room_that_cannot_start_stops_all_with_its_sentence(rooms: Rooms) -> None:
    served = rooms.serve("river", "lake", FAILS="lake")

    assert served.end() == (
        1,
        ["lingqu: service 'lake' cannot run: its source has run dry; wait for rain"],
    )
    assert "Traceback" not in served.err.read_text()


@pytest.mark.parametrize(
    ("names", "environ", "said"),
    [
        (["river"], {"LINGQU_RIVER_DEPHT_M": "1"}, "did you mean LINGQU_RIVER_DEPTH_M?"),
        (["river"], {"LINGQU_LOG_LEVEL": "LOUD"}, "LINGQU_LOG_LEVEL is wrong"),
        (["river"], {"LINGQU_PORT_OFFSET": "some"}, "LINGQU_PORT_OFFSET is wrong"),
        (["rivre"], {}, "did you mean 'river'?"),
    ],
)
def test_what_is_set_wrong_is_one_sentence_and_exit_code_2(
    rooms: Rooms, names: list[str], environ: dict[str, str], said: str
) -> None:
    served = rooms.serve(*names, **environ)
    code, lines = served.end()

    assert (code, len(lines)) == (2, 1)
    assert said in lines[0]
    assert "Traceback" not in served.err.read_text()


def test_ports_move_with_the_offset(rooms: Rooms) -> None:
    offset = free_ports(1)[0] - rooms.river
    served = rooms.serve("river", LINGQU_PORT_OFFSET=str(offset))
    until(lambda: served.said("river up"))

    assert http.get(f"http://127.0.0.1:{rooms.river + offset}/healthz").status_code == 200
