"""`lingqu up` and `lingqu down`: a hub from nothing to ready, and back."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import TextIO

import psutil

from lingqu.clock import SystemClock
from lingqu.errors import ConflictError, LingquError
from lingqu.service.ports import holder_of
from lingqu.service.targets import target_file
from lingqu_embedded.broker import HOST
from lingqu_embedded.detach import Say, run_in_background
from lingqu_embedded.home import HubHome
from lingqu_embedded.logs import rotate
from lingqu_embedded.orphans import end_orphans
from lingqu_embedded.plan import Plan
from lingqu_embedded.supervisor import Supervisor

STOP_TIMEOUT_S = 60.0


class AlreadyUpError(ConflictError):
    """A hub runs in this home already."""

    def __init__(self, home: HubHome) -> None:
        pid = (home.facts() or {}).get("pid", "unknown")
        super().__init__(f"the hub of {home.root} is already up (process {pid})")


def up(
    plan: Plan, fetch: Callable[[], str], say: Say, started: Callable[[], None], *, detach: bool
) -> None:
    """Bring the hub up; return when it has stopped or, detached, once it is ready.

    `started` is called when it is ready. Raises AlreadyUpError, HubPortTakenError, UnavailableError
    when the jars cannot be fetched, and StartFailedError.
    """
    home = plan.options.home
    lock = home.lock()
    if lock is None:
        raise AlreadyUpError(home)
    with lock:
        clean_up(home, say)
        check_ports(plan)
        classpath = fetch() if plan.options.own_kafka else None
        if detach:
            log = home.logs / "hub.log"
            rotate(log)
            run_in_background(
                lambda tell, ready: supervise(plan, classpath, lock, tell, ready), log, say
            )
            started()
        else:
            supervise(plan, classpath, lock, say, started)


def supervise(
    plan: Plan, classpath: str | None, lock: TextIO, say: Say, started: Callable[[], None]
) -> None:
    """Run the plan until a signal; holds the lock to its end."""
    facts = {**plan.facts(), "pid": os.getpid(), "home": str(plan.options.home.root)}
    phases = plan.phases(classpath)
    with lock:
        wanted = _lives(plan.options.until_exit_of)
        supervisor = Supervisor(plan.options.home, facts, phases, SystemClock(), say, wanted)
        _on_signal(supervisor.stop)
        supervisor.run(started)
        say("the hub has stopped")


def _lives(pid: int | None) -> Callable[[], bool]:
    """Return what tells whether the process that wants the hub still runs: not the id's next."""
    if pid is None:
        return lambda: True
    try:
        return psutil.Process(pid).is_running
    except psutil.NoSuchProcess:
        return lambda: False


def _on_signal(stop: threading.Event) -> None:
    def hear(*_: object) -> None:
        # From a thread: the main one may hold the event's lock in this very moment.
        threading.Thread(target=stop.set).start()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, hear)


def down(home: HubHome, say: Say) -> None:
    """Stop the hub of this home, or clean up after one that was killed."""
    if not home.locked():
        if not clean_up(home, say):
            say(f"no hub is up in {home.root}")
        return
    pid = (home.facts() or {}).get("pid")
    if pid is None:
        raise LingquError(f"the hub of {home.root} is just starting or stopping; try again")
    say(f"stopping the hub of {home.root} (process {pid})")
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while home.locked():
        if time.monotonic() > deadline:
            say(f"process {pid} did not stop within {STOP_TIMEOUT_S:.0f} s: killed")
            psutil.Process(pid).kill()
            deadline += STOP_TIMEOUT_S
        time.sleep(0.1)
    clean_up(home, say)
    say("the hub has stopped")


def clean_up(home: HubHome, say: Say) -> bool:
    """End what a killed supervisor left; the caller knows that no hub runs. Return if any did."""
    facts = home.facts()
    if facts is None:
        home.remove_facts()
        return False
    say(
        f"the last hub of {home.root} ended without stopping "
        f"(its process {facts.get('pid')} is gone): cleaning up"
    )
    count = end_orphans(str(home.root), facts)
    if count:
        say(f"ended {count} of its processes that were still running")
    for service, port in facts.get("ports", {}).items():
        target_file(home.root, service, port).unlink(missing_ok=True)
    home.remove_facts()
    return True


def check_ports(plan: Plan) -> None:
    """Raise HubPortTakenError for the first port that something listens on."""
    for name, port in plan.ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                raise HubPortTakenError(name, port) from error


class HubPortTakenError(LingquError):
    """A port of the hub to be is in use."""

    def __init__(self, name: str, port: int) -> None:
        super().__init__(
            f"port {port} of {name} is taken by {holder_of(port)}; stop that, or move all ports "
            f"of this hub with --port-offset 200"
        )
