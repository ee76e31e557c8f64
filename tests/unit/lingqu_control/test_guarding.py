"""Control asks the hooks that it shares with the registry; each route of it does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from tests.support.builders import contract_folder
from tests.unit.lingqu_control.desks import document

from lingqu.errors import ForbiddenError
from lingqu.service.auth import Access, Action, Caller
from lingqu.service.database import make_engine, migrate
from lingqu_control.app import create_app
from lingqu_control.settings import ControlSettings

OPEN = {"/healthz", "/readyz", "/metrics"}


class ByHeader:
    """Recognises a caller by the name in a header."""

    def caller(self, headers: Mapping[str, str]) -> Caller:
        if headers.get("x-name") == "forged":
            raise ForbiddenError("the credentials are wrong")
        return Caller(headers.get("x-name", ""))


@dataclass
class Clerks:
    """Permits the operator all, and anybody the partner of the caller's own name, to look at."""

    asked: list[tuple[str, str]] = field(default_factory=list)

    def permits(self, caller: Caller, action: Action, resource: str) -> bool:
        self.asked.append((action, resource))
        if not caller.name:
            return False
        own = action is Action.READ and resource == f"partner:{caller.name}"
        return own or caller.name == "operator"


@pytest.fixture
def clerks() -> Clerks:
    return Clerks()


@pytest.fixture
def http(tmp_path: Path, clerks: Clerks) -> TestClient:
    settings = ControlSettings(
        region="43",
        profile="demo",
        database_url=SecretStr(f"sqlite:///{tmp_path}/control.sqlite"),
        home=tmp_path / "home",
        schemas_dir=contract_folder(tmp_path),
    )
    migrate(make_engine(settings.database), "lingqu_control.migrations")
    return TestClient(create_app(settings, Access(ByHeader(), clerks)))


def test_every_route_asks_before_it_looks(http: TestClient, clerks: Clerks) -> None:
    paths = http.get("/openapi.json").json()["paths"]
    guarded = [(m, path) for path, said in paths.items() for m in said if path not in OPEN]
    assert len(guarded) > 20
    for method, path in guarded:
        answer = http.request(method, re.sub(r"{.*?}", "1", path), json={})
        assert answer.status_code == 404, (method, path)
        assert "you may not" in answer.json()["detail"], (method, path)
    assert {"write region:", "read partner:", "write feed:1", "delete feed:1"} <= {
        " ".join(each) for each in clerks.asked
    }


def test_who_may_is_answered_and_others_learn_nothing_of_what_is_there(http: TestClient) -> None:
    operator, south = {"x-name": "operator"}, {"x-name": "south-office"}
    assert http.post("/v1/apply", json=document(), headers=operator).status_code == 200

    assert http.get("/v1/partners/south-office", headers=south).json()["region"] == "44"
    for name in ("north-office", "nobody"):
        refused = http.get(f"/v1/partners/{name}", headers=south)
        assert refused.status_code == 404
        assert refused.json()["detail"] == f"there is no partner {name!r}, or you may not read it"
    assert http.get("/v1/partners", headers=south).status_code == 404
    assert http.post("/v1/apply", json=document(), headers=south).status_code == 404


def test_a_caller_who_is_not_recognised_is_refused(http: TestClient) -> None:
    assert http.get("/v1/partners", headers={"x-name": "forged"}).status_code == 403
