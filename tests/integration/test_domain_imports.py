"""Files of records over HTTP: templates, imports, returned copies and exports that come back."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from tests.support.clock import FakeClock
from tests.support.licences import Declaring, declaring, licence, licence_form

from lingqu.domain_service.endpoints.export import EXPORTED, ExportKind, export
from lingqu.domain_service.endpoints.imports import router
from lingqu.domain_service.imports.importing import Importing
from lingqu.domain_service.imports.record_forms import RecordForms
from lingqu.domain_service.imports.uploads import Uploads
from lingqu.metrics import Metrics
from lingqu.service.app import make_app
from lingqu.service.database import session_factory

pytestmark = pytest.mark.integration

HEADING = "证照编号,持有人,发证日期,收费金额,范围"
FORM = licence_form()


@pytest.fixture
def desk(tmp_path: Path, sqlite_url: str) -> Iterator[Declaring]:
    with declaring(tmp_path, sqlite_url) as found:
        yield found


@pytest.fixture
def http(desk: Declaring, tmp_path: Path) -> TestClient:
    forms = RecordForms({FORM: desk.declarations.take})
    uploads = Uploads(tmp_path / "imports")
    sessions = session_factory(desk.engine)
    importing = Importing(sessions, forms, uploads, FakeClock(), batch=2, refused_most=5)
    app = make_app("trial", metrics=Metrics(), ready=list)
    app.include_router(router(importing, templates={FORM.name: FORM.template}))
    add_export(app, desk)
    return TestClient(app)


def add_export(app: FastAPI, desk: Declaring) -> None:
    @app.get("/v1/licences/export", responses=EXPORTED, response_class=FileResponse)
    def export_licences(kind: ExportKind = "xlsx") -> FileResponse:
        with session_factory(desk.engine, read_only=True)() as session:
            found = desk.declarations.shelf.all(session)
            return export("证照", FORM.columns, found, kind)


def table(*rows: str) -> bytes:
    return "\n".join((HEADING, *rows)).encode("gb18030")


def imported(http: TestClient, content: bytes, name: str = "证照.csv", **query: str) -> Any:
    answer = http.post("/v1/imports", params={"name": name, **query}, content=content)
    assert answer.status_code == 200, answer.text
    return orjson.loads(answer.text.splitlines()[-1])


def counts(answer: Any) -> tuple[int, int, int, int, int]:
    summary = answer["summary"]
    read, accepted, repeats, revisions = (
        summary[name] for name in ("read", "accepted", "repeats", "revisions")
    )
    return read, accepted, repeats, revisions, len(summary["refused"])


def test_a_file_is_imported_refused_by_row_corrected_and_imported_again(http: TestClient) -> None:
    wrong = table("A-1,某甲,2024/3/1,1.5,零售", "A-2,某乙,某日,,", "A-3,某丙,20240301,-1,")
    last = imported(http, wrong)
    assert counts(last) == (3, 1, 0, 0, 2)
    assert [each["row"] for each in last["summary"]["refused"]] == [3, 4]

    copy = http.get(last["returned_copy"])
    lines = list(csv.reader(StringIO(copy.content.decode("utf-8-sig"))))
    assert lines[0][-1] == "退回原因"
    assert lines[2][-1].startswith("发证日期:内容为 “某日”")
    assert lines[3][-1] == "收费金额:不符合数据契约的规则(a fee is never below zero)"

    lines[2][2], lines[3][3] = "2024-03-02", "1"
    corrected = StringIO()
    csv.writer(corrected).writerows(lines)
    assert counts(imported(http, corrected.getvalue().encode())) == (3, 2, 1, 0, 0)


def test_a_file_that_is_wrong_as_a_whole_is_not_read_to_its_end(http: TestClient) -> None:
    last = imported(http, table("A-1,某甲,2024/3/1,,", *["A-2,某乙,某日,,"] * 20))
    assert "证照.csv: 7 of 8 rows are refused, so the rest is not read" in last["error"]
    assert "the first is row 3, 发证日期: reads “某日”" in last["error"]
    assert not last["retriable"]


def test_what_is_exported_comes_back_as_repeats(http: TestClient, desk: Declaring) -> None:
    desk.take(
        licence("91430100MA4L0001X0", fee_fen=123_456, heard_at=1_709_251_200_000),
        licence("0012", holder_name="=cmd()", area=1.5, pages=3, public=True),
        licence("0013", holder_name="@某", scope=["甲", "乙"], status="ended", fee_fen=None),
    )
    for kind in ("xlsx", "csv"):
        answer = http.get("/v1/licences/export", params={"format": kind})
        assert answer.status_code == 200
        assert kind in answer.headers["content-disposition"]
        if kind == "csv":
            assert answer.content.startswith(b"\xef\xbb\xbf")
            assert b"'=cmd()" in answer.content
            assert counts(imported(http, answer.content)) == (3, 0, 2, 0, 1)
        else:
            sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
            cells = {cell.value: cell for cell in sheet["A"]}
            assert (cells["0012"].data_type, cells["0012"].number_format) == ("s", "@")
            assert sheet["B2"].data_type == "s"
            assert sheet["E4"].value == 1234.56
            assert counts(imported(http, answer.content, "x.xlsx")) == (3, 0, 2, 0, 1)


def test_the_template_is_served_and_read_back(http: TestClient) -> None:
    for kind in ("xlsx", "csv"):
        answer = http.get("/v1/imports/templates/licence", params={"format": kind})
        assert answer.status_code == 200
        assert counts(imported(http, answer.content, f"t.{kind}")) == (0, 0, 0, 0, 0)
    assert http.get("/v1/imports/templates/other").status_code == 404


@pytest.mark.parametrize(
    ("content", "form", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "auto", ".xls"),
        (b"a,b\n1,2", "auto", "of no known form"),
        (b"", "auto", "is empty"),
        (table(), "other", "there is no form 'other'"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    http: TestClient, content: bytes, form: str, said: str
) -> None:
    answer = http.post("/v1/imports", params={"name": "f", "form": form}, content=content)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert http.get("/v1/imports").json() == {"items": []}


def test_the_openapi_names_what_is_asked_for(http: TestClient) -> None:
    described = http.get("/openapi.json").json()["paths"]["/v1/imports"]["post"]
    assert {each["name"] for each in described["parameters"]} == {"name", "form", "mode"}
