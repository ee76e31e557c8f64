"""What `lingqu contract quality` prints of control's own answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pytest
from fastapi.testclient import TestClient
from tests.unit.lingqu_control.desks import desk
from tests.unit.lingqu_control.test_quality import DAY, hand_made_day, tell
from typer.testing import CliRunner

from lingqu.metrics import Metrics
from lingqu.service.app import make_app
from lingqu_cli import quality as cli
from lingqu_cli.contract import app
from lingqu_control.desk import Desk
from lingqu_control.endpoints import quality

Run = Callable[..., str]


class Hub:
    """A hub whose control is in this process."""

    def __init__(self, one: Desk) -> None:
        served = make_app("control", metrics=Metrics(), ready=list)
        served.include_router(quality.router(one))
        self._http = TestClient(served)
        self.control = self

    def get(self, path: str, **query: str | int) -> Any:
        answer = self._http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture
def one(tmp_path: Path) -> Desk:
    url = f"sqlite:///{tmp_path}/control.sqlite"
    return desk(tmp_path, url=url, sla={"latency_s": 3600, "completeness_percent": 95.0})


@pytest.fixture
def lingqu(one: Desk, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(cli, "hub", lambda: Hub(one))

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(app, ["quality", *arguments])
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def lines(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def test_a_contract_is_shown_by_day_producer_field_and_reason(one: Desk, lingqu: Run) -> None:
    tell(one, *hand_made_day())
    shown = lingqu("demo.reading", "--to", DAY)
    rows = lines(shown)
    assert ["promised", "within", "3600", "s,", "95.0", "%", "complete"] in rows
    assert [DAY, "50.0", "81.25", "88.89", "13", "3", "3", "1", "1"] in rows
    assert ["4301", "gateway", "75.0", "3", "1", "1", "0", "0"] in rows
    assert ["note", "1", "9", "11.11"] in rows
    assert ["value_not_negative", "2"] in rows


def test_all_contracts_are_listed_by_day(one: Desk, lingqu: Run) -> None:
    tell(one, *hand_made_day())
    rows = lines(lingqu("--to", DAY, "--origin", "4301"))
    assert rows[1:] == [
        [DAY, "demo.reading", "4301", "gateway", "75.0", "3", "1", "1", "0", "0"],
    ]


def test_programs_get_the_answer_as_it_is(one: Desk, lingqu: Run) -> None:
    tell(one, *hand_made_day())
    card = json.loads(lingqu("demo.reading", "--from", DAY, "--to", DAY, "--json"))
    assert card["score"]["validity_percent"] == 81.25
    listed = json.loads(lingqu("--producer", "gateway", "--json"))
    assert [item["origin"] for item in listed] == ["4301"]


@pytest.mark.parametrize("name", [(), ("demo.reading",)])
def test_where_nothing_was_published_it_says_so(lingqu: Run, name: tuple[str, ...]) -> None:
    assert lingqu(*name).splitlines()[-1] == "nothing was published on these days"
