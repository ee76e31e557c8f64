"""Supervision of real processes: order, restart, failure, leash, orphans."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from tests.support.clock import FakeClock
from tests.support.ports import free_port
from tests.support.waiting import wait_until

from lingqu.clock import SystemClock
from lingqu_embedded.home import HubHome
from lingqu_embedded.leash import leashed
from lingqu_embedded.orphans import end_orphans
from lingqu_embedded.probe import missing_of_port
from lingqu_embedded.process import Child, ProcessSpec, Seat
from lingqu_embedded.supervisor import StartFailedError, Supervisor

SERVER = """
import socket, sys, time
print("listening", flush=True)
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    listener.accept()[0].close()
"""

Specify = Callable[..., ProcessSpec]


@pytest.fixture
def home(tmp_path: Path) -> HubHome:
    made = HubHome(tmp_path)
    made.make()
    return made


@pytest.fixture
def specify(home: HubHome) -> Specify:
    def make(name: str, program: str = SERVER) -> ProcessSpec:
        port = free_port()
        return ProcessSpec(
            name=name,
            command=lambda: [sys.executable, "-c", program, str(port)],
            seats=(Seat(name, port, None),),
            missing=lambda: missing_of_port(port),
            log=home.logs / f"{name}.log",
            environ={**os.environ, "LINGQU_HOME": str(home.root)},
        )

    return make


class Running:
    """A supervisor in a thread, and what it said."""

    def __init__(self, home: HubHome, *phases: list[ProcessSpec]) -> None:
        self.said: list[str] = []
        self.up = threading.Event()
        self.supervisor = Supervisor(home, {"pid": 1}, phases, SystemClock(), self.said.append)
        self._thread = threading.Thread(target=self.supervisor.run, args=(self.up.set,))
        self._thread.start()

    def stop(self) -> None:
        self.supervisor.stop.set()
        self._thread.join(30)


@pytest.fixture
def run(home: HubHome) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def start(*phases: list[ProcessSpec]) -> Running:
        started.append(Running(home, *phases))
        assert started[-1].up.wait(30)
        return started[-1]

    yield start
    for each in started:
        each.stop()


def states(said: list[str]) -> list[str]:
    return [" ".join(line.split(" (")[0].split(": ")[:2]) for line in said]


def test_phases_start_in_order_and_stop_in_reverse(
    run: Callable[..., Running], specify: Specify
) -> None:
    running = run([specify("first")], [specify("second")])
    running.stop()

    assert states(running.said) == [
        *("first starting", "first ready", "second starting", "second ready"),
        *("second stopping", "second stopped", "first stopping", "first stopped"),
    ]


def test_a_killed_process_is_started_again(
    run: Callable[..., Running], specify: Specify, home: HubHome
) -> None:
    running = run([specify("only")])
    [child] = running.supervisor.children
    before = child.pid
    assert before is not None

    os.kill(before, signal.SIGKILL)
    wait_until(lambda: child.restarts == 1 and child.state == "ready")

    facts = home.facts()
    assert facts is not None
    assert facts["processes"][0]["pid"] == child.pid != before
    assert facts["processes"][0]["restarts"] == 1


def test_a_process_that_cannot_start_fails_the_hub_with_its_last_words(
    home: HubHome, specify: Specify
) -> None:
    good, bad = specify("good"), specify("bad", "import sys; sys.exit('no such setting')")
    said: list[str] = []
    supervisor = Supervisor(home, {}, [[good], [bad]], SystemClock(), said.append)

    with pytest.raises(StartFailedError, match=r"bad did not start: .*(?s:.*)no such setting"):
        supervisor.run(lambda: pytest.fail("it never started"))

    assert states(said)[-2:] == ["good stopping", "good stopped"]
    assert home.facts() is None


def test_back_off_doubles_while_a_process_keeps_dying(specify: Specify) -> None:
    clock = FakeClock()
    child = Child(specify("mayfly"), clock)
    child.start()
    wait_until(lambda: child.poll() and child.state == "ready")
    waits = []
    for _ in range(4):
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        wait_until(lambda: child.exited() is not None)
        child.poll()
        waits.append(child._back_off_s())
        clock.advance(waits[-1])
        child.poll()
    child.end()
    child.wait_ended()

    assert waits == [0.5, 1, 2, 4]


def test_a_process_deaf_to_sigterm_is_killed_after_its_grace(specify: Specify) -> None:
    deaf = SERVER.replace("import", "import signal; signal.signal(15, signal.SIG_IGN)\nimport", 1)
    child = Child(replace(specify("deaf", deaf), grace_s=0.2), SystemClock())
    child.start()
    wait_until(lambda: child.poll() and child.state == "ready")

    child.end()
    child.wait_ended()

    assert child.exited() == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux signals the death of a parent")
def test_a_leashed_process_ends_when_its_parent_is_killed() -> None:
    script = f"""
import subprocess, sys, time
sys.path.insert(0, {str(Path(__file__).parents[2] / "services")!r})
from lingqu_embedded.leash import leashed
child = subprocess.Popen(leashed([sys.executable, "-c", "import time; time.sleep(600)"]))
print(child.pid, flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as parent:
        try:
            assert parent.stdout is not None
            child = psutil.Process(int(parent.stdout.readline()))
            wait_until(lambda: child.cmdline()[1:] == ["-c", "import time; time.sleep(600)"])
        finally:
            parent.kill()

    wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_a_leash_whose_holder_has_gone_starts_nothing() -> None:
    command = leashed([sys.executable, "-c", "print('ran')"])
    command[command.index(str(os.getpid()))] = "1999999999"

    done = subprocess.run(command, capture_output=True, check=False)

    assert (done.returncode, done.stdout) == (1, b"")


def test_orphans_of_this_home_are_ended_and_strangers_left(home: HubHome) -> None:
    sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
    ours = subprocess.Popen(sleeper, env={**os.environ, "LINGQU_HOME": str(home.root)})
    stranger = subprocess.Popen(sleeper, env={**os.environ, "LINGQU_HOME": "/elsewhere"})
    facts = {"processes": [{"pid": ours.pid}, {"pid": stranger.pid}, {"pid": None}]}
    try:
        assert end_orphans(str(home.root), facts) == 1
        ours.wait(10)
        assert not psutil.pid_exists(ours.pid)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
