"""Answers as bytes, with what they depend on, within a bound of memory."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import Message, Scope, Send

Key = tuple[bytes, ...]

_MOST_BYTES = 8 * 1_048_576
_OVERHEAD = 1_500  # of the objects around the bytes
_ASKED = 10_000  # questions, as a number each


@dataclass(frozen=True, slots=True)
class Answer:
    """The messages of one answer, and the count that must still be so for it to hold."""

    count: int
    method: str
    route: str
    start: Message
    body: Message

    async def give(self, send: Send) -> None:
        await send(self.start)
        await send(self.body)


class KeptAnswers:
    """Keeps what was kept last; the oldest go first when the memory is used up."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._answers: dict[Key, Answer] = {}
        self._asked: set[int] = set()
        self.get = self._answers.get

    def repeats(self, key: Key) -> bool:
        """Tell whether the question was asked before: of most there is never a second one."""
        if len(self._asked) >= _ASKED:
            self._asked.clear()
        known = hash(key) in self._asked
        self._asked.add(hash(key))
        return known

    def keep(self, key: Key, answer: Answer) -> None:
        self._drop(key)
        self._answers[key] = answer
        self._bytes += _size(key, answer)
        while self._bytes > self._most_bytes:
            self._drop(next(iter(self._answers)))

    def _drop(self, key: Key) -> None:
        gone = self._answers.pop(key, None)
        if gone is not None:
            self._bytes -= _size(key, gone)


class Recording:
    """A `send` that passes all on, and remembers an answer of 200."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._pieces: list[bytes] = []
        self._complete = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            self._start = message
        elif message["type"] == "http.response.body" and self._start is not None:
            self._pieces.append(message.get("body", b""))
            self._complete = not message.get("more_body", False)
        await self._send(message)

    def answer(self, count: int, scope: Scope, route: str) -> Answer | None:
        """Return what was answered, if it was 200 and is complete."""
        if self._start is None or not self._complete:
            return None
        # A copy: what made the JSON may have left it in a buffer of 4 KiB.
        body: Message = {"type": "http.response.body", "body": b"".join([b"", *self._pieces])}
        return Answer(count, scope["method"], route, self._start, body)


def _size(key: Key, answer: Answer) -> int:
    return sum(map(len, key)) + len(answer.body["body"]) + _OVERHEAD
