from __future__ import annotations

from io import BytesIO

import pytest
from tests.unit.lingqu.sheets.workbooks import HEADING, is_heading, workbook

from lingqu.errors import InputError
from lingqu.sheets.opening import open_table


def test_csv_and_xlsx_of_one_table_are_told_apart_by_content() -> None:
    csv = open_table(BytesIO(b"name,day,kg\na,b,7\n"), "parcels", is_heading)
    xlsx = open_table(workbook(HEADING, ("a", "b", 7)), "parcels", is_heading)
    assert list(csv.rows()) == list(xlsx.rows())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\r\n  \r\n", "is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", r"\.xls or \.et .* save it as \.xlsx"),
        (b"%PDF-1.7", "is a PDF"),
        (b"<html><table>", "web page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook>", "web page"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content: bytes, sentence: str) -> None:
    with pytest.raises(InputError, match=f"parcels {sentence}|parcels is an {sentence}|{sentence}"):
        open_table(BytesIO(content), "parcels", is_heading)
