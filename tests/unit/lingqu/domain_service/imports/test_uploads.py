from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lingqu.domain_service.imports.uploads import Uploads
from lingqu.errors import NotFoundError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_imports_are_listed_the_newest_first(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    for hour in range(3):
        uploads.new(NOON + timedelta(hours=hour)).keep({"hour": hour})
    assert [each["hour"] for each in uploads.recent(2)] == [2, 1]


def test_an_import_is_forgotten_after_its_time(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    uploads.new(NOON).keep({"old": True})
    kept = uploads.new(NOON + timedelta(hours=2))
    kept.keep({"old": False})
    assert uploads.forget(NOON + timedelta(hours=1)) == 1
    assert uploads.recent(10) == [{"old": False}]


@pytest.mark.parametrize("import_id", ["../../etc", "0197b1de-7c00-7000-8000-000000000001", ""])
def test_an_unknown_import_has_no_copy(tmp_path: Path, import_id: str) -> None:
    (tmp_path / "refused.json").write_text("{}")
    with pytest.raises(NotFoundError, match="no returned copy"):
        Uploads(tmp_path).refusing(import_id)
