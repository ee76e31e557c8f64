"""Feeds that flow while their partners are there, and rest when these go away again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from lingqu.errors import ConflictError, LingquError
from lingqu_embedded.demo.hubs import RunningHub


@contextmanager
def reachable(
    provider: RunningHub, rested: Sequence[str], leaving: Sequence[str]
) -> Iterator[None]:
    """Let the feeds that an earlier demo rested flow; rest those whose partner leaves afterwards.

    A hub that stays up would otherwise keep calling partners that are not there.
    """
    with provider.client() as client:
        for feed in rested:
            if client.control.get(f"/v1/feeds/{feed}")["paused"]:
                client.control.post(f"/v1/feeds/{feed}/resume")
        try:
            yield
        finally:
            with contextlib.suppress(LingquError):  # a hub that has died needs no rest
                for feed in leaving:
                    client.control.post(f"/v1/feeds/{feed}/pause")


def check_flowing(provider: RunningHub, agreements: Mapping[str, str]) -> None:
    """Raise ConflictError, naming the cure, where a feed does not flow; agreements are by feed."""
    with provider.client() as client:
        for feed, agreement in agreements.items():
            said = client.control.get(f"/v1/feeds/{feed}")
            if not said["flows"]:
                cure = f"feed resume {feed}" if said["paused"] else f"agreement show {agreement}"
                state = "paused" if said["paused"] else said["state"]
                raise ConflictError(
                    f"feed {feed!r} is {state}, so its partner would get nothing; "
                    f"see to it first: lingqu {cure}"
                )
