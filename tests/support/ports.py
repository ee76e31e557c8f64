"""Ports nobody listens on."""

from __future__ import annotations

import random
import socket
from contextlib import ExitStack, suppress

# From 32768 on Linux lends ports to outgoing connections: one of those might hold the port of a
# server that a test stops and starts again.
_PORTS = range(10_000, 32_768)


def free_ports(count: int) -> list[int]:
    """Return that many free ports; all held while choosing, so that none comes twice."""
    with ExitStack() as held:
        ports: list[int] = []
        while len(ports) < count:
            one = held.enter_context(socket.socket())
            with suppress(OSError):
                one.bind(("127.0.0.1", random.choice(_PORTS)))
                ports.append(one.getsockname()[1])
        return ports


def free_port() -> int:
    return free_ports(1)[0]
