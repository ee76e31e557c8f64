"""The authorities that this machine's HTTP clients trust."""

from __future__ import annotations

import functools
import ssl

import httpx2


@functools.cache
def trusted() -> ssl.SSLContext:
    """Return the context that all clients of a process share; each of their own costs 20 ms."""
    return httpx2.create_ssl_context()
