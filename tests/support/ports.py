"""Ports nobody listens on."""

from __future__ import annotations

import socket


def free_ports(count: int) -> list[int]:
    """Return that many free ports; all held while choosing, so that none comes twice."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def free_port() -> int:
    return free_ports(1)[0]
