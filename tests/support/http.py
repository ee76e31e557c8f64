"""Requests of somebody who is not us: each on a connection of its own."""

from __future__ import annotations

import httpx2

from lingqu.trust import trusted

http = httpx2.Client(verify=trusted(), limits=httpx2.Limits(max_keepalive_connections=0))
