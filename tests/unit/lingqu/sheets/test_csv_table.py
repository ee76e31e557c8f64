from __future__ import annotations

from io import BytesIO

import pytest
from tests.unit.lingqu.sheets.workbooks import is_heading

from lingqu.errors import InputError
from lingqu.sheets.csv_table import CsvTable
from lingqu.sheets.table import WHOLE_ROW, NoHeadingError, SheetRow

TABLE = "name,day,kg\r\n益阳,1,7\r\n"


def rows(content: bytes) -> list[SheetRow]:
    table = CsvTable(BytesIO(content), "parcels.csv", is_heading)
    return list(table.rows())


def refusal(row: SheetRow) -> str:
    return row.refused[WHOLE_ROW].code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_in_each_usual_encoding(encoding: str) -> None:
    assert rows(TABLE.encode(encoding)) == [SheetRow(2, ["益阳", "1", "7"], {})]


def test_rare_characters_of_gb18030_survive() -> None:
    assert rows("name,day,kg\n𠮷㐂,1,7\n".encode("gb18030"))[0].cells[0] == "𠮷㐂"


def test_another_encoding_is_refused_with_the_cure() -> None:
    with pytest.raises(InputError, match=r"parcels.csv is neither UTF-8 nor GB18030; save it"):
        rows(TABLE.encode() + b"\xff\xff\n")


def test_rows_keep_the_numbers_that_a_spreadsheet_shows() -> None:
    content = 'the title,,\n\nname,day,kg\n,,\n"a\nb",1,7\nc,1,7\n'
    assert [(row.number, row.cells[0]) for row in rows(content.encode())] == [(5, "a\nb"), (6, "c")]


def test_tabs_divide_cells_where_the_heading_has_them() -> None:
    assert rows(b"a title\nname\tday\tkg\na,b\t1\t7\n")[0].cells == ["a,b", "1", "7"]


def test_empty_cells_beyond_the_heading_are_borne() -> None:
    assert rows(b"name,day,kg,,\na,1,7,,\n")[0] == SheetRow(2, ["a", "1", "7"], {})


@pytest.mark.parametrize("line", [b"a,1", b"a,1,7,8"])
def test_a_row_of_another_width_is_refused_and_the_rest_goes_on(line: bytes) -> None:
    refused, good = rows(b"name,day,kg\n" + line + b"\nb,2,8\n")
    assert (refused.number, refusal(refused)) == (2, "cell_count")
    assert good.cells == ["b", "2", "8"]


def test_a_cell_without_end_is_refused_and_the_rest_goes_on() -> None:
    refused, good = rows(b'name,day,kg\n"' + b"x\n" * 70_000 + b"b,2,8\n")[0:2]
    assert refusal(refused) == "not_csv"
    assert good.number == 3


def test_a_line_without_end_is_no_table() -> None:
    with pytest.raises(InputError, match="a line of more than 1 MiB"):
        rows(b"name,day,kg\n" + b"x" * 3_000_000)


def test_a_table_without_the_heading_says_what_it_holds() -> None:
    with pytest.raises(NoHeadingError, match="its first row holds: town, weight") as caught:
        rows(b"town,weight\na,1\n")
    assert caught.value.seen == ("town", "weight")


def test_the_file_stays_open() -> None:
    file = BytesIO(TABLE.encode())
    table = CsvTable(file, "parcels.csv", is_heading)
    table.close()
    assert not file.closed
