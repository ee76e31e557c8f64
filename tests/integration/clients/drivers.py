"""Programs of other languages that call unmodified clients: one JSON object a line, in and out.

A line in is `{"call": "object.method", "args": [...], "params": {...}}`, a line out is
`{"result": ...}` or `{"error": {"status", "code", "message", "kind"}}`. The programs find methods
by reflection and know nothing of what is right: that is said in the tests. Bytes are base64.
"""

from __future__ import annotations

import base64
import json
import os
import select
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from lingqu_embedded.leash import leashed

_ANSWER_TIMEOUT_S = 60.0


class ClientError(Exception):
    """What a foreign client threw, in its own words."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        super().__init__(said["message"])
        self.status: int | None = said.get("status")
        self.code: int | None = said.get("code")
        self.kind: str | None = said.get("kind")


class Driver:
    """One running program; `call` waits for its answer."""

    def __init__(self, command: Sequence[str], log: Path, environ: Mapping[str, str] = {}) -> None:
        self._log = log
        with log.open("wb") as words:
            self._process = subprocess.Popen(
                leashed(list(command)),
                env={**os.environ, **environ},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=words,
            )

    def call(self, call: str, *args: Any, **params: Any) -> Any:
        """Return the method's result. Raises ClientError where the client does."""
        assert self._process.stdin is not None
        line = json.dumps({"call": call, "args": args, "params": params})
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()
        answer = json.loads(self._line(call))
        if "error" in answer:
            raise ClientError(answer["error"])
        return answer.get("result")

    def methods(self, of: str) -> set[str]:
        """Return the names of all public methods that the client has."""
        return set(self.call("methods", of))

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _line(self, call: str) -> bytes:
        # Question and answer take turns, so that nothing waits in Python's own buffer.
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], _ANSWER_TIMEOUT_S)
        line = self._process.stdout.readline() if ready else b""
        if not line:
            pytest.fail(f"{call}: no answer; the program said: {self._log.read_text('utf-8')}")
        return line


def base64_of(payload: bytes) -> str:
    return base64.b64encode(payload).decode()


def bytes_of(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
