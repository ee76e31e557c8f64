"""How a command ends whose order does not."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from tests.support.desk_hub import command_line

from lingqu_cli import feed, ordering

ORDER: dict[str, Any] = {
    "feed": "to-44", "number": 3, "kind": "replay", "dry_run": False, "state": "running", "why": "",
    "sent": 2, "withheld": 0, "dead": 0, "gone": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ({"state": "cancelled"}, "order 3 of feed 'to-44' was cancelled"),
        (
            {"state": "failed", "why": "the table is full"},
            "order 3 of feed 'to-44' cannot go on: the table is full; it is tried again now",
        ),
    ],
)
def test_an_order_that_comes_to_no_end_ends_the_command_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, ends: dict[str, str], said: str
) -> None:
    app = FastAPI()
    app.add_api_route("/v1/feeds/to-44/replay", lambda: ORDER, methods=["POST"])
    app.add_api_route("/v1/feeds/to-44/orders/3", lambda: {**ORDER, **ends})
    lingqu = command_line(app, feed.app, [feed, ordering], monkeypatch)
    assert lingqu("replay", "to-44").startswith(f"lingqu: {said}")
