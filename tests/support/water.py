"""A water service with its real database, beside a registry that a test can take away."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.support.service import Asking, service_under_test

from lingqu_water.app import create_app
from lingqu_water.settings import WaterSettings

ROOT = Path(__file__).parents[2]
_HEADING = "省份,流域,断面名称,监测时间,水质类别,高锰酸盐指数(mg/L),站点情况"
SHARED = Path(os.environ.get("LINGQU_SHARED_DATA", ROOT.parent / "shared" / "data")) / "water"


def shared_file(path: str) -> Path:
    """Return a published file, or skip the test where it is not there."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"{found} is not there")
    return found


def table(*values: float, name: str = "示例", day: int = 1, province: str = "湖南省") -> bytes:
    """Return a published table of one section: permanganate index every four hours of a day."""
    rows = [
        f"{province},长江流域,{name},04-{day:02} {4 * place:02}:00,Ⅱ,{value},正常"
        for place, value in enumerate(values)
    ]
    return "\n".join((_HEADING, *rows)).encode()


@dataclass(frozen=True)
class WaterUnderTest(Asking):
    """A water service over HTTP; a post returns the answer itself."""

    def post(self, path: str, body: Any, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/v1/{path}", json=body, headers=named)

    def import_bytes(self, content: bytes, name: str, **query: str) -> list[dict[str, Any]]:
        """Return the lines that an import answers."""
        return self.import_lines(content, name, **query)

    def import_file(self, file: Path, **query: str) -> dict[str, Any]:
        """Return the summary of an imported file."""
        summary: dict[str, Any] = self.import_bytes(file.read_bytes(), file.name, **query)[-1]
        assert "summary" in summary, summary
        return summary


water_under_test = partial(service_under_test, WaterUnderTest, create_app, WaterSettings)
