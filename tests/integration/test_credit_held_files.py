"""Files that wait to be sent back hold nothing of a record that is repaired."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.support.clock import FakeClock
from tests.support.credit import code
from tests.support.credit_hubs import Hub, credit_hubs, granted

from lingqu.domain_service.imports.forms import Request
from lingqu.domain_service.imports.importing import Importing
from lingqu.domain_service.imports.record_forms import RecordForms
from lingqu.domain_service.imports.uploads import Uploads
from lingqu.domain_service.statements.noun import Document
from lingqu.errors import NotFoundError
from lingqu_credit.forms.record_tables import record_form
from lingqu_credit.measures.closed_list import load_closed_list
from lingqu_credit.repairs.held_files import HeldFiles

pytestmark = pytest.mark.integration

START = datetime(2026, 6, 3, 2, 0, tzinfo=UTC)
HEADING = (
    "行政相对人名称,行政相对人类别,统一社会信用代码,名单类型,列入决定文号,"
    "列入依据,列入事由,列入决定日期,列入机关"
)


def listed(number: int, decided_on: str = "2026-06-01") -> str:
    return (
        f"示例企业{number},法人及非法人组织,{code(number)},失信被执行人,湘示失信〔2026〕{number}号,"
        f"依据,事由,{decided_on},示例局"
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """A hub with its imports, and what deletes held files."""

    hub: Hub
    importing: Importing[Document]
    files: HeldFiles
    folder: Path

    def take(self, *rows: str) -> dict[str, Any]:
        """Import a table; return its summary with the import's id."""
        slot = self.importing.slot()
        slot.upload.write_text("\n".join((HEADING, *rows)), "utf-8")
        opened = self.importing.open(slot, Request("名单.csv"))
        *_, told = self.importing.run(opened)
        return {**told["summary"], "id": told["id"]}

    def records(self) -> dict[str, str]:
        """Return the ids of the listings that stand, by subject."""
        shelf = self.hub.parts.records["dishonesty"].shelf
        with self.hub.reading() as session:
            return {each["uscc"]: each["record_id"] for each in shelf.all(session)}

    def files_with(self, text: str) -> list[Path]:
        files = [each for each in self.folder.rglob("*") if each.is_file()]
        return [each for each in files if text.encode() in each.read_bytes()]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = FakeClock(START)
    with credit_hubs(tmp_path, clock, "43") as (hub,):
        records = hub.parts.records["dishonesty"]
        contract = hub.parts.ground.catalogue.contract("credit.dishonesty")
        form = record_form(contract, load_closed_list())
        folder = tmp_path / "imports"
        forms = RecordForms({form: records.take})
        importing = Importing(hub.sessions(), forms, Uploads(folder), clock, 2)
        yield Desk(
            hub, importing, HeldFiles(hub.sessions(), importing, {form.name: records.id_of}), folder
        )


def test_a_held_file_goes_when_a_record_that_it_names_is_repaired(desk: Desk) -> None:
    told = desk.take(listed(1), listed(2), listed(3, "昨天"))
    other = desk.take(listed(2), listed(4, "昨天"))
    assert (told["accepted"], len(told["refused"])) == (2, 1)
    copy = desk.importing.returned_copy(told["id"])
    desk.files.round()
    assert copy in desk.files_with("湘示失信〔2026〕1号")

    granted(desk.hub, desk.records()[code(1)])
    desk.files.round()

    assert desk.files_with("湘示失信〔2026〕1号") == desk.files_with(code(1)) == []
    with pytest.raises(NotFoundError, match=r"said something of a record that was repaired"):
        desk.importing.returned_copy(told["id"])
    (kept,) = [each for each in desk.importing.uploads.recent(9) if each["id"] == told["id"]]
    assert kept["returned_copy"] is None
    assert kept["summary"]["refused"] == 1
    assert desk.importing.returned_copy(other["id"]).exists()

    granted(desk.hub, desk.records()[code(2)])
    desk.files.round()
    assert desk.files_with(code(2)) == []


def test_a_file_that_states_a_repaired_record_again_is_not_held(desk: Desk) -> None:
    desk.take(listed(1))
    granted(desk.hub, desk.records()[code(1)])

    told = desk.take(listed(1), listed(2))
    assert "repaired" in told["refused"][0]["reason"]
    assert desk.importing.returned_copy(told["id"]).exists()
    desk.files.round()

    assert desk.files_with(code(1)) == []
    with pytest.raises(NotFoundError, match="repaired"):
        desk.importing.returned_copy(told["id"])
