"""Control in this process, as the command line's commands see it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Self

import pytest
import typer
from fastapi import FastAPI
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from lingqu.client import RefusedError
from lingqu.errors import LingquError

Run = Callable[..., str]


class DeskHub:
    """A hub of which only control is there; what it refuses is raised as the client would."""

    def __init__(self, app: FastAPI) -> None:
        self._http = TestClient(app)
        self.control = self

    def get(self, path: str, **query: str | int) -> Any:
        return self.request("GET", path, params=query)

    def post(self, path: str, body: Any = None) -> Any:
        return self.request("POST", path, json=body)

    def request(self, method: str, path: str, **options: Any) -> Any:
        answer = self._http.request(method, path, **options)
        if answer.is_success:
            return answer.json() if answer.content else None
        raise RefusedError(answer.status_code, answer.json())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def command_line(
    app: FastAPI, commands: typer.Typer, modules: list[Any], patch: pytest.MonkeyPatch
) -> Run:
    """Return what runs a command against control; the sentence of an error comes back as said."""
    for module in modules:
        patch.setattr(module, "hub", lambda: DeskHub(app))

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(commands, arguments)
        if isinstance(result.exception, LingquError):
            return f"lingqu: {result.exception}"
        assert result.exit_code == 0, result.output
        return re.sub(r"[ \t]+\n", "\n", result.stdout)

    return run
