"""Asking a process what it still lacks before it is ready."""

from __future__ import annotations

import http.client
import json
import socket

HOST = "127.0.0.1"


def missing_of_port(port: int, timeout_s: float = 1) -> list[str]:
    """Return nothing when something accepts connections there."""
    try:
        socket.create_connection((HOST, port), timeout_s).close()
    except OSError as error:
        return [f"port {port} does not answer ({error.strerror or error})"]
    return []


def missing_of_service(port: int, timeout_s: float = 2) -> list[str]:
    """Return what the service's /readyz says is missing; empty when it is ready."""
    # http.client looks for no proxy, which would be wrong here and unsafe after a fork on macOS.
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout_s)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        body = answer.read(65536)
    except (OSError, http.client.HTTPException) as error:
        return [f"port {port} does not answer ({getattr(error, 'strerror', None) or error})"]
    finally:
        connection.close()
    return [] if answer.status == 200 else _sentences(answer.status, body)


def _sentences(status: int, body: bytes) -> list[str]:
    try:
        problem = json.loads(body)
        return [str(each) for each in problem.get("missing") or [problem["detail"]]]
    except (ValueError, KeyError, AttributeError):
        return [f"/readyz answers {status}"]
