"""A partner that misbehaves at random, by a seed: every answer that goes wrong in practice."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.support.partner import Reply, Request

MOODS: Mapping[str, int] = {
    "accept": 40,
    "verdicts": 25,
    "later": 5,
    "trouble": 8,
    "garbage": 6,
    "nonsense": 3,
    "silence": 3,
    "half": 6,
    "hangup": 6,
}


@dataclass
class Moody:
    """Decides by chance; what it wants to have again it takes at a later try."""

    seed: int
    moods: Mapping[str, int] = field(default_factory=lambda: MOODS)
    retry_share: float = 0.03
    reject_share: float = 0.005
    rejected: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)

    def __call__(self, request: Request) -> Reply:
        mood = self._dice.choices(list(self.moods), list(self.moods.values()))[0]
        reply: Reply = getattr(self, f"_{mood}")(request)
        return reply

    def _accept(self, _request: Request) -> Reply:
        return Reply(body=b"thank you")

    def _verdicts(self, request: Request) -> Reply:
        return Reply(207, {name: self._verdict(name) for name in request.ids})

    def _verdict(self, event_id: str) -> str:
        """What was rejected once is always; what shall come again may be rejected then."""
        if event_id in self.rejected:
            return "rejected"
        drawn = self._dice.random()
        if drawn < self.reject_share:
            self.rejected.add(event_id)
            return "rejected"
        return "retry" if drawn < self.reject_share + self.retry_share else "accepted"

    def _later(self, _request: Request) -> Reply:
        status = self._dice.choice([429, 503])
        return Reply(status, headers={"Retry-After": self._dice.choice(["0", "1"])})

    def _trouble(self, _request: Request) -> Reply:
        return Reply(self._dice.choice([500, 502, 504]), body=b"<h1>oops</h1>")

    def _garbage(self, _request: Request) -> Reply:
        return Reply(raw=self._dice.randbytes(200))

    def _nonsense(self, request: Request) -> Reply:
        """A 207 that is no verdict on these events: the hub cannot know what was taken."""
        results = [{"id": name, "status": "accepted"} for name in request.ids]
        bodies = [
            b"accepted!",
            json.dumps({"results": results[1:]}).encode(),
            json.dumps({"results": [*results, {"id": "no-such", "status": "accepted"}]}).encode(),
            json.dumps({"results": [{**each, "status": "perhaps"} for each in results]}).encode(),
        ]
        body = self._dice.choice(bodies)
        head = f"HTTP/1.1 207 Multi-Status\r\nContent-Length: {len(body)}\r\n\r\n"
        return Reply(raw=head.encode() + body)

    def _silence(self, _request: Request) -> Reply:
        return Reply(silent=True)

    def _half(self, request: Request) -> Reply:
        body = Reply(207, dict.fromkeys(request.ids, "accepted")).content()
        head = f"HTTP/1.1 207 Multi-Status\r\nContent-Length: {len(body)}\r\n\r\n"
        return Reply(raw=head.encode() + body[: len(body) // 2])

    def _hangup(self, _request: Request) -> Reply:
        return Reply(raw=b"")
