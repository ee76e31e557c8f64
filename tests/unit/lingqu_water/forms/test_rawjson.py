from __future__ import annotations

from io import BytesIO

import pytest
from tests.unit.lingqu_water.forms.files import ROW, items, one, read_rows, refused, reply

from lingqu.errors import InputError
from lingqu_water.forms import read

CELLS: list[str | None] = list(ROW.split(","))
SPAN = "<span data-toggle='tooltip' title='{}'>{}</span>"


def changed(**cells: str | None) -> list[str | None]:
    found = list(CELLS)
    for place, text in cells.items():
        found[int(place[1:])] = text
    return found


def notes(content: bytes) -> list[str]:
    with read(BytesIO(content), "2021-04-06.json") as form:
        list(form)
        return form.notes


def test_original_values_and_rivers_are_read_out_of_the_html() -> None:
    cells = changed(
        _2=SPAN.format("所在地市:湘西州&#10;所属河流:酉水", "里耶镇"),
        _11=SPAN.format("原始值：0.05712", "0.057"),
        _12=SPAN.format("极值过滤", "--"),
    )
    reading = one(reply(cells), "2021-04-06.json")
    assert (reading.section_code, reading.river) == ("43-里耶镇", "酉水")
    assert items(reading)["w21003"].value == 0.05712
    assert items(reading)["w21011"].flag == "filtered"


def test_rows_of_one_reply_have_no_order() -> None:
    first, second = read_rows(reply(CELLS, CELLS), "2021-04-06.json")
    assert first.statement == second.statement
    assert (first.number, second.number) == (1, 2)
    assert first.statement
    assert first.statement.unordered


def test_a_null_time_is_refused_and_says_so() -> None:
    (found,) = read_rows(reply(changed(_3=None)), "2021-04-06.json")
    assert "read “null”" in found.reason


def test_an_empty_class_and_a_null_value_are_missing() -> None:
    reading = one(reply(changed(_4="", _11=None)), "2021-04-06.json")
    assert reading.published_class is None
    assert items(reading)["w21003"].flag == "no_value"


def test_the_day_in_the_files_name_gives_the_year() -> None:
    told = one(reply(CELLS), "2020-05-08.json", collected_on=None)
    assert told.sampled_at_ms < one(reply(CELLS), "2021-04-06.json").sampled_at_ms


def test_rows_that_were_counted_and_not_delivered_are_told() -> None:
    assert notes(reply(CELLS, records=1903, total=2)) == [
        "the reply counts 1,903 records and delivers 1: 1,902 are lost",
        "this is one of 2 pages; import the others too",
    ]
    assert notes(reply(CELLS)) == []


@pytest.mark.parametrize("cells", [CELLS[:-1], [*CELLS, "x"]])
def test_a_row_of_another_width_is_refused(cells: list[str | None]) -> None:
    assert refused(reply(cells), "2021-04-06.json") == {"": "cell_count"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'{"thead": [', r"broken JSON at line 1, column \d+"),
        (b"[1, 2]", "no reply of the publishing interface"),
        (b'{"rows": []}', "an object with lists thead and tbody"),
        (reply(CELLS, result=0), "reported a failure"),
        (reply(CELLS, thead=["a", "b"]), "is of no known form"),
        (reply(CELLS).decode().encode("gb18030"), "broken JSON"),
    ],
)
def test_what_is_no_reply_is_refused_in_words(content: bytes, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        read(BytesIO(content), "2021-04-06.json")
